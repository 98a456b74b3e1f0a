// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import Pricing
import TestData
import Testing

@Suite struct HostedModelTests {
    private let models = [TestBook.model("acme/m", ["m"])]

    @Test(arguments: [
        ("{mode: tokens, gpu_hour: \"2.49\", gpus: 4, tokens_per_hour: 1000000}", "9.96"),
        ("{mode: tokens, gpu_hour: \"1\", tokens_per_hour: 3000000}", "0.333333333"),
        ("{mode: tokens, gpu_hour: \"2\", gpus: 0.5, tokens_per_hour: 1000000}", "1"),
    ])
    func `machines become rates when the file is read`(_ hosted: String, _ rate: String) throws {
        let book = try book(hosted)
        for tokenClass in TokenClass.allCases {
            let answer = book.price(TestBook.question("x", provider: "vllm", [tokenClass: 1_000_000]))
            #expect(answer.text == rate)
            #expect(!answer.isEstimate)
        }
    }

    @Test(arguments: [
        // 2.49 × 4 ÷ 16 dollars an hour.
        ("gpus: 4, concurrency: 16", 1_000_000_000, "0.000172916666667"), ("gpus: 4, concurrency: 16", 0, "0"),
        ("gpus: 1", 3_600_000_000_000, "2.49"), ("gpus: 1, concurrency: 0.5", 1_000_000_000, "0.001383333333333"),
        ("gpus: 4, concurrency: 2.5", 500_000_000, "0.000553333333333"), ("gpus: 1", UInt64.max, "59.76"),
    ])
    func `a call pays for the time it took`(_ rest: String, _ nanoseconds: UInt64, _ cost: String) throws {
        var question = TestBook.question("x", provider: "vllm", tier: "batch", [.input: 5, .output: 7])
        question.durationNanoseconds = nanoseconds
        let answer = try book("{mode: busy_time, gpu_hour: \"2.49\", \(rest)}").price(question)
        #expect(answer.text == cost)
        #expect(answer.time.description == cost)
        #expect(!answer.isEstimate)
        guard case .priced(let card, _) = answer.outcome else { return }
        #expect(card.hosted == .busyTime)
    }

    @Test func `a pricer charges the time of every call, failed ones too, and the lines still add up`() throws {
        let symbols = SymbolTable()
        let book = try book("{mode: busy_time, gpu_hour: \"3.6\"}")
        let pricer = Pricer(book: book, symbols: symbols)
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
        call.provider = symbols.symbol(for: "vllm", in: .provider)
        call.responseModel = symbols.symbol(for: "x", in: .model)
        call.startNanoseconds = 1_795_262_400_000_000_000
        call.endNanoseconds = 1_795_262_402_500_000_000
        call.usage = TestBook.usage([.input: 10])
        call.reportsUsage = true
        var silent = call
        silent.usage = CallUsage()
        silent.reportsUsage = false
        var failed = silent
        failed.hasFailed = true
        var timeless = call
        timeless.startNanoseconds = 0
        for _ in 0..<2 {
            let priced = pricer.price([call, silent, failed, timeless])
            #expect(priced.map { $0.outcome.text } == ["0.0025", "0.0025", "0.0025", "0"])
            #expect(priced.map(\.fee.description) == ["0.0025", "0.0025", "0.0025", "0"])
        }
    }

    @Test(arguments: [
        ("x", false, nil), ("free", false, nil), ("dear", false, UnpricedReason.noUsage), ("dear", true, nil),
        ("no-such-model", false, .noUsage), ("no-such-model", true, nil),
    ])
    func `what a call without usage costs is known if it failed, if the model is free, or if the clock pays`(
        model: String, hasFailed: Bool, reason: UnpricedReason?
    ) throws {
        let file = """
            models:
              - {id: vllm/x, provider: vllm, hosted: {mode: capacity, gpu_hour: "2"}}
              - {id: vllm/free, provider: vllm, prices: [{rates: {input: "0", output: "0"}}]}
              - {id: vllm/dear, provider: vllm, prices: [{rates: {input: "1", output: "0"}}]}
            """
        let symbols = SymbolTable()
        let book = try TestBook.make(models, files: [file])
        let pricer = Pricer(book: book, symbols: symbols, configuration: PricerConfiguration(), countsClock: true)
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
        call.provider = symbols.symbol(for: "vllm", in: .provider)
        call.responseModel = symbols.symbol(for: model, in: .model)
        call.hasFailed = hasFailed
        let priced = pricer.price([call])
        #expect(priced.verdicts[0].reasonForUnknownCost == reason)
        #expect(priced.verdicts[0].cost(of: call, priced.cards) == (reason == nil ? .zero : nil))
    }

    @Test(arguments: [(false, PriceVerdict.Kind.reported), (true, .nothingToPrice)])
    func `what a span without usage says that the call cost is what is known of it`(
        hasFailed: Bool, kind: PriceVerdict.Kind
    ) throws {
        let file = "models: [{id: acme/dear, provider: acme, prices: [{rates: {input: 1}}]}]"
        let symbols = SymbolTable()
        let pricer = Pricer(book: try TestBook.make(models, files: [file]), symbols: symbols)
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
        call.provider = symbols.symbol(for: "acme", in: .provider)
        call.responseModel = symbols.symbol(for: "dear", in: .model)
        call.reportedFemtodollars = 5
        call.hasFailed = hasFailed
        let priced = pricer.price([call])
        #expect(priced.verdicts[0].kind == kind)
        #expect(priced.verdicts[0].cost(of: call, priced.cards)?.femtodollars == (hasFailed ? 0 : 5))
    }

    @Test func `an alias's factor holds for the time as well`() throws {
        let file = """
            models: [{id: vllm/x, provider: vllm, hosted: {mode: busy_time, gpu_hour: "3.6"}}]
            aliases: [{provider: vllm, name: half, to: vllm/x, by: "0.5"}]
            """
        var question = TestBook.question("half", provider: "vllm")
        question.durationNanoseconds = 1_000_000_000
        #expect(try TestBook.make(models, files: [file]).price(question).text == "0.0005")
    }

    @Test func `models that are paid by the clock are told, once each`() throws {
        let file = "models: [{id: vllm/x, provider: vllm, hosted: {mode: capacity, gpu_hour: 2, gpus: 3}}]"
        let plan = HostedModel(
            model: "vllm/x", name: "x", provider: "vllm", mode: .capacity, hourlyPrice: try Dollars("6"))
        #expect(try TestBook.make(models, files: [file, file]).meteredModels == [plan])
    }

    @Test(arguments: [
        ("names: [Meta/Llama-70B, llama]", "Meta/Llama-70B"), ("match: [{prefix: llama}]", "vllm/X"), ("", "X"),
    ])
    func `machines go by the first name that is listed, in its own letters`(_ names: String, _ name: String) throws {
        let file = """
            models:
              - {id: vllm/X, provider: vllm, hosted: {mode: busy_time, gpu_hour: 2}\(names.isEmpty ? "" : ", " + names)}
            """
        #expect(try TestBook.make(models, files: [file]).hostedModels.map(\.name) == [name])
    }

    @Test func `an id means the machines of its latest price, and tenants may have machines of their own`() throws {
        let first = """
            models:
              - {id: vllm/x, provider: vllm, hosted: {mode: capacity, gpu_hour: 1}}
              - {id: vllm/y, provider: vllm, hosted: {mode: tokens, gpu_hour: 1, tokens_per_hour: 5}}
            tenants:
              big:
                match: {resource: {tenant.id: big}}
                models:
                  - {id: vllm/x, provider: vllm, hosted: {mode: busy_time, gpu_hour: 7}}
                  - {id: vllm/z, provider: vllm, hosted: {mode: busy_time, gpu_hour: 8}}
            """
        let second = "models: [{id: vllm/x, provider: vllm, hosted: {mode: busy_time, gpu_hour: 3}}]"
        let book = try TestBook.make(models, files: [first, second])
        #expect(
            book.hostedModels.map { "\($0.model) \($0.mode.rawValue) \($0.hourlyPrice)" }
                == ["vllm/y tokens 1", "vllm/x busy_time 3", "vllm/z busy_time 8"])
        #expect(book.meteredModels.isEmpty)
    }

    @Test func `a call by itself has no price on machines that are paid by the clock`() throws {
        let book = try book("{mode: capacity, gpu_hour: \"2.49\", gpus: 4}")
        let answer = book.price(TestBook.question("x", provider: "vllm", [.output: 1_000_000]))
        #expect(answer.text == "no_rate")
        #expect(answer.clockModel == "vllm/x")
        #expect(answer.clockNote?.contains("only 'serve' counts") == true)
    }

    @Test(arguments: [false, true])
    func `a pricer knows the price of such a call only where somebody counts the clock`(countsClock: Bool) throws {
        let symbols = SymbolTable()
        let book = try book("{mode: capacity, gpu_hour: \"3.6\"}")
        let pricer = Pricer(book: book, symbols: symbols, countsClock: countsClock)
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
        call.provider = symbols.symbol(for: "vllm", in: .provider)
        call.responseModel = symbols.symbol(for: "x", in: .model)
        var silent = call
        call.usage = TestBook.usage([.input: 10])
        call.reportsUsage = true
        silent.hasFailed = true
        for _ in 0..<2 {
            let priced = pricer.price([call, silent])
            #expect(priced.map { $0.outcome.text } == [countsClock ? "0" : "no_rate", "nothing"])
            #expect(priced.verdicts[0].card.map { priced.cards[Int($0)].modelID } == "vllm/x")
            pricer.replace(book: book)
        }
    }

    @Test func `an earlier price of an id that is no longer paid by the clock is not free`() throws {
        let symbols = SymbolTable()
        let files = [
            "models: [{id: vllm/x, provider: vllm, names: [old], hosted: {mode: capacity, gpu_hour: 1}}]",
            "models: [{id: vllm/x, provider: vllm, names: [new], hosted: {mode: busy_time, gpu_hour: 1}}]",
        ]
        let pricer = Pricer(book: try TestBook.make(models, files: files), symbols: symbols, countsClock: true)
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
        call.provider = symbols.symbol(for: "vllm", in: .provider)
        call.responseModel = symbols.symbol(for: "old", in: .model)
        call.usage = TestBook.usage([.input: 10])
        call.reportsUsage = true
        #expect(pricer.price([call]).map { $0.outcome.text } == ["no_rate"])
    }

    private func book(_ hosted: String) throws -> PriceBook {
        try TestBook.make(models, files: ["models: [{id: vllm/x, provider: vllm, hosted: \(hosted)}]"])
    }
}

@Suite struct HostedModelMeterTests {
    private static let minute: UInt64 = 60_000_000_000

    @Test func `a minute is shared out by output tokens, an idle one is nobody's`() throws {
        var meter = HostedModelMeter(hourlyPrice: try Dollars("60"), startingAt: 5)
        #expect(meter.tick(at: 5).isEmpty)
        meter.add(outputTokens: 100, allTokens: 100, of: 7)
        meter.add(outputTokens: 300, allTokens: 900, of: 2)
        meter.add(outputTokens: 0, allTokens: 50, of: 1)
        meter.add(outputTokens: -5, allTokens: -5, of: 1)
        #expect(texts(meter.tick(at: 5 + Self.minute)) == ["2: 0.75", "7: 0.25"])
        #expect(texts(meter.tick(at: 5 + 3 * Self.minute)) == ["nobody: 2"])
        #expect(meter.tick(at: 5 + 3 * Self.minute).isEmpty)
        #expect(meter.tick(at: 1).isEmpty)
        meter.add(outputTokens: 1, allTokens: 1, of: 7)
        #expect(texts(meter.tick(at: 5 + 4 * Self.minute)) == ["7: 1"])
    }

    @Test func `where nobody had output tokens, a minute is shared out by all tokens`() throws {
        var meter = HostedModelMeter(hourlyPrice: try Dollars("60"), startingAt: 0)
        meter.add(outputTokens: 0, allTokens: 100, of: 7)
        meter.add(outputTokens: 0, allTokens: 300, of: 2)
        #expect(texts(meter.tick(at: Self.minute)) == ["2: 0.75", "7: 0.25"])
        #expect(texts(meter.tick(at: 2 * Self.minute)) == ["nobody: 1"])
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `all shares add up to the price of the whole time, however often it ticks`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let price = Dollars(femtodollars: Int128(Int64.random(in: 1...10_000_000_000_000_000_00, using: &random)))
        let start = UInt64.random(in: 0...1 << 40, using: &random)
        var meter = HostedModelMeter(hourlyPrice: price, startingAt: start)
        var now = start
        var sum = Dollars.zero
        for _ in 0..<300 {
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let count = Bool.random(using: &random) ? Int64.max / 3 : Int64.random(in: 1...1000, using: &random)
                meter.add(
                    outputTokens: Bool.random(using: &random) ? count : 0, allTokens: count,
                    of: UInt32.random(in: 0...5, using: &random))
            }
            now += UInt64.random(in: 0...2 * Self.minute, using: &random)
            for share in meter.tick(at: now) {
                #expect(share.amount >= .zero)
                sum += share.amount
            }
        }
        let expected = (price.femtodollars * Int128(now - start) * 2 + 3_600_000_000_000) / 7_200_000_000_000
        #expect(abs(sum.femtodollars - expected) <= 1)
    }

    private func texts(_ shares: [HostedModelMeter.Share]) -> [String] {
        shares.map { "\($0.payer.map(String.init) ?? "nobody"): \($0.amount)" }
    }
}
