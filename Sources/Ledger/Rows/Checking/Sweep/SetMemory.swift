// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Looks up whether sets of dimensions exist and which sessions are compared, and remembers the latest ones.
struct SetMemory {
    private let sets: RowScan
    private let starts: RowScan
    private let firstStart: Int64
    /// The latest set that exists, by its last bits.
    private var known = [Int64](repeating: 0, count: size)
    /// The latest session that is compared, and that is not, by its last bits.
    private var compared = [Int64](repeating: 0, count: size)
    private var leftOut = [Int64](repeating: 0, count: size)
    private static let size = 1 << 14

    /// Prepares to look up.
    ///
    /// - Parameters:
    ///   - database: The rows.
    ///   - firstStart: The time, in microseconds since 1970, before which sessions may have removed calls, and are left out.
    /// - Throws: What SQLite throws.
    init(_ database: Database, firstStart: Int64) throws {
        self.firstStart = firstStart
        starts = try RowScan(database, "SELECT start FROM sessions WHERE id = ?")
        sets = try RowScan(database, "SELECT 1 FROM sets WHERE id = ?")
    }

    /// Whether a set exists; 0 is none, which does.
    @inline(__always)
    mutating func isKnown(_ set: Int64) throws -> Bool {
        if set == 0 { return true }
        let place = Int(truncatingIfNeeded: set) & (Self.size - 1)
        if known[place] == set { return true }
        try sets.begin(set)
        defer { sets.end() }
        guard try sets.next() else { return false }
        known[place] = set
        return true
    }

    /// Whether calls of a session are compared with its row: not those of no session.
    @inline(__always)
    mutating func compares(_ session: Int64) throws -> Bool {
        guard session != 0, firstStart > 0 else { return session != 0 }
        let place = Int(truncatingIfNeeded: session) & (Self.size - 1)
        if compared[place] == session { return true }
        if leftOut[place] == session { return false }
        try starts.begin(session)
        defer { starts.end() }
        let isLeftOut = try starts.next() && starts[0] < firstStart
        if isLeftOut { leftOut[place] = session } else { compared[place] = session }
        return !isLeftOut
    }
}
