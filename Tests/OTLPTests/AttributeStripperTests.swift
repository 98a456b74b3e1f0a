// SPDX-License-Identifier: Apache-2.0
import OTLP
import TestData
import TestSupport
import Testing

/// What is kept of a request is read like the whole one, however it comes in.
@Suite struct AttributeStripperTests {
    private static let writer = TraceRequestWriter()
    private static let wanted: Set<String> = ["gen_ai.request.model", "gen_ai.usage.input_tokens", "output.value"]
    private static let events: Set<String> = ["exception"]

    /// Spans with prompts, some of them in attributes that are wanted.
    private static func chatty(spans: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        return (0..<3).flatMap { _ in
            writer.request(
                spans: (0..<spans).map { number in
                    var attributes: [(key: String, value: TraceRequestWriter.Value)] = [
                        ("gen_ai.request.model", .string("gpt-4o")),
                        ("gen_ai.input.messages", .string(text(1...3_000, &random))),
                        ("gen_ai.usage.input_tokens", .int(Int64(number))),
                        ("output.value", .string(text(1...600, &random))),
                        ("gen_ai.output.messages", .strings([text(1...3_000, &random)])),
                        (String(repeating: "k", count: Int.random(in: 100...300, using: &random)), .string("v")),
                    ]
                    attributes.shuffle(using: &random)
                    var span = TraceRequestWriter.Span(
                        traceID: Array(repeating: 7, count: 16), spanID: Array(repeating: 8, count: 8),
                        attributes: attributes)
                    span.events = [.init("exception", nanoseconds: 1, attributes: [attributes[0]])]
                    return span
                })
        }
    }

    private static func text(_ counts: ClosedRange<Int>, _ random: inout SeededGenerator) -> String {
        String(repeating: "prose ", count: Int.random(in: counts, using: &random) / 6 + 1)
    }

    /// Hands a body over in pieces of random lengths, each behind what was left of the one before.
    private static func strip(_ body: [UInt8], wanting names: Set<String>, seed: UInt64) -> StrippedRequest {
        var random = SeededGenerator(seed: seed)
        var stripper = AttributeStripper(
            for: TraceRequestReader(keys: FirstReader.table(names)), wholeBytes: body.count)
        var (taken, arrived) = (0, 0)
        let largest = [1, 50, 700, 100_000].randomElement(using: &random) ?? 1
        while arrived < body.count {
            arrived = min(body.count, arrived + Int.random(in: 1...largest, using: &random))
            taken += stripper.take(body[taken..<arrived].span)
            #expect(arrived - taken <= 160)
        }
        #expect(taken == body.count)
        return stripper.finish()
    }

    /// What is read of a body: its spans, or what is wrong with it.
    private static func whole(_ body: [UInt8], wanting names: Set<String>) -> Result<[String], OTLPError> {
        Result { () throws(OTLPError) in try FirstReader.read(body, wanting: names, events: events) }
    }

    private static func stripped(_ request: StrippedRequest, wanting names: Set<String>) -> Result<[String], OTLPError>
    {
        let (keys, events) = (FirstReader.table(names), FirstReader.table(events))
        var batch = SpanBatch()
        return Result { () throws(OTLPError) in
            try TraceRequestReader(keys: keys, events: events).read(request, into: &batch)
            return FirstReader.lines(batch, request.bytes, keys, events)
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `prompts are left out and everything else is read`(seed: UInt64) throws {
        let body = Self.chatty(spans: 20, seed: seed)
        let request = Self.strip(body, wanting: Self.wanted, seed: seed)
        #expect(request.wholeBytes == body.count)
        #expect(request.bytes.count < body.count / 2)
        #expect(try Self.stripped(request, wanting: Self.wanted).get() == Self.whole(body, wanting: Self.wanted).get())
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `a request of any shape is read like the whole one`(seed: UInt64) throws {
        let body = RandomRequest.make(seed: seed)
        let request = Self.strip(body, wanting: ["a"], seed: seed)
        #expect(try Self.stripped(request, wanting: ["a"]).get() == Self.whole(body, wanting: ["a"]).get())
    }

    @Test(arguments: 0..<800 as Range<UInt64>)
    func `a damaged request has the same spans or the same error at the same place`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var body = Self.chatty(spans: 2, seed: seed)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            // The structure stands among prose that is rarely hit: half of the damage goes next to a tag.
            var place = Int.random(in: body.indices, using: &random)
            if Bool.random(using: &random), let tag = body[place...].firstIndex(where: { $0 < 0x20 }) { place = tag }
            body[place] = UInt8.random(in: 0...255, using: &random)
        }
        if Int.random(in: 0..<4, using: &random) == 0 {
            body.removeLast(Int.random(in: 0..<body.count, using: &random))
        }
        let request = Self.strip(body, wanting: Self.wanted, seed: seed)
        #expect(Self.stripped(request, wanting: Self.wanted) == Self.whole(body, wanting: Self.wanted))
    }

    @Test func `a request without prompts is kept as it is`() {
        let attributes = (0..<40).map { (key: "some.attribute.\($0)", value: TraceRequestWriter.Value.string("value")) }
        let span = TraceRequestWriter.Span(
            traceID: Array(repeating: 7, count: 16), spanID: Array(repeating: 8, count: 8), attributes: attributes)
        let body = Self.writer.request(spans: Array(repeating: span, count: 500))
        #expect(body.count > 500_000)
        #expect(Self.strip(body, wanting: ["some.attribute.7"], seed: 3).bytes == body)
    }

    @Test func `a request that is nothing but fields that nobody knows is kept as it is`() {
        let body: [UInt8] = (0..<400_000).map { $0 % 2 == 0 ? 0x78 : 0x01 }
        #expect(Self.strip(body, wanting: [], seed: 4).bytes == body)
    }

    @Test(arguments: TwoReadersTests.captures)
    func `what real exporters send is read like the whole`(capture: Capture) throws {
        for (seed, body) in try TwoReadersTests.bodies(of: capture).enumerated() {
            let names: Set<String> = ["gen_ai.request.model", "llm.model_name", "gen_ai.usage.input_tokens"]
            let request = Self.strip(body, wanting: names, seed: UInt64(seed))
            #expect(try Self.stripped(request, wanting: names).get() == Self.whole(body, wanting: names).get())
        }
    }
}
