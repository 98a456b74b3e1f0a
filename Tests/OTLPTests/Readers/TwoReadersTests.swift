// SPDX-License-Identifier: Apache-2.0
import Compression
import OTLP
import TestData
import TestSupport
import Testing

/// Two readers of one schema agree: ours, and protobuf-c's on the generated one.
@Suite struct TwoReadersTests {
    static let captures = [
        "anthropic-sdk-native", "openinference-openai", "otel-genai-openai", "otel-google-genai",
        "otel-google-genai-experimental", "otel-openai-v2", "otel-openai-v2-experimental", "traceloop-openai",
    ].flatMap { Capture.all(of: $0) }

    /// The inflated bodies of a capture.
    static func bodies(of capture: Capture) throws -> [[UInt8]] {
        var inflater = Inflater()
        return try capture.posts().map { post in
            guard post.headers["content-encoding"] == "gzip" else { return post.body }
            let count = try inflater.inflateGzip(post.body.span, limit: 64 << 20) { _ in true }
            return inflater.withOutput(count: count) { bytes in bytes.indices.map { bytes[$0] } }
        }
    }

    @Test(arguments: captures)
    func `both readers see the same in what real exporters send`(capture: Capture) throws {
        let events: Set<String> = ["exception", "gen_ai.user.message", "gen_ai.choice", "First Token Stream Event"]
        for body in try Self.bodies(of: capture) {
            let second = try #require(SecondReader.read(body, events: events))
            #expect(!second.spans.isEmpty)
            #expect(try FirstReader.read(body, wanting: second.keys, events: events) == second.spans)
        }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `both readers see the same in generated requests`(seed: UInt64) throws {
        let body = RandomRequest.make(seed: seed)
        let events = Set(RandomRequest.eventNames.sorted().dropLast())
        let second = try #require(SecondReader.read(body, events: events))
        #expect(try FirstReader.read(body, wanting: second.keys, events: events) == second.spans)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `a prefix is taken only where a top-level field ends`(seed: UInt64) throws {
        let (body, ends) = RandomRequest.makeWithFieldEnds(seed: seed)
        for end in 0...body.count {
            let prefix = Array(body[..<end])
            if ends.contains(end) {
                #expect(throws: Never.self) { try FirstReader.read(prefix, wanting: []) }
            } else {
                #expect(throws: OTLPError.self) { try FirstReader.read(prefix, wanting: []) }
            }
        }
    }

    @Test(arguments: captures)
    func `no prefix of a real body traps, and a cut one is refused`(capture: Capture) throws {
        for body in try Self.bodies(of: capture) {
            let ends = RandomRequest.fieldEnds(of: body)
            for end in stride(from: 0, to: body.count, by: max(1, body.count / 500)) where !ends.contains(end) {
                let prefix = Array(body[..<end])
                #expect(throws: OTLPError.self) { try FirstReader.read(prefix, wanting: ["gen_ai.system"]) }
            }
        }
    }

    @Test(arguments: 0..<2_000 as Range<UInt64>)
    func `mutated bodies never trap`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var body = RandomRequest.make(seed: seed)
        for _ in 0..<Int.random(in: 1...8, using: &random) where !body.isEmpty {
            body[Int.random(in: body.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        _ = try? FirstReader.read(body, wanting: ["a", "gen_ai.request.model"], events: RandomRequest.eventNames)
    }
}
