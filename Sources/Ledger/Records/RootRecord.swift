// SPDX-License-Identifier: Apache-2.0

/// The root span of a trace, as far as the ledger keeps it.
package struct TraceRoot: Sendable, Equatable {
    /// The trace's id.
    package var high: UInt64
    package var low: UInt64
    /// The name of the span, one line of at most 80 characters.
    package var name: String
    /// The times of the span by the sender's clock, in nanoseconds since 1970 (UTC), as sent.
    package var start: UInt64
    package var end: UInt64

    package init(high: UInt64, low: UInt64, name: String, start: UInt64, end: UInt64) {
        (self.high, self.low, self.name, self.start, self.end) = (high, low, name, start, end)
    }
}

/// Root spans of traces with calls.
enum RootRecord {
    static func write(_ roots: [TraceRoot], _ bytes: inout RecordBytes) {
        bytes.append(UInt64(roots.count))
        for root in roots {
            bytes.append(root.high)
            bytes.append(root.low)
            bytes.append(root.start)
            bytes.append(root.end)
            bytes.append(root.name)
        }
    }

    static func read(_ record: inout RecordReader) throws(MalformedRecord) -> [TraceRoot] {
        var roots: [TraceRoot] = []
        for _ in 0..<(try record.count(of: 40)) {
            let (high, low, start, end) = (
                try record.word(), try record.word(), try record.word(), try record.word()
            )
            roots.append(TraceRoot(high: high, low: low, name: try record.text(), start: start, end: end))
        }
        return roots
    }
}
