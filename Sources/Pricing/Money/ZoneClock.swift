// SPDX-License-Identifier: Apache-2.0

/// The offset of a time zone from UTC, and when it changes.
package struct ZoneClock: Hashable, Sendable {
    /// A change of the offset.
    struct Change: Hashable, Sendable {
        /// Minutes since 1 January 1970, UTC.
        let minute: Int64
        let offset: Int16
    }

    /// The name of the zone, such as `Europe/Berlin` or `+08:00`.
    package let name: String
    /// The offset before the first change, in minutes.
    private let first: Int16
    /// In the order of time.
    private let changes: [Change]

    /// The clock of UTC itself.
    package static let utc = ZoneClock(name: "UTC", first: 0)

    init(name: String, first: Int16, changes: [Change] = []) {
        self.name = name
        self.first = first
        self.changes = changes
    }

    /// The offset at a time.
    ///
    /// - Parameter minute: Minutes since 1 January 1970, UTC.
    /// - Returns: Minutes.
    /// - Complexity: The logarithm of the number of changes.
    package func offset(at minute: Int64) -> Int16 {
        var range = 0..<changes.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            range =
                changes[middle].minute <= minute ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound == 0 ? first : changes[range.lowerBound - 1].offset
    }

    /// Reads a zone that needs no table: UTC, an offset such as `+08:00`, and some zones without summer time.
    init?(fixed text: String) {
        switch text {
        case "UTC", "Etc/UTC": self = .utc
        case "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Singapore": self.init(name: text, first: 480)
        case "Asia/Tokyo", "Asia/Seoul": self.init(name: text, first: 540)
        case "Asia/Kolkata": self.init(name: text, first: 330)
        default:
            let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
            guard let sign = text.first, "+-".contains(sign), parts.map(\.utf8.count) == [2, 2],
                let hours = Int16(parts[0]), let minutes = Int16(parts[1]), (0...14).contains(hours),
                (0...59).contains(minutes)
            else { return nil }
            self.init(name: text, first: (hours * 60 + minutes) * (sign == "-" ? -1 : 1))
        }
    }
}
