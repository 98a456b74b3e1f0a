// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Pass-through spans in a record.
///
/// A word comes before each group of 32: a bit of its lower half marks a span with more than its ids, a bit of its upper half a
/// span of the same trace as the one before. A span is the id of its trace, unless its bit marks it as the same; its own id; the id
/// of its parent; and if it has more, a word, one more for a model, and one more for dimensions that it offers.
///
/// Formats 1 and 2 have the id of the trace and the word of each span, and no word before a group.
enum PassThroughRecord {
    /// The smallest size of a span, in bytes.
    static let leastBytes = 16
    /// The smallest size of a span in formats 1 and 2.
    static let leastPlainBytes = 40
    private static let group = 32

    static func write(_ spans: Span<PassThroughSpan>, _ bytes: inout RecordBytes) {
        var (high, low) = (UInt64(0), UInt64(0))
        var first = 0
        while first < spans.count {
            let end = min(first + group, spans.count)
            let head = bytes.count
            bytes.append(0 as UInt64)
            var bits: UInt64 = 0
            for index in first..<end {
                var record = InlineArray<7, UInt64>(repeating: 0)
                var size = 0
                let identity = spans[index].identity
                if identity.traceIDHigh == high, identity.traceIDLow == low {
                    bits |= 1 << UInt64(group + index - first)
                } else {
                    (high, low) = (identity.traceIDHigh, identity.traceIDLow)
                    (record[0], record[1], size) = (high, low, 2)
                }
                record[size] = identity.spanID
                record[size + 1] = spans[index].parentSpanID
                size += 2
                if says(spans[index], &record, &size) { bits |= 1 << UInt64(index - first) }
                bytes.append(record, count: size)
            }
            bytes.set(bits, at: head)
            first = end
        }
    }

    /// Adds what a span states in addition to its ids.
    ///
    /// - Returns: Whether it states anything.
    @inline(__always)
    private static func says(
        _ span: borrowing PassThroughSpan, _ record: inout InlineArray<7, UInt64>, _ size: inout Int
    ) -> Bool {
        let (model, provider) = (span.model, span.provider)
        let isNamed = model != .absent || provider != .absent
        var word = UInt64(span.attribution.number)
        if span.isTool { word |= tool }
        if isNamed { word |= named }
        if span.dimensions.word != 0 { word |= dimensions }
        guard word != 0 else { return false }
        record[size] = word
        size += 1
        if isNamed {
            record[size] = UInt64(model.number) | UInt64(provider.number) << 32
            size += 1
        }
        if span.dimensions.word != 0 {
            record[size] = UInt64(span.dimensions.word)
            size += 1
        }
        return true
    }

    /// Reads spans; the parameters are those of ``CallRecord/read(_:count:isPlain:_:)``.
    static func read(
        _ record: inout RecordReader, count: Int, isPlain: Bool, _ meanings: inout RecordMeanings
    ) throws(MalformedRecord) -> [PassThroughSpan] {
        var spans: [PassThroughSpan] = []
        spans.reserveCapacity(min(count, 4_096))
        var (high, low, bits) = (UInt64(0), UInt64(0), UInt64(0))
        for index in 0..<count {
            let place = UInt64(index % group)
            if isPlain { bits = 1 << place } else if place == 0 { bits = try record.word() }
            if bits >> (UInt64(group) + place) & 1 == 0 { (high, low) = (try record.word(), try record.word()) }
            let identity = SpanIdentity(traceIDHigh: high, traceIDLow: low, spanID: try record.word())
            var span = PassThroughSpan(identity: identity, parentSpanID: try record.word())
            if bits >> place & 1 == 1 { try readWord(&record, into: &span, &meanings) }
            spans.append(span)
        }
        return spans
    }

    private static func readWord(
        _ record: inout RecordReader, into span: inout PassThroughSpan, _ meanings: inout RecordMeanings
    ) throws(MalformedRecord) {
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
    }

    private static let tool: UInt64 = 1 << 32
    private static let named: UInt64 = 1 << 33
    /// The last word of the span has its dimensions.
    private static let dimensions: UInt64 = 1 << 34
}
