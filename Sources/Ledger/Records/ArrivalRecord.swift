// SPDX-License-Identifier: Apache-2.0
package import GenAI
import OTLP

/// Spans that entered the settle window together.
package struct ArrivalRecord: Sendable {
    /// Calls and aggregates, in the order in which they entered.
    package var calls: [ModelCall]
    /// Pass-through spans, which entered after them.
    package var passThrough: [PassThroughSpan]
    /// The sender, as a number of the process that wrote the record.
    package var peer: UInt64
    /// When they entered, in nanoseconds since 1970 (UTC).
    package var wallNanoseconds: UInt64

    static func write(
        _ calls: Span<ModelCall>, _ passThrough: Span<PassThroughSpan>, from peer: UInt64, at wall: UInt64,
        _ bytes: inout RecordBytes
    ) {
        bytes.append(wall)
        bytes.append(peer)
        bytes.append(RecordCount.packed | UInt64(calls.count))
        CallRecord.write(calls, &bytes)
        bytes.append(RecordCount.packed | UInt64(passThrough.count))
        PassThroughRecord.write(passThrough, &bytes)
    }

    init(_ record: inout RecordReader, _ meanings: inout RecordMeanings) throws(MalformedRecord) {
        wallNanoseconds = try record.word()
        peer = try record.word()
        let (count, isPacked) = try record.spans(CallRecord.leastBytes, plain: CallRecord.leastPlainBytes)
        calls = try CallRecord.read(&record, count: count, isPlain: !isPacked, &meanings)
        let passing = try record.spans(PassThroughRecord.leastBytes, plain: PassThroughRecord.leastPlainBytes)
        passThrough = try PassThroughRecord.read(&record, count: passing.count, isPlain: !passing.isPacked, &meanings)
    }
}

/// The count in front of the calls or spans of a record.
enum RecordCount {
    /// The bit that marks them as written in the form of format 3.
    static let packed: UInt64 = 1 << 63
}

extension RecordReader {
    /// Reads the number of calls or spans, and whether they are in the form of format 3.
    ///
    /// - Parameters:
    ///   - size: The smallest size in that form.
    ///   - plain: The smallest size in formats 1 and 2.
    /// - Returns: Both.
    /// - Throws: ``MalformedRecord`` if so many cannot be in the record.
    mutating func spans(_ size: Int, plain: Int) throws(MalformedRecord) -> (count: Int, isPacked: Bool) {
        let word = try word()
        let (count, isPacked) = (word & ~RecordCount.packed, word & RecordCount.packed != 0)
        guard count <= UInt64(rest / (isPacked ? size : plain)) else {
            throw MalformedRecord("a count is larger than its record")
        }
        return (Int(count), isPacked)
    }
}
