// SPDX-License-Identifier: Apache-2.0
import Foundation
import Notation
import Synchronization

extension ZoneClock {
    /// The clock of a zone by its name in the IANA data base, such as `America/New_York`; `nil` for an unknown one.
    ///
    /// All changes from 2020 to 2100 are looked up at once, so that pricing calls never reads the table of zones. Foundation has
    /// its own table, so that the machine needs none; the table is as old as the Swift version that built the program.
    ///
    /// - Parameter name: The name; abbreviations such as `EST` are refused, since they mean several zones.
    /// - Complexity: Some 30 ms for the first use of a name.
    init?(named name: String) {
        guard name.contains("/"), name.utf8.count <= Self.longestName else { return nil }
        if let known = Self.known.withLock({ $0[name] }) {
            self = known
            return
        }
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.init(zone, name: name)
        let clock = self
        // At most as many entries as there are names of zones.
        Self.known.withLock { $0[name] = clock }
    }

    /// The zone whose name is nearest to an unknown one; `nil` if none is near.
    static func nearestName(to text: String) -> String? {
        guard text.utf8.count <= longestName else { return nil }
        let wanted = text.lowercased().map { $0 == " " ? "_" : String($0) }.joined()
        let names = TimeZone.knownTimeZoneIdentifiers.filter { $0.contains("/") }
        // A city alone, or a name in other upper and lower case.
        if let city = names.first(where: { $0.lowercased().split(separator: "/").last.map(String.init) == wanted }) {
            return city
        }
        var distance = EditDistance(from: wanted)
        var best: (name: String, distance: Int)?
        for name in names {
            let bytes = Array(name.lowercased().utf8)
            let bound = best?.distance ?? max(2, wanted.utf8.count / 4) + 1
            guard let found = distance.distance(to: bytes.span, in: 0..<bytes.count, below: bound) else { continue }
            best = (name, found)
        }
        return best?.name
    }

    private init(_ zone: TimeZone, name: String) {
        func offset(at minute: Int64) -> Int16 {
            Int16(clamping: zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(minute * 60))) / 60)
        }
        let first = offset(at: Self.begin)
        var changes: [Change] = []
        var last = first
        // Day by day rather than from one summer time to the next: countries also move to another zone for good.
        for day in stride(from: Self.begin, to: Self.end, by: 1440) {
            let evening = offset(at: day + 1440)
            guard evening != last else { continue }
            var (before, after) = (day, day + 1440)
            while after - before > 1 {
                let middle = (before + after) / 2
                if offset(at: middle) == last { before = middle } else { after = middle }
            }
            changes.append(Change(minute: after, offset: evening))
            last = evening
        }
        self.init(name: name, first: first, changes: changes)
    }

    private static let known = Mutex<[String: ZoneClock]>([:])
    private static let longestName = 64
    /// 1 January 2020, before which no call is plausible, and 1 January 2100.
    private static let begin: Int64 = 26_297_280
    private static let end: Int64 = 68_374_080
}
