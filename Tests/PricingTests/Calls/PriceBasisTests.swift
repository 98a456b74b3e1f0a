// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Testing

@Suite struct PriceBasisTests {
    @Test func `a card tells which of the prices it was made of`() throws {
        let book = try TestBook.make([
            TestBook.model(
                "acme/m", ["m"],
                """
                "prices":[{"rates":{"input":"1"},"until":"2026-01-01"},\
                {"rates":{"input":"2"},"from":"2026-01-01","above":[{"over":100,"rates":{"input":"3"}}]}],\
                "variants":[{"when":{"tier":"batch"},"rates":{"input":"1.5"}}],\
                "multipliers":[{"when":{"endpoint":"regional"},"by":"1.1"}]
                """)
        ])
        let old = try basis(TestBook.question("m", at: (20_000, 0), [.input: 10]), in: book)
        #expect(old.entry == 1 && old.entries == 2 && old.days.fromText == nil && old.days.untilText == "2026-01-01")
        #expect(old.above == nil && old.variants.isEmpty && old.multipliers.isEmpty && !old.isByHour && !old.isFree)

        var question = TestBook.question("m", tier: "batch", at: (20_600, 0), [.input: 101])
        question.region = ["endpoint": "regional"]
        let new = try basis(question, in: book)
        #expect(new.entry == 2 && new.days.fromText == "2026-01-01" && new.days.untilText == nil)
        #expect(new.above == 100)
        #expect(new.variants.map(\.text) == ["tier=batch"])
        #expect(new.multipliers.map(\.factor) == ["1.1"])
    }

    private func basis(_ question: PriceQuestion, in book: PriceBook) throws -> PriceBasis {
        guard case .priced(let card, _) = book.price(question).outcome else {
            throw UnpricedReason.noRate
        }
        return card.basis
    }
}
