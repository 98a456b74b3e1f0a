// SPDX-License-Identifier: Apache-2.0
import TestData

/// Requests of any shape that the schema allows, made from a seed.
enum RandomRequest {
    private static let writer = TraceRequestWriter()
    /// Event names that requests hold beside names of any text.
    static let eventNames: Set<String> = ["gen_ai.choice", "gen_ai.evaluation.result", "exception"]

    static func make(seed: UInt64) -> [UInt8] { makeWithFieldEnds(seed: seed).body }

    /// A request, and the places where a prefix of it is a request too.
    static func makeWithFieldEnds(seed: UInt64) -> (body: [UInt8], ends: Set<Int>) {
        var random = SeededGenerator(seed: seed)
        var body: [UInt8] = []
        var ends: Set<Int> = [0]
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let spans = (0..<Int.random(in: 0...5, using: &random)).map { _ in span(&random) }
            body += writer.field(
                1,
                writer.resourceSpans(
                    resource: attributes(&random), scope: text(&random), spans: spans,
                    resourceLast: Bool.random(using: &random)))
            ends.insert(body.count)
        }
        return (body, ends)
    }

    /// The ends of the top-level fields of a body, which all are length-delimited.
    static func fieldEnds(of body: [UInt8]) -> Set<Int> {
        var ends: Set<Int> = [0]
        var offset = 0
        while offset < body.count {
            offset += 1
            var length = 0
            var shift = 0
            while body[offset] >= 0x80 {
                length |= Int(body[offset] & 0x7F) << shift
                shift += 7
                offset += 1
            }
            offset += 1 + (length | Int(body[offset]) << shift)
            ends.insert(offset)
        }
        return ends
    }

    /// A span of any shape.
    static func span(_ random: inout SeededGenerator) -> TraceRequestWriter.Span {
        var span = TraceRequestWriter.Span(
            traceID: bytes(16, &random), spanID: bytes(8, &random), attributes: attributes(&random))
        if Bool.random(using: &random) { span.parentSpanID = bytes(8, &random) }
        span.name = text(&random)
        span.kind = UInt64.random(in: 0...5, using: &random)
        span.status = UInt64.random(in: 0...2, using: &random)
        span.startNanoseconds = random.next()
        span.endNanoseconds = random.next()
        span.events = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            let name = Bool.random(using: &random) ? eventNames.sorted().randomElement(using: &random) : nil
            return TraceRequestWriter.Event(
                name ?? text(&random), nanoseconds: random.next(), attributes: attributes(&random))
        }
        span.eventsAmongAttributes = Bool.random(using: &random)
        return span
    }

    /// Attributes of any keys and values.
    static func attributes(
        _ random: inout SeededGenerator
    ) -> [(key: String, value: TraceRequestWriter.Value)] {
        (0..<Int.random(in: 0...6, using: &random)).map { _ in (text(&random) + "k", value(&random)) }
    }

    private static func value(_ random: inout SeededGenerator) -> TraceRequestWriter.Value {
        switch Int.random(in: 0...6, using: &random) {
        case 0: .string(text(&random))
        case 1: .bool(Bool.random(using: &random))
        case 2: .int(Int64(bitPattern: random.next()))
        case 3: .double(Double.random(in: -1e9...1e9, using: &random))
        case 4: .strings((0..<3).map { _ in text(&random) })
        case 5: .raw(writer.field(7, bytes(5, &random)))
        default: .raw([])
        }
    }

    private static func bytes(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 1...255, using: &random) }
    }

    /// Text without NUL, at which protobuf-c would stop.
    static func text(_ random: inout SeededGenerator) -> String {
        let letters = Array("abcxyzäß日🙂._ \"\\\n")
        let count = Int.random(in: 0...24, using: &random)
        return String((0..<count).map { _ in letters.randomElement(using: &random) ?? "a" })
    }
}
