// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Testing

/// Whether a cost of 0 that a span reports is believed.
@Suite struct FreeCallTests {
    private let symbols = SymbolTable()

    @Test(
        arguments: [
            // Tokens of a model with a price: the 0 says that the emitter knows none.
            ("acme", "m", false, 0, "2"), ("openrouter", "acme/m", false, 0, "3"),
            ("openrouter", "acme/m", false, 1, "1"),
            // A gateway that answered from its cache asked no model, whichever figure counts.
            ("acme", "m", true, 0, "0"), ("openrouter", "acme/m", true, 0, "0"), ("acme", "m", true, 1, "2"),
            // The name says it.
            ("openrouter", "acme/m:free", false, 0, "0"), ("openrouter", "acme/new:free", false, 0, "0"),
            ("openrouter", "acme/new-free", false, 0, "0"),
            // No price is known, and the 0 is none.
            ("openrouter", "acme/new", false, 0, "unknown_model"), ("acme", "freedom", false, 0, "unknown_model"),
            ("nobody", "m", false, 0, "unknown_provider"), ("nobody", "m", false, 1, "1"),
            ("openrouter", "acme/unrated", false, 0, "no_rate"), ("openrouter", "acme/unrated", false, 1, "1"),
            // On one's own machines nobody bills tokens; a name that says cloud is not on them.
            ("vllm", "m", false, 0, "0"), ("Ollama", "m:7b", false, 0, "0"), ("llama.cpp", "m", true, 0, "0"),
            ("ollama_chat", "m", false, 0, "0"), ("ollama", "m:120b-cloud", false, 0, "unknown_provider"),
        ] as [(String, String, Bool, Int64, String)])
    func `a reported 0 is a price only where something says so`(
        _ provider: String, _ model: String, _ isFromCache: Bool, _ dollars: Int64, _ expected: String
    ) throws {
        let priced = "\"prices\":[{\"rates\":{\"input\":\"3\",\"output\":\"8\"}}]"
        let book = try TestBook.make([
            TestBook.model("acme/m", ["m"]),
            TestBook.model("openrouter/acme/m", ["acme/m"], provider: "openrouter", priced),
            TestBook.model("openrouter/acme/unrated", ["acme/unrated"], provider: "openrouter", "\"prices\":[{}]"),
        ])
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
        call.provider = symbols.symbol(for: provider, in: .provider)
        call.responseModel = symbols.symbol(for: model, in: .model)
        call.reportsUsage = true
        call.usage[.input] = 1_000_000
        call.isFromCache = isFromCache
        call.reportedFemtodollars = dollars * 1_000_000_000_000_000
        #expect(Pricer(book: book, symbols: symbols).price([call]).map { $0.outcome.text } == [expected])
    }

    @Test(arguments: [
        ("", "0"), ("gpu-7.house.example", "0"), ("Ollama.com", "unknown_provider"),
        ("api.ollama.com", "unknown_provider"),
    ])
    func `a vendor that serves models itself bills them`(_ host: String, _ expected: String) throws {
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
        call.provider = symbols.symbol(for: "ollama", in: .provider)
        call.responseModel = symbols.symbol(for: "m:120b", in: .model)
        call.serverAddress = symbols.symbol(for: host, in: .serverAddress)
        call.reportsUsage = true
        call.usage[.input] = 1_000_000
        call.reportedFemtodollars = 0
        let book = try TestBook.make([TestBook.model("acme/m", ["m"])])
        #expect(Pricer(book: book, symbols: symbols).price([call]).map { $0.outcome.text } == [expected])
    }

    @Test func `a model without a rate for its tokens takes the span's own cost, but no 0`() throws {
        let book = try TestBook.make([TestBook.model("acme/m", ["m"], "\"prices\":[{}]")])
        let prices = Pricer(book: book, symbols: symbols).price(
            [0, 5_000_000_000].map { (femtodollars: Int64) in
                var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
                call.provider = symbols.symbol(for: "acme", in: .provider)
                call.responseModel = symbols.symbol(for: "m", in: .model)
                call.reportsUsage = true
                call.usage[.input] = 10
                call.reportedFemtodollars = femtodollars
                return call
            })
        #expect(prices.map { $0.outcome.text } == ["no_rate", "0.000005"])
    }
}
