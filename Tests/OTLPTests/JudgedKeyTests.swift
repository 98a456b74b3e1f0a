// SPDX-License-Identifier: Apache-2.0
import Synchronization
import TestData
import Testing

@testable import OTLP

/// Keys that are not listed are wanted or not as a judge says, who is asked once for each.
@Suite struct JudgedKeyTests {
    /// Counts the questions.
    private final class Questions: Sendable {
        let count = Atomic<Int>(0)
    }

    /// Wants the keys that end with `tokens`, under number 7.
    private static func keys(_ names: [String], _ questions: Questions = Questions()) -> AttributeKeys {
        var keys = AttributeKeys()
        for name in names { _ = keys.id(of: name) }
        keys.judge = { body, key in
            questions.count.add(1, ordering: .relaxed)
            let text = String(decoding: key.map { body[$0] }, as: UTF8.self)
            return text.hasSuffix("tokens") ? 7 : nil
        }
        return keys
    }

    private static func identify(_ name: String, in table: inout AttributeKeyTable) -> AttributeKeyID? {
        let bytes = Array(("before" + name).utf8)
        return table.identify(in: bytes.span, at: 6, length: bytes.count - 6)
    }

    @Test(arguments: [0, 1, 160])
    func `the judge is asked once for a key, wanted or not, and never for a listed one`(listed: Int) {
        let questions = Questions()
        let names = (0..<listed).map { "listed.key.number.\($0)" }
        var table = AttributeKeyTable(Self.keys(names, questions))
        let wanted = (0..<20).map { "some.\($0).tokens" } + ["tokens", String(repeating: "x", count: 200) + "tokens"]
        let unwanted = (0..<20).map { "some.other.key.\($0)" } + ["x", String(repeating: "y", count: 255)]
        for _ in 0..<3 {
            for (number, name) in names.enumerated() {
                #expect(Self.identify(name, in: &table) == AttributeKeyID(number))
            }
            for name in wanted { #expect(Self.identify(name, in: &table) == 7) }
            for name in unwanted { #expect(Self.identify(name, in: &table) == nil) }
        }
        #expect(questions.count.load(ordering: .relaxed) == wanted.count + unwanted.count)
        #expect(table.timesForgotten == 0)
        #expect(Self.identify("", in: &table) == nil)
    }

    @Test func `ever new keys are forgotten in time, and listed ones never`() {
        var table = AttributeKeyTable(Self.keys(["listed.key"]))
        for number in 0..<5_000 {
            #expect(Self.identify("key.\(number)", in: &table) == nil)
            #expect(Self.identify("key.\(number).tokens", in: &table) == 7)
            #expect(Self.identify("listed.key", in: &table) == 0)
        }
        #expect(table.timesForgotten > 0)
        #expect(table.learnedKeys <= 1_024)
    }

    @Test func `keys that are made to share a slot stay few, and hide no other key`() {
        var table = AttributeKeyTable(Self.keys(["listed.key", "listed.other"]))
        for number in 0..<3_000 {
            // The first two words add up to the length, so that the hash is 0 whatever the seed.
            let first = Array("\(10_000_000 + number)".utf8)
            let word = first.reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            let second = (0..<8).map { UInt8(truncatingIfNeeded: (40 &- word) >> UInt64(8 * $0)) }
            let key = first + second + Array("and.some.more.at.its.end".utf8)
            #expect(key.count == 40)
            #expect(table.identify(in: key.span, at: 0, length: key.count) == nil)
            #expect(Self.identify("some.tokens", in: &table) == 7)
            #expect(Self.identify("listed.key", in: &table) == 0)
        }
        #expect(table.slots.count { $0.length > 0 } <= 12)
    }

    @Test func `without a judge nothing is learned`() {
        var keys = AttributeKeys()
        _ = keys.id(of: "listed.key")
        var table = AttributeKeyTable(keys)
        #expect(Self.identify("other.tokens", in: &table) == nil)
        #expect(Self.identify("listed.key", in: &table) == 0)
        #expect(table.learnedKeys == 0)
    }

    /// Spans with listed, judged and unwanted attributes in random order, some of them long.
    private static func spans(_ count: Int, seed: UInt64) -> [TraceRequestWriter.Span] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { number in
            var attributes: [(key: String, value: TraceRequestWriter.Value)] = [
                ("listed.key", .int(Int64(number))), ("a.tokens", .int(5)), ("b.\(number % 3).tokens", .string("6")),
                ("unwanted.key", .string("x")),
                ("prompt", .string(String(repeating: "p", count: Int.random(in: 1...700, using: &random)))),
                ("long.tokens", .string(String(repeating: "t", count: Int.random(in: 1...700, using: &random)))),
                ("x", .int(1)),
            ]
            attributes.shuffle(using: &random)
            return TraceRequestWriter.Span(
                traceID: Array(repeating: 7, count: 16), spanID: [UInt8](1...8), attributes: attributes)
        }
    }

    private static func lines(_ batch: SpanBatch, _ body: Span<UInt8>) -> [String] {
        var lines: [String] = []
        for span in batch.spans {
            for index in span.attributes.indices {
                let attribute = batch.attributes[index]
                lines.append("\(attribute.keyRange.text(in: body)) \(attribute.key) \(describe(attribute.value, body))")
            }
        }
        return lines
    }

    private static func describe(_ value: AttributeValue, _ body: Span<UInt8>) -> String {
        if case .string(let place) = value { return place.text(in: body) }
        return "\(value)"
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `wanted attributes are read with their keys' places, the first time and later`(seed: UInt64) throws {
        let body = TraceRequestWriter().request(spans: Self.spans(6, seed: seed))
        let reader = TraceRequestReader(keys: Self.keys(["listed.key"]))
        var batch = SpanBatch()
        try reader.read(body.span, into: &batch)
        let first = Self.lines(batch, body.span)
        #expect(first.filter { $0.contains("tokens 7") }.count == 18)
        #expect(first.filter { $0.hasPrefix("listed.key 0") }.count == 6)
        #expect(first.count == 24)
        try reader.read(body.span, into: &batch)
        #expect(Self.lines(batch, body.span) == first)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a stripper keeps what the judge wants, up to 64 KiB, and leaves the rest out`(seed: UInt64) throws {
        var spans = Self.spans(200, seed: seed)
        spans[0].attributes.append(("huge.tokens", .string(String(repeating: "h", count: 70_000))))
        spans[1].attributes.append(("large.tokens", .string(String(repeating: "l", count: 60_000))))
        let body = TraceRequestWriter().request(spans: spans)
        let reader = TraceRequestReader(keys: Self.keys(["listed.key"]))
        var stripper = AttributeStripper(for: reader, wholeBytes: body.count)
        #expect(stripper.take(body.span) == body.count)
        let request = stripper.finish()
        var (whole, stripped) = (SpanBatch(), SpanBatch())
        try reader.read(body.span, into: &whole)
        try reader.read(request, into: &stripped)
        let expected = Self.lines(whole, body.span).filter { !$0.hasPrefix("huge") }
        #expect(Self.lines(stripped, request.bytes.span) == expected)
        #expect(request.bytes.count < body.count - 70_000)
    }

    @Test func `of many events without a wanted name the first and the last ones stay`() throws {
        var span = TraceRequestWriter.Span(traceID: [UInt8](1...16), spanID: [UInt8](1...8), attributes: [])
        span.events = (0..<100).map { number in
            .init("event \(number)", nanoseconds: UInt64(number), attributes: [("a.tokens", .int(Int64(number)))])
        }
        let body = TraceRequestWriter().request(spans: [span])
        var batch = SpanBatch()
        try TraceRequestReader(keys: Self.keys([])).read(body.span, into: &batch)
        let numbers = batch.spans[0].events.indices.map { batch.events[$0].timeNanoseconds }
        #expect(numbers == [0, 93, 94, 95, 96, 97, 98, 99])
        #expect(batch.events.allSatisfy { $0.attributes.count == 1 })
        #expect(batch.events[0].nameRange.text(in: body.span) == "event 0")
    }
}
