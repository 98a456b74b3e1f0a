// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import Pricing
import TestData
import Testing

/// Calls that took something by the piece, priced as they come.
@Suite struct UnitFeeTests {
    private let symbols = SymbolTable()
    private static let noon: UInt64 = 1_795_262_400_000_000_000
    private static let priced = """
        "prices":[{"rates":{"input":"2","output":"8"},"fees":{"web_search":"0.01","rerank_search":"0.002",\
        "file_search":"0"}}]
        """

    private func call(
        _ units: [BilledUnits.Unit: Int64], provider: String = "acme", model: String = "m",
        _ counts: [TokenClass: Int64] = [.input: 1], _ change: (inout ModelCall) -> Void = { _ in }
    ) -> ModelCall {
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
        call.provider = symbols.symbol(for: provider, in: .provider)
        call.responseModel = symbols.symbol(for: model, in: .model)
        call.usage = TestBook.usage(counts)
        call.reportsUsage = true
        call.endNanoseconds = Outside(Self.noon)
        for (unit, count) in units { call.units[unit] = count }
        change(&call)
        return call
    }

    private func price(_ calls: [ModelCall], in book: PriceBook) -> PricedCalls {
        Pricer(book: book, symbols: symbols).price(calls, arrivalNanoseconds: Self.noon)
    }

    @Test(
        arguments: [
            ([:], "0.000002", nil), ([.webSearch: 1], "0.010002", nil), ([.webSearch: 4_095], "40.950002", nil),
            ([.webSearch: 2, .rerankSearch: 3], "0.026002", nil),
            // A price of zero is one.
            ([.fileSearch: 7], "0.000002", nil),
            ([.codeSession: 1], "0.000002", .unknownFee), ([.codeSession: 1, .webSearch: 1], "0.010002", .unknownFee),
        ] as [([BilledUnits.Unit: Int64], String, EstimateReason?)])
    func `fees are counts times prices, and one without a price makes an estimate`(
        _ units: [BilledUnits.Unit: Int64], _ cost: String, _ reason: EstimateReason?
    ) throws {
        let book = try TestBook.make([TestBook.model("acme/m", ["m"], Self.priced)])
        // The second of each is a call of a known kind, the plain ones among them take the shortest way.
        let plain = call([:])
        let answers = price([plain, call(units), plain, call(units)], in: book)
        for index in [1, 3] {
            #expect(answers[index].outcome.text == cost)
            let verdict = answers.verdicts[index]
            #expect(verdict.isEstimate == (reason != nil))
            #expect(verdict.estimate == reason)
        }
        for index in [0, 2] {
            #expect(answers[index].outcome.text == "0.000002")
            #expect(!answers.verdicts[index].isEstimate)
        }
    }

    @Test func `a model without fees makes estimates of searches only`() throws {
        let book = try TestBook.make([TestBook.model("acme/m", ["m"])])
        let answers = price([call([:]), call([.webSearch: 1]), call([:])], in: book)
        #expect(answers.verdicts.map(\.isEstimate) == [false, true, false])
        #expect(answers.map { $0.outcome.text } == ["0.000002", "0.000002", "0.000002"])
    }

    @Test func `an estimate for more than a fee has the reason of its card`() throws {
        let book = try TestBook.make([TestBook.model("acme/m", ["m"], Self.priced)])
        let tier = symbols.symbol(for: "flex", in: .tier)
        let answers = price([call([.codeSession: 1]) { $0.tier = tier }], in: book)
        #expect(answers.verdicts[0].estimate == .noTierRate)
    }

    @Test(
        arguments: [
            ([.rerankSearch: 5], "m", "0.01"), ([.codeSession: 5], "m", "no_rate"), ([.fileSearch: 5], "m", "0"),
            ([.codeSession: 5, .rerankSearch: 1], "m", "0.002"), ([:], "m", "nothing"),
            ([.rerankSearch: 5], "unheard-of", "unknown_model"), ([:], "unheard-of", "nothing"),
        ] as [([BilledUnits.Unit: Int64], String, String)], [false, true])
    func `a call without tokens is priced by its pieces, failed or not`(
        _ row: ([BilledUnits.Unit: Int64], String, String), _ hasFailed: Bool
    ) throws {
        let (units, model, expected) = row
        let book = try TestBook.make([TestBook.model("acme/m", ["m"], Self.priced)])
        let answers = price(
            [
                call(units, model: model, [:]) {
                    $0.reportsUsage = false
                    $0.hasFailed = hasFailed
                }
            ], in: book)
        #expect(answers.map { $0.outcome.text } == [expected])
    }

    @Test func `a failed call pays for what it was served, not for an answer`() throws {
        let rest = #""prices":[{"rates":{"input":"2"},"fees":{"request":"0.5","web_search":"0.01"}}]"#
        let book = try TestBook.make([TestBook.model("acme/m", ["m"], rest)])
        let calls = [call([.webSearch: 1]), call([.webSearch: 1]) { $0.hasFailed = true }]
        #expect(price(calls, in: book).map { $0.outcome.text } == ["0.510002", "0.010002"])
    }

    @Test func `what a span claims counts whole, where it counts`() throws {
        let book = try TestBook.make([TestBook.model("acme/m", ["m"], Self.priced)])
        var configuration = PricerConfiguration()
        configuration.reportedCosts.standard = .reported
        let pricer = Pricer(book: book, symbols: symbols, configuration: configuration)
        let answers = pricer.price([call([.webSearch: 1]) { $0.reportedFemtodollars = 3_000_000_000_000 }])
        #expect(answers.map { $0.outcome.text } == ["0.003"])
        #expect(answers.map(\.fee) == [.zero])
    }

    @Test(
        arguments: [
            // $5 and $25 a million: 1,000 in, 100 out.
            ("claude-opus-4-8", "", "", 0, "0.0075"), ("claude-opus-4-8", "", "", 3, "0.0375"),
            // A tenth more for the place, on tokens and not on fees.
            ("claude-opus-4-8", "", "us", 3, "0.03825"), ("claude-opus-4-8", "", "US", 0, "0.00825"),
            ("claude-opus-4-8", "", "eu", 0, "0.0075"),
            // Twice as much for the speed.
            ("claude-opus-4-8", "fast", "", 0, "0.015"), ("claude-opus-4-8", "fast", "us", 1, "0.0265"),
        ] as [(String, String, String, Int64, String)])
    func `place, speed and searches of an answer of Anthropic have their prices`(
        _ model: String, _ tier: String, _ geo: String, _ searches: Int64, _ cost: String
    ) throws {
        let book = try PriceBook.embedded()
        let calls = (0..<2).map { _ in
            call([.webSearch: searches], provider: "anthropic", model: model, [.input: 1_000, .output: 100]) {
                $0.tier = symbols.symbol(for: tier, in: .tier)
                $0.inferenceGeo = symbols.symbol(for: geo, in: .inferenceGeo)
            }
        }
        // Beside calls of the same name that were served elsewhere.
        let elsewhere = call([:], provider: "anthropic", model: model, [.input: 1_000, .output: 100])
        let answers = price([elsewhere] + calls + [elsewhere], in: book)
        #expect(answers.map { $0.outcome.text } == ["0.0075", cost, cost, "0.0075"])
        #expect(answers.verdicts.allSatisfy { !$0.isEstimate })
    }

    @Test(arguments: [("sonar", "0.012002"), ("sonar-deep-research", "0.015002")])
    func `Perplexity is paid for answers or for searches`(_ model: String, _ cost: String) throws {
        let book = try PriceBook.embedded()
        let calls = [call([.webSearch: 3], provider: "perplexity", model: model, [.input: model == "sonar" ? 2 : 1])]
        let answers = price(calls, in: book)
        #expect(answers.map { $0.outcome.text } == [cost])
        #expect(answers.verdicts.map(\.isEstimate) == [false])
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `calls and questions about them agree`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let book = try PriceBook.embedded()
        var calls: [ModelCall] = []
        for _ in 0..<60 {
            let model = try book.model(Int.random(in: 0..<book.modelCount, using: &random))
            guard model.provider != "perplexity" else { continue }
            var units: [BilledUnits.Unit: Int64] = [:]
            for unit in BilledUnits.Unit.allCases where Int.random(in: 0..<3, using: &random) == 0 {
                units[unit] = Int64.random(in: 1...20, using: &random)
            }
            let counts: [TokenClass: Int64] = [.input: Int64.random(in: 1...10_000, using: &random)]
            calls.append(call(units, provider: model.provider, model: model.names.first ?? "", counts))
        }
        let answers = price(calls, in: book)
        for (index, call) in calls.enumerated() {
            var question = PriceQuestion(model: symbols.text(of: call.model))
            question.provider = symbols.text(of: call.provider)
            question.usage = TokenUsage(call.usage)
            question.moment = PriceMoment(nanoseconds: Self.noon)
            for unit in call.units.units {
                question.units[try #require(FeeUnit(rawValue: unit.name))] = call.units[unit] * 1_000_000
            }
            let answer = book.price(question)
            #expect(answers[index].outcome.text == answer.text)
            #expect(answers.verdicts[index].isEstimate == answer.isEstimate)
        }
    }
}
