// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Testing

@Suite struct ApproximateTests {
    @Test(arguments: [
        ("m-2026-01-15", "acme/m approximate"), ("m-20260115", "acme/m approximate"),
        ("m-01-2026", "acme/m approximate"),
        ("m-latest", "acme/m approximate"), ("m-preview", "acme/m approximate"),
        ("m-preview-05-20", "acme/m approximate"),
        ("acme/M-Preview-2026-01-15", "acme/m approximate"), ("m", "acme/m exact"), ("m-mini", "unknown_model"),
        ("m-mini-latest", "unknown_model"), ("mlatest", "unknown_model"), ("m-05-20", "unknown_model"),
        ("-latest", "unknown_model"), ("own-latest", "acme/own approximate"),
    ])
    func `a similar name stands in only where that is allowed, and is marked`(
        _ name: String, _ expected: String
    ) throws {
        let book = try TestBook.make(
            [TestBook.model("acme/m", ["m"])], files: ["models: [{id: acme/own, prices: [{rates: {input: 2}}]}]"])
        var question = TestBook.question(name)
        if expected.hasSuffix("approximate") { #expect(book.price(question).model == "unknown_model") }
        question.allowsApproximate = true
        let answer = book.price(question)
        #expect(answer.model == expected)
        #expect(answer.estimates == (expected.hasSuffix("approximate") ? [.approximate] : []))
    }

    @Test func `a reseller's similar names are tried too, after every surer way`() throws {
        let book = try TestBook.make([
            TestBook.model("acme/m", ["m"]),
            TestBook.model("resale/n", ["n"], provider: "resale"), TestBook.model("acme/n", ["n-latest"]),
        ])
        for (name, expected) in [("m-latest", "acme/m approximate"), ("n-latest", "acme/n fallback")] {
            var question = TestBook.question(name, provider: "resale")
            question.allowsApproximate = true
            #expect(book.price(question).model == expected)
        }
    }

    @Test func `a pricer marks such calls as estimates with their reason`() throws {
        let symbols = SymbolTable()
        var configuration = PricerConfiguration()
        configuration.allowsApproximate = true
        let pricer = Pricer(
            book: try TestBook.make([TestBook.model("acme/m", ["m"])]), symbols: symbols, configuration: configuration)
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
        call.provider = symbols.symbol(for: "acme", in: .provider)
        call.responseModel = symbols.symbol(for: "m-latest", in: .model)
        call.usage = TestBook.usage([.input: 5])
        call.reportsUsage = true
        for _ in 0..<2 {
            let priced = pricer.price([call, call])
            #expect(priced.verdicts.map(\.isEstimate) == [true, true])
            let card = try #require(priced.verdicts[0].card)
            #expect(priced.cards[Int(card)].estimateReason == .approximate)
        }
    }
}

@Suite struct GatewayTests {
    @Test(arguments: [
        "bifrost", "requesty", "vercel_ai", "langsmith", "cloudflare_ai_gateway", "cloudflare-ai-gateway", "LiteLLM",
        "langchain", "google_adk", "beeai", "traceloop",
    ])
    func `a gateway of the embedded book, or a framework, does not hide who answered`(_ name: String) throws {
        var question = TestBook.question("claude-sonnet-4-5", provider: name)
        #expect(try PriceBook.embedded().price(question).model.hasPrefix("anthropic/"))
        question.serverAddress = "bedrock-runtime.eu-west-1.amazonaws.com"
        question.model = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
        #expect(try PriceBook.embedded().price(question).model.hasPrefix("aws.bedrock/"))
    }

    @Test(arguments: [
        ("bedrock-runtime.us-east-1.amazonaws.com", "anthropic.claude-haiku-4-5-20251001-v1:0", "aws.bedrock/"),
        ("bedrock-runtime.cn-north-1.amazonaws.com.cn", "anthropic.claude-haiku-4-5-20251001-v1:0", "aws.bedrock/"),
        ("us-east5-aiplatform.googleapis.com", "claude-sonnet-4-5@20250929", "gcp.vertex_ai/"),
        ("bedrock-runtime.us-east-1.amazonaws.com.example", "m", "unknown_provider"),
    ])
    func `hosts with a region in the middle are known`(_ host: String, _ model: String, _ expected: String) throws {
        var question = TestBook.question(model, provider: "")
        question.serverAddress = host
        #expect(try PriceBook.embedded().price(question).model.hasPrefix(expected))
    }
}
