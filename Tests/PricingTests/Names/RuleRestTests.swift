// SPDX-License-Identifier: Apache-2.0
import Pricing
import Testing

/// What may stand around the text of a rule of a book.
@Suite struct RuleRestTests {
    private static func book(_ rule: String, provider: String = "acme") throws -> PriceBook {
        let prices = "\"match\":[\(rule)],\"prices\":[{\"rates\":{\"input\":\"2\"}}]"
        return try TestBook.make(
            [TestBook.model("it", ["listed"], provider: provider, prices)], samePriceWords: ["customtools"])
    }

    @Test(arguments: [
        "m-pro", "m-pro-20250929", "m-pro-2025-09-29", "m-pro-2025-09", "m-pro-2025", "m-pro-202509", "m-pro-250929",
        "m-pro-0613", "m-pro-2407", "m-pro-05-20", "m-pro-09-2025", "m-pro@20250929", "m-pro@001", "m-pro-001",
        "m-pro-v1", "m-pro-v1:0", "m-pro:1", "m-pro-latest", "m-pro-preview", "m-pro-preview-05-20",
        "m-pro-latest-20250929-v2:0", "m-pro-customtools", "m-pro_latest", "cohere.m-pro-latest",
    ])
    func `a rule holds for its text with a date, a version, latest, preview or a word at the same price`(
        _ name: String
    ) throws {
        for rule in [#"{"contains":"m-pro"}"#] + (name.hasPrefix("m") ? [#"{"prefix":"m-pro"}"#] : []) {
            let answer = try Self.book(rule).price(TestBook.question(name))
            #expect(answer.model == "it pattern", "\(rule)")
            #expect(!answer.isEstimate)
        }
    }

    @Test(arguments: [
        "m-pro-fast", "m-pro-mini", "m-pro-max", "m-pro-audio", "m-pro-turbo-20250929", "m-pro-20250929-fast",
        "m-pro-2",
        "m-pro-12", "m-pro.5", "m-pro2", "m-prod", "m-pro-", "m-pro--20250929", "m-pro-20251329", "m-pro-20250932",
        "m-pro-1300", "m-pro-13-20", "m-pro-405b", "m-pro-128k", "m-pro-8192", "m-pro-non-thinking", "m-pro-exp",
        "m-pro/latest", "m-pro latest", "m-pro-v1.5", "m-pro-é", "team/m-pro-latest", "x-m-pro", "xm-pro",
        "us.m-pro-latest", "m-pro-latest[1m]",
    ])
    func `with any other word a name is another product`(_ name: String) throws {
        for rule in [#"{"prefix":"m-pro"}"#, #"{"contains":"m-pro"}"#] {
            #expect(try Self.book(rule).price(TestBook.question(name)).model == "unknown_model", "\(rule)")
        }
    }

    @Test(arguments: ["thinking", "minimal", "low", "medium", "high", "xhigh"])
    func `thinking and efforts are priced as the model, and marked`(_ effort: String) throws {
        for name in ["m-pro-\(effort)", "m-pro-20250929-\(effort)", "m-pro:\(effort)"] {
            let answer = try Self.book(#"{"prefix":"m-pro"}"#).price(TestBook.question(name))
            #expect(answer.model == "it pattern")
            #expect(answer.estimates == [.approximate])
        }
        let named = try Self.book(#"{"prefix":"m-pro-\#(effort)"}"#).price(TestBook.question("m-pro-\(effort)-001"))
        #expect(named.model == "it pattern" && !named.isEstimate)
    }

    @Test(arguments: [
        // A rule may end inside a date, and with a separator.
        (#"{"prefix":"m-2025"}"#, "m-20250929", true), (#"{"prefix":"m-2025"}"#, "m-2025-09-29", true),
        (#"{"prefix":"m-2025"}"#, "m-20259", false), (#"{"prefix":"m-0"}"#, "m-001", true),
        (#"{"prefix":"m-4-5"}"#, "m-4-55", false), (#"{"prefix":"m-v1"}"#, "m-v12", false),
        (#"{"prefix":"m-"}"#, "m-20250929", true), (#"{"prefix":"m@"}"#, "m@20250929", true),
        (#"{"prefix":"m-"}"#, "m-mini", false),
        // An expression means all it spells; behind one that is open, the same holds as behind other texts.
        (#"{"regex":"m-\\d{2}x"}"#, "m-12x", true), (#"{"regex":"m-\\d.*"}"#, "m-001", true),
        (#"{"regex":"m-\\d.*"}"#, "m-05-20", true), (#"{"regex":"m-\\d.*"}"#, "m-1-fast", false),
        (#"{"regex":".*"}"#, "anything", false),
        (#"{"all":[{"prefix":"m-pro"},{"regex":"(?!.*-tts(?:$|-)).*"}]}"#, "m-pro-latest", true),
        (#"{"all":[{"prefix":"m-pro"},{"regex":"(?!.*-tts(?:$|-)).*"}]}"#, "m-pro-tts", false),
        (#"{"all":[{"prefix":"m-pro"},{"regex":"(?!.*-tts(?:$|-)).*"}]}"#, "m-pro-live", false),
        (#"{"any":[{"prefix":"m-pro"},{"suffix":"-x"}]}"#, "m-pro-fast", false),
        (#"{"any":[{"prefix":"m-pro"},{"suffix":"-x"}]}"#, "cohere-x", true),
        (#"{"suffix":"m-pro"}"#, "google.m-pro", true), (#"{"suffix":"m-pro"}"#, "fast-m-pro", false),
    ])
    func `the text of a rule is what it spells`(_ rule: String, _ name: String, _ fits: Bool) throws {
        let answer = try Self.book(rule).price(TestBook.question(name))
        #expect(answer.model == (fits ? "it pattern" : "unknown_model"))
    }

    @Test func `a rule of a price file means every name that it fits`() throws {
        let file = "models: [{id: acme/own, match: [{prefix: m-pro}], prices: [{rates: {input: 2}}]}]"
        let book = try TestBook.make([TestBook.model("acme/m", ["m"])], files: [file])
        #expect(book.price(TestBook.question("m-pro-fast")).model == "acme/own override")
    }

    @Test(arguments: [
        ("us.anthropic.c-20250929-v1:0", "it pattern"), ("anthropic.c-20250929-v1:0", "it pattern"),
        ("eu.anthropic.c-20250929-v1:0", "unknown_model"), ("global.anthropic.c-v1:0", "unknown_model"),
        ("us-gov.anthropic.c-v1:0", "unknown_model"), ("us-gov-west-1/anthropic.c-v1:0", "unknown_model"),
        ("us.anthropic.c-fast-v1:0", "unknown_model"), ("bedrock/us-east-1/anthropic.c-v1:0", "it pattern"),
    ])
    func `a rule does not hold for a geography that it does not name`(_ name: String, _ expected: String) throws {
        let rules = #"{"prefix":"anthropic.c"},{"contains":"us.anthropic.c"}"#
        let book = try Self.book(rules, provider: "aws.bedrock")
        #expect(book.price(TestBook.question(name, provider: "bedrock")).model == expected)
    }

    @Test func `the government's geography has the prices of its regions before those of a rule`() throws {
        let rule = #""match":[{"contains":"us-gov.anthropic.c"}],"prices":[{"rates":{"input":"1"}}]"#
        let book = try TestBook.make([
            TestBook.model("b/rule", ["anthropic.c-v1:0"], provider: "aws.bedrock", rule),
            TestBook.model("b/region", ["us-gov-east-1/anthropic.c-v1:0"], provider: "aws.bedrock"),
        ])
        #expect(
            book.price(TestBook.question("us-gov.anthropic.c-v1:0", provider: "bedrock")).model == "b/region normalised"
        )
        #expect(book.price(TestBook.question("us-gov.anthropic.c-v2:0", provider: "bedrock")).model == "b/rule pattern")
    }

    @Test(arguments: [
        ("m@20250929", "it normalised"), ("m@latest", "it normalised"), ("m@default", "it normalised"),
        ("m@001", "it normalised"), ("m@fast", "unknown_model"), ("m@", "unknown_model"),
        ("m@20250929-fast", "unknown_model"),
    ])
    func `only a version may stand behind an at sign`(_ name: String, _ expected: String) throws {
        let book = try TestBook.make([TestBook.model("it", ["m"])])
        #expect(book.price(TestBook.question(name)).model == expected)
    }

    @Test(arguments: [
        ("anthropic", "claude-opus-4-8-fast"), ("gcp.gemini", "gemini-2.5-pro-max"), ("openai", "gpt-5-nano-fast"),
        ("mistral_ai", "mixtral-8x7b-mini"), ("deepseek", "deepseek-v4-pro-audio"),
        ("aws.bedrock", "amazon.nova-pro-max-v1:0"),
    ])
    func `another product's name is unknown to the embedded book`(_ provider: String, _ name: String) throws {
        #expect(try PriceBook.embedded().price(TestBook.question(name, provider: provider)).model == "unknown_model")
    }
}
