// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import Pricing
import Testing

@Suite struct ExtremePriceTests {
    private static let models = [TestBook.model("acme/m", ["m"])]

    @Test func `amounts that do not fit stay at the largest one, whatever follows`() {
        let large = Dollars(femtodollars: .max - 5)
        #expect((large + large).isSaturated && (-large + -large).isSaturated)
        #expect(large + large + -large + -large == .largest)
        #expect(-(large + large) == -.largest)
        #expect(!(large + -large).isSaturated && large + -large == .zero)
        #expect(large.times(2) == .largest && large.times(-2) == -.largest && large.times(2).times(-1) == -.largest)
        #expect(large.scaled(by: .max, over: .max) == large)
        #expect(large.scaled(by: .max, over: 1) == .largest)
        #expect(Dollars(femtodollars: .min).isSaturated && (-Dollars(femtodollars: .min)).isSaturated)
    }

    @Test func `a product that is too large is fine if its quotient fits`() {
        // 10^27 times 8.64 × 10^13 has more than 128 bits.
        let hour = Dollars(femtodollars: 1_000_000_000_000_000_000_000_000_000)
        let day = hour.scaled(by: 86_400_000_000_000, over: 3_600_000_000_000)
        #expect(day.femtodollars == 24_000_000_000_000_000_000_000_000_000)
    }

    @Test(arguments: [
        (5, 1, 2, 2), (7, 1, 2, 4), (-5, 1, 2, -2), (-7, 1, 2, -4), (5, -1, 2, -2), (8, 1, 3, 3), (7, 1, 3, 2),
    ])
    func `ties are still rounded to the even amount`(amount: Int, numerator: Int, denominator: Int, result: Int) {
        let scaled = Dollars(femtodollars: Int128(amount)).scaled(by: Int64(numerator), over: Int64(denominator))
        #expect(scaled.femtodollars == Int128(result))
    }

    @Test func `the highest accepted prices price every call, with every multiplier`() throws {
        let file = """
            allow_large: true
            models:
              - id: acme/x
                provider: acme
                names: [x]
                prices: [{rates: {input: 1000000000, output: 1000000000}, fees: {request: 9000}}]
                multipliers: [{when: {tier: batch}, by: 1000}]
              - {id: vllm/x, provider: vllm, names: [x], hosted: {mode: busy_time, gpu_hour: 1000, gpus: 10, concurrency: 0.001}}
            aliases:
              - {provider: acme, name: y, to: acme/x, by: 1000}
              - {provider: vllm, name: y, to: vllm/x, by: 1000}
            tenants: {t: {match: {span: {t: t}}, discount: [{by: 1000}]}}
            """
        let book = try TestBook.make(Self.models, files: [file])
        for provider in ["acme", "vllm"] {
            for model in ["x", "y"] {
                for tenant in 0...1 {
                    var question = TestBook.question(
                        model, provider: provider, tier: "batch", [.input: 1 << 50 - 1, .output: 1 << 50 - 1])
                    question.tenant = tenant
                    question.durationNanoseconds = .max
                    guard case .priced(let card, let cost) = book.price(question).outcome else {
                        Issue.record("\(provider) \(model) has no price")
                        continue
                    }
                    #expect(!cost.isSaturated && cost > .zero)
                    #expect(card.isSaturated == (provider == "acme"))
                }
            }
        }
    }

    @Test(arguments: ["2262-04-12", "2554-07-21", "2554-07-22", "9999-12-31"])
    func `a price that ends in a far future holds until then`(day: String) throws {
        let file = """
            models:
              - id: acme/x
                provider: acme
                names: [x]
                prices: [{rates: {input: 2}, until: \(day)}, {from: \(day), rates: {input: 3}}]
            """
        let symbols = SymbolTable()
        let pricer = Pricer(book: try TestBook.make(Self.models, files: [file]), symbols: symbols)
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
        call.provider = symbols.symbol(for: "acme", in: .provider)
        call.responseModel = symbols.symbol(for: "x", in: .model)
        call.reportsUsage = true
        call.usage = TestBook.usage([.input: 1_000_000])
        for end: UInt64 in [1_790_000_000_000_000_000, .max, 0] {
            call.endNanoseconds = Outside(end)
            #expect(pricer.price([call], arrivalNanoseconds: 1_790_000_000_000_000_000).map(\.outcome.text) == ["2"])
        }
    }
}
