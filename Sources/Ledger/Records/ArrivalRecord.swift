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
        bytes.append(UInt64(calls.count))
        CallRecord.write(calls, &bytes)
        bytes.append(UInt64(passThrough.count))
        for index in passThrough.indices {
            var record = InlineArray<7, UInt64>(repeating: 0)
            record[0] = passThrough[index].identity.traceIDHigh
            record[1] = passThrough[index].identity.traceIDLow
            record[2] = passThrough[index].identity.spanID
            record[3] = passThrough[index].parentSpanID
            let (model, provider) = (passThrough[index].model, passThrough[index].provider)
            let isNamed = model != .absent || provider != .absent
            record[4] =
                UInt64(passThrough[index].attribution.number) | (passThrough[index].isTool ? Self.tool : 0)
                | (isNamed ? Self.named : 0)
            record[5] = UInt64(model.number) | UInt64(provider.number) << 32
            var size = isNamed ? 6 : 5
            if passThrough[index].dimensions.word != 0 {
                record[4] |= Self.dimensions
                record[size] = UInt64(passThrough[index].dimensions.word)
                size += 1
            }
            bytes.append(record, count: size)
        }
    }

    init(_ record: inout RecordReader, _ meanings: inout RecordMeanings) throws(MalformedRecord) {
        wallNanoseconds = try record.word()
        peer = try record.word()
        calls = []
        let count = try record.count(of: CallRecord.leastBytes)
        calls.reserveCapacity(count)
        for _ in 0..<count { calls.append(try CallRecord.read(&record, &meanings)) }
        passThrough = []
        let passing = try record.count(of: 40)
        passThrough.reserveCapacity(passing)
        for _ in 0..<passing {
            let identity = SpanIdentity(
                traceIDHigh: try record.word(), traceIDLow: try record.word(), spanID: try record.word())
            var span = PassThroughSpan(identity: identity, parentSpanID: try record.word())
            let word = try record.word()
            span.attribution = try meanings.attribution(UInt32(truncatingIfNeeded: word))
            span.isTool = word & Self.tool != 0
            if word & Self.named != 0 {
                let (model, provider) = try record.pair()
                span.provider = try meanings.symbol(provider, .provider)
                span.model = try meanings.symbol(model, .model)
            }
            if word & Self.dimensions != 0 {
                let set = DimensionSet(word: UInt32(truncatingIfNeeded: try record.word()))
                span.dimensions = try meanings.dimensions(set)
                if !span.dimensions.offersToDescendants { span.dimensions = .none }
            }
            passThrough.append(span)
        }
    }

    private static let tool: UInt64 = 1 << 32
    private static let named: UInt64 = 1 << 33
    /// A word with its dimensions is the last of the span.
    private static let dimensions: UInt64 = 1 << 34
}
