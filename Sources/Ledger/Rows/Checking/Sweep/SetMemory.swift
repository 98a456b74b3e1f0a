// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Looks sets of dimensions up, and remembers the latest ones.
struct SetMemory {
    private struct Place {
        var set: Int64 = 0
        var isKnown = false
        var session: Int64 = 0
    }

    private let scan: RowScan
    private let starts: RowScan
    private let session: Int64
    private let firstStart: Int64
    private var places = [Place](repeating: Place(), count: size)
    private static let size = 1 << 14

    /// Prepares to look up.
    ///
    /// - Parameters:
    ///   - database: The rows.
    ///   - session: The dimension of sessions; 0 if there is none.
    ///   - firstStart: The time, in microseconds since 1970, before which sessions may have removed calls, and are left out.
    /// - Throws: What SQLite throws.
    init(_ database: Database, session: Int64, firstStart: Int64) throws {
        starts = try RowScan(database, "SELECT start FROM sessions WHERE id = ?")
        self.firstStart = firstStart
        scan = try RowScan(database, "SELECT dimension, value FROM sets WHERE id = ?")
        self.session = session
    }

    /// The session of a set, and whether the set exists.
    ///
    /// - Parameter set: The set; 0 for none.
    /// - Returns: The text id of the session; 0 for none.
    /// - Throws: What SQLite throws.
    @inline(__always)
    mutating func look(_ set: Int64) throws -> (session: Int64, isKnown: Bool) {
        if set == 0 { return (0, true) }
        let place = Int(truncatingIfNeeded: set) & (Self.size - 1)
        if places[place].set != set { places[place] = try read(set) }
        return (places[place].session, places[place].isKnown)
    }

    private func read(_ set: Int64) throws -> Place {
        var found = Place(set: set)
        try scan.begin(set)
        while try scan.next() {
            found.isKnown = true
            if scan[0] == session, session != 0 { found.session = scan[1] }
        }
        scan.end()
        if found.session != 0, firstStart > 0 {
            try starts.begin(found.session)
            if try starts.next(), starts[0] < firstStart { found.session = 0 }
            starts.end()
        }
        return found
    }
}
