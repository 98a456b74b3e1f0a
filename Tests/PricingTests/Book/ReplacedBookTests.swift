// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Testing

@Suite struct ReplacedBookTests {
    private let symbols = SymbolTable()

    @Test func `another book prices every later batch, with new places of cards`() throws {
        let pricer = Pricer(book: try book(2), symbols: symbols)
        let before = pricer.price([call("m"), call("x")])
        #expect(before.map { $0.outcome.text } == ["0.000002", "unknown_model"])
        let old = pricer.replace(book: try book(3, names: ["m", "x"]))
        #expect(old.modelCount == 1)
        let after = pricer.price([call("m"), call("x")])
        #expect(after.map { $0.outcome.text } == ["0.000003", "0.000003"])
        #expect(after.generation != before.generation)
        #expect(pricer.cachedCount == 2)
        #expect(pricer.cacheEvictions == 0)
        // What was priced before keeps its cards.
        #expect(before.map { $0.outcome.text } == ["0.000002", "unknown_model"])
    }

    @Test func `a batch is priced wholly by one book, whenever another one comes`() async throws {
        let books = try (1...5).map { try book($0) }
        let pricer = Pricer(book: books[0], symbols: symbols, cacheLimit: 7)
        let batch = (0..<40).map { call("m\($0)") }
        let allowed = Set((1...5).map { "0.00000\($0)" })
        try await withThrowingTaskGroup(of: [Set<String>].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (0..<60).map { _ in Set(pricer.price(batch).map { $0.outcome.text }) }
                }
            }
            group.addTask {
                for turn in 0..<200 { pricer.replace(book: books[turn % 5]) }
                return []
            }
            for try await batches in group {
                for costs in batches {
                    #expect(costs.count == 1)
                    #expect(costs.isSubset(of: allowed))
                }
            }
        }
    }

    private func book(_ rate: Int, names: [String] = ["m"] + (0..<40).map { "m\($0)" }) throws -> PriceBook {
        try TestBook.make([TestBook.model("acme/m", names, "\"prices\":[{\"rates\":{\"input\":\"\(rate)\"}}]")])
    }

    private func call(_ model: String) -> ModelCall {
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
        call.provider = symbols.symbol(for: "acme", in: .provider)
        call.responseModel = symbols.symbol(for: model, in: .model)
        call.usage = TestBook.usage([.input: 1])
        call.reportsUsage = true
        return call
    }
}
