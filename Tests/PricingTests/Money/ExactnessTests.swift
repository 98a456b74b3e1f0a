// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import TestData
import Testing

@Suite struct ExactnessTests {
    @Test(arguments: 0..<10 as Range<UInt64>)
    func `a cost is what long multiplication on paper gives, to the last digit`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        // Together 100,000 usages.
        for _ in 0..<100 {
            var sheet = RateSheet()
            var digits: [TokenClass: Paper] = [:]
            for tokenClass in TokenClass.allCases {
                let whole = Int.random(in: 0...999, using: &random)
                let fraction = String(Int.random(in: 1_000_000_000...1_999_999_999, using: &random)).dropFirst()
                sheet[tokenClass] = try Rate(dollarsPerMillion: "\(whole).\(fraction)")
                digits[tokenClass] = Paper("\(whole)\(fraction)")
            }
            let card = RateCard(
                modelID: "m", provider: "p", matched: .exact, rates: sheet, fees: [], lacksTierRates: false)
            for _ in 0..<100 {
                var usage = TokenUsage()
                var expected = Paper("0")
                var lines = Dollars.zero
                for tokenClass in TokenClass.allCases where Int.random(in: 0..<4, using: &random) == 0 {
                    let bits = Int64.random(in: 0...49, using: &random)
                    let tokens = Int64.random(in: 0..<(1 << (bits + 1)), using: &random) & (1 << 50 - 1)
                    usage[tokenClass] = tokens
                    expected.add(digits[tokenClass]?.times(tokens) ?? Paper("0"))
                    lines += card.cost(of: tokenClass, in: usage)
                }
                let cost = try card.cost(of: usage)
                guard cost == lines, cost.description == expected.dollars else {
                    Issue.record("\(cost) is not \(expected.dollars)")
                    return
                }
            }
        }
    }

    @Test func `a million additions give one total, in whatever order and however split`() throws {
        var random = SeededGenerator(seed: 1)
        let amounts = (0..<1_000_000).map { _ in
            Dollars(femtodollars: Int128(Int64.random(in: 0...1_000_000_000_000, using: &random)))
        }
        let total = amounts.reduce(Dollars.zero, +)
        #expect(amounts.reversed().reduce(Dollars.zero, +) == total)
        var parts = [Dollars](repeating: .zero, count: 97)
        for (index, amount) in amounts.enumerated() { parts[index % 97] += amount }
        #expect(parts.reduce(Dollars.zero, +) == total)
        let small = try Rate(dollarsPerMillion: "0.3425").cost(ofTokens: 1000)
        #expect((0..<1_000_000).reduce(Dollars.zero) { sum, _ in sum + small }.description == "342.5")
    }
}
