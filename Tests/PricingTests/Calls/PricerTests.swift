// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import Pricing
import TestData
import Testing

@Suite struct PricerTests {
    private let symbols = SymbolTable()
    private static let noon: UInt64 = 1_795_262_400_000_000_000

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a cost is the sum of its lines and its fee`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let book = try PriceBook.embedded()
        let pricer = Pricer(book: book, symbols: symbols)
        var calls: [ModelCall] = []
        for _ in 0..<50 {
            let model = try book.model(Int.random(in: 0..<book.modelCount, using: &random))
            var call = call(model.provider, model.names.first ?? "", [:])
            for tokenClass in TokenClass.allCases where Bool.random(using: &random) {
                call.usage[tokenClass] = Int64.random(in: 0...10_000_000, using: &random)
            }
            call.tier = symbols.symbol(
                for: ["", "batch", "priority", "flex", "odd"].randomElement(using: &random) ?? "", in: .tier)
            call.endNanoseconds = Outside(UInt64.random(in: 0...2 * Self.noon, using: &random))
            calls.append(call)
        }
        var priced: [PricedCall] = []
        priced += pricer.price(calls, arrivalNanoseconds: Self.noon)
        #expect(priced.map(\.call.identity) == calls.map(\.identity))
        for priced in priced {
            guard case .priced(let card, let cost) = priced.outcome else { continue }
            var sum = priced.fee
            for tokenClass in TokenClass.allCases {
                let line = card.cost(of: tokenClass, in: TokenUsage(priced.call.usage))
                #expect(line >= .zero)
                #expect(line == card.rate(of: tokenClass)?.cost(ofTokens: priced.call.usage[tokenClass]) ?? .zero)
                sum += line
            }
            #expect(sum == cost)
        }
    }

    @Test func `a batch and single questions agree, whatever is cached`() throws {
        let book = try PriceBook.embedded()
        let pricer = Pricer(book: book, symbols: symbols, cacheLimit: 3)
        var calls: [ModelCall] = []
        for number in stride(from: 0, to: book.modelCount, by: 50) {
            let model = try book.model(number)
            calls.append(call(model.provider, model.names.first ?? "", [.input: 1000, .output: 70, .cacheRead: 5]))
        }
        for _ in 0..<2 {
            var priced: [PricedCall] = []
            priced += pricer.price(calls + calls, arrivalNanoseconds: Self.noon)
            for priced in priced {
                var question = PriceQuestion(model: symbols.text(of: priced.call.model))
                question.provider = symbols.text(of: priced.call.provider)
                question.usage = TokenUsage(priced.call.usage)
                question.moment = PriceMoment(nanoseconds: Self.noon)
                #expect(priced.outcome.text == book.price(question).text)
            }
            #expect(pricer.cachedCount <= 3)
        }
        #expect(pricer.cacheEvictions > 0)
    }

    @Test func `misses are kept as hits are`() throws {
        let pricer = Pricer(book: try TestBook.make([TestBook.model("acme/m", ["m"])]), symbols: symbols)
        var priced: [PricedCall] = []
        for _ in 0..<3 { priced += pricer.price([call("acme", "m"), call("acme", "x"), call("x", "m")]) }
        #expect(pricer.cachedCount == 3)
        #expect(pricer.cacheEvictions == 0)
        #expect(
            priced.map { $0.outcome.text } == ["0.000002", "unknown_model", "unknown_provider"]
                + ["0.000002", "unknown_model", "unknown_provider"] + ["0.000002", "unknown_model", "unknown_provider"])
    }

    @Test(arguments: ["acme", "x"])
    func `a call without a model is unpriced for that reason`(provider: String) throws {
        let pricer = Pricer(book: try TestBook.make([TestBook.model("acme/m", ["m"])]), symbols: symbols)
        var nameless = call(provider, "m")
        (nameless.requestModel, nameless.responseModel) = (.absent, .absent)
        let priced = Array(pricer.price([nameless]))
        #expect(priced.map { $0.outcome.text } == ["no_model"])
    }

    @Test func `a full cache evicts the least recently used entries, and counts them`() throws {
        let pricer = Pricer(
            book: try TestBook.make([TestBook.model("acme/m", ["m"])]), symbols: symbols, cacheLimit: 10)
        let first = pricer.price([call("acme", "m")])
        for number in 0..<25 {
            let priced = pricer.price([call("acme", "x\(number)"), call("acme", "m")])
            #expect(priced.map { $0.outcome.text } == ["unknown_model", "0.000002"])
            // A model that every batch has keeps its card, so that the card's series are looked up once.
            #expect(priced.verdicts[1].card == first.verdicts[0].card)
            #expect(priced.generation == first.generation)
            #expect(pricer.cachedCount <= 10)
        }
        #expect(pricer.cacheEvictions >= 25 - 10)
    }

    @Test(arguments: 0..<5 as Range<UInt64>)
    func `batches that share a small cache from many sides are priced as alone`(_ seed: UInt64) async throws {
        let book = try PriceBook.embedded()
        let pricer = Pricer(book: book, symbols: symbols, cacheLimit: 7)
        var random = SeededGenerator(seed: seed)
        let batches = try (0..<8).map { _ in
            try (0..<60).map { _ in
                let model = try book.model(Int.random(in: 0..<book.modelCount, using: &random))
                return call(model.provider, model.names.first ?? "", [.input: 1_000, .output: 70])
            }
        }
        let alone = batches.map { batch in Pricer(book: book, symbols: symbols).price(batch).map { $0.outcome.text } }
        let together = await withTaskGroup(of: (Int, [String]).self) { group in
            for (number, batch) in batches.enumerated() {
                group.addTask { (number, pricer.price(batch).map { $0.outcome.text }) }
            }
            return await group.reduce(into: [[String]](repeating: [], count: batches.count)) { $0[$1.0] = $1.1 }
        }
        #expect(together == alone)
    }

    @Test func `old cards are evicted and made again, and the numbers of others stay`() throws {
        let models = (0..<600).map { TestBook.model("acme/m\($0)", ["m\($0)"]) }
        let pricer = Pricer(book: try TestBook.make(models), symbols: symbols, cacheLimit: 100)
        var numbers: Set<UInt32> = []
        for _ in 0..<5 {
            for number in 0..<600 {
                let priced = pricer.price([call("acme", "m\(number)"), call("acme", "m0")])
                #expect(priced.map { $0.outcome.text } == ["0.000002", "0.000002"])
                let cards = try priced.verdicts.map { priced.cards[Int(try #require($0.card))].modelID }
                #expect(cards == ["acme/m\(number)", "acme/m0"])
                numbers.insert(try #require(priced.verdicts[0].card))
            }
        }
        #expect(numbers.count > 1_024)
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `nothing unknown is ever priced`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pricer = Pricer(book: try PriceBook.embedded(), symbols: symbols)
        let providers = [
            "openai", "anthropic", "aws.bedrock", "azure.ai.openai", "gcp.vertex_ai", "groq", "tgi", "", "litellm",
        ]
        let calls = (0..<100).map { number in
            let letters = (0..<12).map { _ in "bcdfhjkqvwxz-./:".randomElement(using: &random) ?? "q" }
            return call(providers.randomElement(using: &random) ?? "", "zq\(String(letters))\(number)")
        }
        var priced: [PricedCall] = []
        priced += pricer.price(calls)
        for priced in priced {
            guard case .unpriced(let reason) = priced.outcome else {
                Issue.record("\(symbols.text(of: priced.call.model)) of \(symbols.text(of: priced.call.provider))")
                continue
            }
            #expect([.unknownModel, .unknownProvider, .opaqueDeployment].contains(reason))
        }
    }

    @Test func `a failed call that took tokens is priced, without the fee for an answer`() throws {
        let rest = "\"prices\":[{\"rates\":{\"input\":\"2\"},\"fees\":{\"request\":\"0.005\"}}]"
        let pricer = Pricer(book: try TestBook.make([TestBook.model("acme/m", ["m"], rest)]), symbols: symbols)
        var failed = call("acme", "m")
        failed.hasFailed = true
        var priced: [PricedCall] = []
        priced += pricer.price([call("acme", "m"), failed])
        #expect(priced.map { $0.outcome.text } == ["0.005002", "0.000002"])
        #expect(priced.map(\.fee.description) == ["0.005", "0"])
    }

    @Test func `a call that says nothing is not priced at zero`() throws {
        let withFee = "\"prices\":[{\"rates\":{\"input\":\"2\"},\"fees\":{\"request\":\"0.005\"}}]"
        let book = try TestBook.make([TestBook.model("acme/fee", ["fee"], withFee), TestBook.model("acme/m", ["m"])])
        let pricer = Pricer(book: book, symbols: symbols)
        var calls = ["m", "fee", "x", "fee"].map { call("acme", $0, [:]) }
        for index in calls.indices { calls[index].reportsUsage = false }
        calls[3].hasFailed = true
        var priced: [PricedCall] = []
        priced += pricer.price(calls)
        #expect(priced.map { $0.outcome.text } == ["nothing", "0.005", "nothing", "nothing"])
    }

    @Test func `a call that reports zero tokens costs zero`() throws {
        let pricer = Pricer(book: try TestBook.make([TestBook.model("acme/m", ["m"])]), symbols: symbols)
        var priced: [PricedCall] = []
        priced += pricer.price([call("acme", "m", [:])])
        #expect(priced.map { $0.outcome.text } == ["0"])
    }

    @Test(
        arguments: [
            (-1, "invalid_usage"), (Int64.max, "invalid_usage"), (1 << 50, "invalid_usage"),
            ((1 << 50) - 1, "2251799813.685246"),
        ] as [(Int64, String)])
    func `an impossible count is never priced`(_ count: Int64, _ expected: String) throws {
        let book = try TestBook.make([TestBook.model("acme/m", ["m"])])
        #expect(book.price(TestBook.question("m", [.input: count])).text == expected)
    }

    @Test func `tokens of a class that has no rate are not priced at zero`() throws {
        let rest = "\"prices\":[{\"rates\":{\"input\":\"2\"}}]"
        let book = try TestBook.make([TestBook.model("acme/m", ["m"], rest)])
        #expect(book.price(TestBook.question("m", [.input: 1, .output: 1])).text == "no_rate")
        #expect(book.price(TestBook.question("m", [.input: 1, .output: 0])).text == "0.000002")
    }

    @Test func `calls with absurd clocks are priced by their arrival`() throws {
        let rest = "\"prices\":[{\"rates\":{\"input\":\"1\"}},{\"from\":\"2026-11-22\",\"rates\":{\"input\":\"2\"}}]"
        let pricer = Pricer(book: try TestBook.make([TestBook.model("acme/m", ["m"], rest)]), symbols: symbols)
        var call = call("acme", "m")
        call.endNanoseconds = 1
        for (arrival, cost) in [
            (Self.noon, "0.000001"), (Self.noon + 86_400_000_000_000, "0.000002"), (nil, "0.000002"),
        ] {
            var priced: [PricedCall] = []
            priced += pricer.price([call], arrivalNanoseconds: arrival)
            #expect(priced.map { $0.outcome.text } == [cost])
        }
    }

    @Test func `many tasks price alike at once`() async throws {
        let book = try PriceBook.embedded()
        let pricer = Pricer(book: book, symbols: symbols, cacheLimit: 20)
        var calls: [ModelCall] = []
        for number in stride(from: 0, to: book.modelCount, by: 97) {
            let model = try book.model(number)
            calls.append(call(model.provider, model.names.first ?? "", [.input: 1000, .output: 70]))
        }
        let batch = calls
        let results = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var priced: [PricedCall] = []
                    priced += pricer.price(batch, arrivalNanoseconds: Self.noon)
                    return priced.map { $0.outcome.text }
                }
            }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(results.count == 1)
    }

    private func call(_ provider: String, _ model: String, _ counts: [TokenClass: Int64] = [.input: 1]) -> ModelCall {
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
        call.provider = symbols.symbol(for: provider, in: .provider)
        call.responseModel = symbols.symbol(for: model, in: .model)
        call.usage = TestBook.usage(counts)
        call.reportsUsage = true
        call.endNanoseconds = Outside(Self.noon)
        return call
    }
}
