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

/// A whole number as decimal digits, four at a time and the last ones first: nothing like the arithmetic that it checks.
private struct Paper {
    private var groups: [Int] = []

    init(_ text: String) {
        var rest = Array(text.utf8)
        while !rest.isEmpty {
            groups.append(rest.suffix(4).reduce(0) { $0 * 10 + Int($1) - 48 })
            rest.removeLast(min(4, rest.count))
        }
    }

    func times(_ number: Int64) -> Paper {
        let other = Paper(String(number))
        var product = Paper("")
        product.groups = [Int](repeating: 0, count: groups.count + other.groups.count + 1)
        for left in groups.indices {
            for right in other.groups.indices { product.groups[left + right] += groups[left] * other.groups[right] }
        }
        product.carry()
        return product
    }

    mutating func add(_ other: Paper) {
        while groups.count < other.groups.count { groups.append(0) }
        for index in other.groups.indices { groups[index] += other.groups[index] }
        groups.append(0)
        carry()
    }

    private mutating func carry() {
        for index in groups.indices.dropLast() {
            groups[index + 1] += groups[index] / 10_000
            groups[index] %= 10_000
        }
        while groups.count > 1, groups.last == 0 { groups.removeLast() }
    }

    /// The number as dollars, if it counts units of 1e-15.
    var dollars: String {
        let text = groups.reversed().map { String(String($0 + 10_000).dropFirst()) }.joined()
        let digits = String(repeating: "0", count: max(0, 16 - text.utf8.count)) + text
        var fraction = digits.suffix(15)
        while fraction.last == "0" { fraction.removeLast() }
        var whole = digits.dropLast(15)
        while whole.count > 1, whole.first == "0" { whole.removeFirst() }
        return fraction.isEmpty ? String(whole) : "\(whole).\(fraction)"
    }
}
