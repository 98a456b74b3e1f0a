// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Testing

@Suite struct EstimateTests {
    private let rates = """
        "prices":[{"rates":{"input":"2","output":"8","cache_read":"0.5","cache_write":"2.5","cache_write_1h":"4",\
        "input_audio":"20","cache_read_audio":"5"},"fees":{"web_search":"0.01"}}]
        """

    @Test(
        arguments: [
            ("", [.input: 5], []), ("", [.inputImage: 5], [.modalityFallback]), ("batch", [.input: 5], [.noTierRate]),
            ("batch", [.inputImage: 5], [.noTierRate]), ("", [.inputAudio: 5, .reasoning: 5], []),
        ] as [(String, [TokenClass: Int64], [EstimateReason])])
    func `an estimate says why it is one`(
        _ tier: String, _ usage: [TokenClass: Int64], _ reasons: [EstimateReason]
    ) throws {
        let book = try TestBook.make([TestBook.model("acme/m", ["m"], rates)])
        let answer = book.price(TestBook.question("m", tier: tier, usage))
        #expect(answer.estimates == reasons)
        #expect(answer.isEstimate == !reasons.isEmpty)
    }

    @Test func `what was counted and has no price is told`() throws {
        let book = try TestBook.make([TestBook.model("acme/m", ["m"], rates)])
        var question = TestBook.question("m", tier: "flex")
        question.units[.page] = 3_000_000
        #expect(book.price(question).estimates == [.noTierRate, .unknownFee])
    }

    @Test(arguments: [
        ("approximate", EstimateReason.approximate), ("provider_by_model", .providerByModel),
        ("no_tier_rate", .noTierRate),
        ("modality_fallback", .modalityFallback), ("unknown_fee", .unknownFee),
    ])
    func `reasons have the names of a label's values`(_ text: String, _ reason: EstimateReason) {
        #expect(reason.rawValue == text)
    }

    @Test(
        arguments: [
            ([.cacheRead: 1_000_000], "1.5", "0"), ([.cacheRead: 1, .cacheWrite: 1], "0.0000015", "0.0000005"),
            ([.cacheWrite: 1_000_000, .cacheWrite1h: 1_000_000], "0", "2.5"), ([.cacheWrite12h: 1_000_000], "0", "0.5"),
            // Audio from the cache saves what audio costs; images have text's rates here.
            ([.cacheReadAudio: 1_000_000], "15", "0"), ([.cacheReadImage: 1_000_000], "1.5", "0"),
            ([.input: 9, .output: 9], "0", "0"), ([:], "0", "0"),
        ] as [([TokenClass: Int64], String, String)])
    func `a cache's savings and premium are exact`(
        _ counts: [TokenClass: Int64], _ savings: String, _ premium: String
    ) throws {
        let book = try TestBook.make([TestBook.model("acme/m", ["m"], rates)])
        let usage: TokenUsage = TestBook.usage(counts)
        guard case .priced(let card, let cost) = book.price(TestBook.question("m", counts)).outcome else { return }
        #expect(card.cacheSavings(of: usage).description == savings)
        #expect(card.cacheWritePremium(of: usage).description == premium)
        // Without a cache the call would have cost this much.
        var plain = TokenUsage()
        for (tokenClass, count) in counts {
            switch tokenClass {
            case .cacheRead, .cacheWrite, .cacheWrite1h, .cacheWrite12h: plain[.input] += count
            case .cacheReadAudio: plain[.inputAudio] += count
            case .cacheReadImage: plain[.inputImage] += count
            default: plain[tokenClass] += count
            }
        }
        #expect(try card.cost(of: plain) == cost + card.cacheSavings(of: usage) + -card.cacheWritePremium(of: usage))
    }

    @Test func `a cache that costs more saves less than nothing`() throws {
        let rest = "\"prices\":[{\"rates\":{\"input\":\"2\",\"cache_read\":\"3\",\"cache_write\":\"1\"}}]"
        let book = try TestBook.make([TestBook.model("acme/m", ["m"], rest)])
        let usage: TokenUsage = TestBook.usage([.cacheRead: 1_000_000, .cacheWrite: 1_000_000])
        guard case .priced(let card, _) = book.price(TestBook.question("m")).outcome else { return }
        #expect(card.cacheSavings(of: usage).description == "-1")
        #expect(card.cacheWritePremium(of: usage).description == "-1")
    }
}
