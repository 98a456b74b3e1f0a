// SPDX-License-Identifier: Apache-2.0

extension RowSession {
    /// The rows of traces that may have an id, by their keys (``TraceKeys``).
    ///
    /// - Parameters:
    ///   - high: The first half of the id.
    ///   - low: The second half.
    /// - Returns: The ids of the rows, in ascending order.
    /// - Throws: ``RowReadingError``.
    package func rows(ofTraceWithHigh high: Int64, low: Int64) throws(RowReadingError) -> [Int64] {
        let hash = try keyHash()(TraceKey(high: UInt64(bitPattern: high), low: UInt64(bitPattern: low)))
        var rows: [Int64] = []
        let new = try statement("SELECT day, keys FROM new_trace_keys")
        while try new.next() { rows += PackedKeys(sorted: new.words(1)).rows(ofHash: hash, on: new.number(0)) }
        // A subquery each: both in one query would read all keys.
        let ends = try statement("SELECT (SELECT MIN(id) FROM trace_keys), (SELECT MAX(id) FROM trace_keys)")
        guard try ends.next(), let first = ends.numberIfAny(0), let last = ends.numberIfAny(1) else {
            return rows.sorted()
        }
        for day in PackedKeys.day(ofID: first)...PackedKeys.day(ofID: last) {
            try checkTime()
            let ids = PackedKeys.ids(forHash: hash, on: day)
            let keys = try statement("SELECT keys FROM trace_keys WHERE id >= ?1 AND id < ?2")
                .bind(ids.lowerBound, ids.upperBound)
            while try keys.next() { rows += PackedKeys(sorted: keys.words(0)).rows(ofHash: hash, on: day) }
        }
        return rows.sorted()
    }

    /// The hash in the keys of texts and traces.
    ///
    /// - Returns: The hash, with the secret of the database.
    /// - Throws: ``RowReadingError``.
    func keyHash() throws(RowReadingError) -> KeyHash {
        var halves: [Int64] = []
        for name in KeyHash.secretNames {
            let half = try statement("SELECT value FROM meta WHERE key = ?1").bind(name, to: 1)
            halves.append(try half.next() ? half.number(0) : 0)
        }
        return KeyHash(secret: halves)
    }
}
