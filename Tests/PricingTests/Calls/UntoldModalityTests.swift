// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import Pricing
import TestData
import Testing

/// Models made for audio, images or video whose spans have plain counts only.
@Suite struct UntoldModalityTests {
    private let symbols = SymbolTable()
    private static let noon: UInt64 = 1_795_262_400_000_000_000

    private static func rates(_ more: String) -> String {
        #""prices":[{"rates":{"input":"2","output":"8","cache_read":"1""# + more + "}}]"
    }

    /// Why the costs of some usages of a model are estimates, each asked three times.
    private func reasons(
        _ id: String, _ rest: String, _ usages: [[TokenClass: Int64]], tells: Bool = false
    ) throws -> [EstimateReason?] {
        let book = try TestBook.make([TestBook.model("acme/" + id, [id], rest)])
        let calls = usages.map { counts in
            var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
            call.provider = symbols.symbol(for: "acme", in: .provider)
            call.responseModel = symbols.symbol(for: id, in: .model)
            call.usage = TestBook.usage(counts)
            call.tellsModality = tells
            call.reportsUsage = true
            call.endNanoseconds = Outside(Self.noon)
            return call
        }
        let verdicts = Pricer(book: book, symbols: symbols).price(
            calls + calls + calls, arrivalNanoseconds: Self.noon
        ).verdicts
        #expect(verdicts.allSatisfy { $0.kind == .computed })
        let reasons = verdicts.map(\.estimate)
        #expect(Array(reasons.prefix(calls.count)) == Array(reasons.suffix(calls.count)))
        return Array(reasons.prefix(calls.count))
    }

    private static let audio = rates(#","input_audio":"32","output_audio":"64","cache_read_audio":"4""#)

    @Test(arguments: [
        "m-realtime", "m-audio-preview", "m-4o-transcribe", "tts-m", "m-live-2.5", "m-voice", "speech-m",
    ])
    func `plain counts of a model made for audio are an estimate`(id: String) throws {
        #expect(
            try reasons(id, Self.audio, [[.input: 10], [.output: 10], [.input: 1, .cacheRead: 4], [.cacheRead: 1]])
                == [.untoldModality, .untoldModality, .untoldModality, .untoldModality])
    }

    @Test(arguments: ["realtime", "audio_transcription", "audio_speech", "image_generation", "video_generation"])
    func `the kind in the book says it as well as the name`(kind: String) throws {
        #expect(try reasons("m", #""kind":"\#(kind)","# + Self.audio, [[.input: 10]]) == [.untoldModality])
    }

    @Test func `a span that tells some modality tells the others too`() throws {
        #expect(
            try reasons(
                "m-audio", Self.audio, [[.input: 10, .outputAudio: 5], [.input: 3, .inputAudio: 7, .output: 2]])
                == [nil, nil])
        // Told to be none.
        #expect(try reasons("m-audio", Self.audio, [[.input: 10, .output: 5]], tells: true) == [nil])
    }

    @Test func `only the side that the price distinguishes is in doubt`() throws {
        let images = Self.rates(#","output_image":"60""#)
        #expect(
            try reasons("m-image-1", images, [[.input: 10], [.input: 10, .output: 1], [.input: 10, .reasoning: 4]])
                == [nil, .untoldModality, nil])
    }

    @Test func `a price that is the same for every modality is exact`() throws {
        #expect(try reasons("m-audio", Self.rates(""), [[.input: 10, .output: 1]]) == [nil])
        let same = Self.rates(#","input_audio":"2","output_audio":"8""#)
        #expect(try reasons("m-audio", same, [[.input: 10, .output: 1]]) == [nil])
    }

    @Test(arguments: ["m-flash", "audiology-m", "imagenet-1", "m"])
    func `a model that merely accepts audio mostly gets text`(id: String) throws {
        #expect(try reasons(id, Self.audio, [[.input: 10, .output: 1]]) == [nil])
    }

    @Test func `the embedded book marks its models for audio and images, and no model for text`() throws {
        let book = try PriceBook.embedded()
        func estimate(_ provider: String, _ model: String) -> [EstimateReason] {
            var question = PriceQuestion(model: model)
            question.provider = provider
            question.usage = TestBook.usage([.input: 1_000, .output: 100])
            return book.price(question).estimates
        }
        for (provider, model) in [
            ("openai", "gpt-realtime"), ("openai", "gpt-4o-audio-preview"), ("openai", "gpt-4o-transcribe"),
            ("openai", "gpt-image-1"), ("gcp.gemini", "gemini-3-pro-image-preview"),
        ] {
            #expect(estimate(provider, model) == [.untoldModality], "\(model)")
        }
        for (provider, model) in [
            ("openai", "gpt-4o"), ("gcp.gemini", "gemini-2.5-flash"), ("anthropic", "claude-sonnet-4-5"),
        ] {
            #expect(estimate(provider, model).isEmpty, "\(model)")
        }
    }
}
