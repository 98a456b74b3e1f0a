// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Our reader's view of a request, as lines of the same form as ``SecondReader``'s.
enum FirstReader {
    /// Reads a body with these attributes and events wanted.
    static func read(
        _ body: [UInt8], wanting names: Set<String>, events: Set<String> = []
    ) throws(OTLPError) -> [String] {
        let (keys, events) = (table(names), table(events))
        var batch = SpanBatch()
        try TraceRequestReader(keys: keys, events: events).read(body.span, into: &batch)
        return lines(batch, body, keys, events)
    }

    /// Reads a body in OTLP/JSON with these attributes and events wanted.
    static func readJSON(
        _ body: [UInt8], wanting names: Set<String>, events: Set<String> = []
    ) throws(OTLPError) -> [String] {
        let (keys, events) = (table(names), table(events))
        var (batch, body) = (SpanBatch(), body)
        var bytes = body.mutableSpan
        try JSONTraceRequestReader(keys: keys, events: events).read(&bytes, into: &batch)
        return lines(batch, body, keys, events)
    }

    /// Reads a body slice by slice, as the pipeline does.
    static func readSlices(
        of body: [UInt8], _ slice: SliceSize, wanting names: Set<String>, events: Set<String> = []
    ) throws(OTLPError) -> [String] {
        let (keys, events) = (table(names), table(events))
        let reader = TraceRequestReader(keys: keys, events: events, slice: slice)
        var batch = SpanBatch()
        try reader.read(body.span, into: &batch)
        var found: [String] = []
        if batch.earlierSlices > 0 {
            let originsFirst = batch.hasLateOrigins
            try reader.read(body.span, into: &batch, originsFirst: originsFirst) { slice in
                found += lines(slice, body, keys, events)
            }
        }
        return found + lines(batch, body, keys, events)
    }

    /// Reads a body in OTLP/JSON slice by slice, as the pipeline does.
    static func readSlices(
        ofJSON body: [UInt8], _ slice: SliceSize, wanting names: Set<String>, events: Set<String> = []
    ) throws(OTLPError) -> [String] {
        let (keys, events) = (table(names), table(events))
        let reader = JSONTraceRequestReader(keys: keys, events: events, slice: slice)
        var (batch, text) = (SpanBatch(), body)
        var bytes = text.mutableSpan
        try reader.read(&bytes, into: &batch)
        var found: [String] = []
        if batch.earlierSlices > 0 {
            let originsFirst = batch.hasLateOrigins
            for index in body.indices { bytes[index] = body[index] }
            try reader.read(&bytes, into: &batch, originsFirst: originsFirst) { slice, body in
                found += lines(slice, body.indices.map { body[$0] }, keys, events)
            }
        }
        return found + lines(batch, text, keys, events)
    }

    /// A table of names, in the order of the alphabet.
    static func table(_ names: Set<String>) -> AttributeKeys {
        var keys = AttributeKeys()
        for name in names.sorted() where !name.isEmpty { _ = keys.id(of: name) }
        return keys
    }

    /// One line a span, in the order of the batch.
    static func lines(
        _ batch: SpanBatch, _ body: [UInt8], _ keys: AttributeKeys, _ events: AttributeKeys
    ) -> [String] {
        func attributes(_ range: AttributeRange) -> String {
            let texts = range.indices.map { index in
                let attribute = batch.attributes[index]
                return "\(keys.names[Int(attribute.key)])=\(value(attribute.value))"
            }
            return "{\(texts.joined(separator: ", "))}"
        }
        func value(_ value: AttributeValue) -> String {
            switch value {
            case .empty: "empty"
            case .string(let range): "string \(range.text(in: body.span))"
            case .bool(let flag): "bool \(flag)"
            case .int(let number): "int \(number)"
            case .double(let number): "double \(number)"
            case .structured: "structured"
            }
        }
        return batch.spans.map { span in
            let scope = batch.scopes[Int(span.scope)]
            let resource = batch.resources[Int(span.resource)]
            let ids =
                "\(hex([span.traceIDHigh, span.traceIDLow])) \(hex([span.spanID])) "
                + (span.parentSpanID == 0 ? "0x" : hex([span.parentSpanID]))
            let times = "\(span.startNanoseconds) \(span.endNanoseconds)"
            let line =
                "\(ids) \(span.name.text(in: body.span)) \(span.kind.rawValue) \(span.status.rawValue) \(times) "
                + attributes(span.attributes)
            let name = "\(scope.name.text(in: body.span)) \(scope.version.text(in: body.span))"
            let first = span.events.indices.map { index in
                let event = batch.events[index]
                let name = events.names[Int(event.name)]
                return " with \(name) \(event.timeNanoseconds) \(attributes(event.attributes))"
            }
            return "\(line) in \(name) \(attributes(scope.attributes)) of \(attributes(resource.attributes))"
                + first.joined()
        }
    }

    private static func hex(_ words: [UInt64]) -> String {
        let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) } }
        return "0x" + bytes.map { String($0, radix: 16) }.joined(separator: ".")
    }
}
