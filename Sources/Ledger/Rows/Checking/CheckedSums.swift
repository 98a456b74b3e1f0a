// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing

/// Sums that a check compares, each with a name, and money exact to 1e-15 dollars.
struct CheckedSums: Equatable {
    /// By column, in the order of a list of names.
    var counts: [Int64]
    var femtodollars: Int128 = 0

    init(_ count: Int) { counts = Array(repeating: 0, count: count) }

    /// Takes the sums from consecutive columns of a row: counts, and then micros and rest.
    init(_ row: RowScan, from first: Int = 0, count: Int) {
        counts = []
        counts.reserveCapacity(count)
        for column in first..<(first + count) { counts.append(row[column]) }
        femtodollars = Self.femtodollars(row[first + count], row[first + count + 1])
    }

    @inline(__always)
    static func femtodollars(_ micros: Int64, _ rest: Int64) -> Int128 { Int128(micros) * 1_000_000_000 + Int128(rest) }

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        for index in sum.counts.indices { sum.counts[index] &+= right.counts[index] }
        sum.femtodollars &+= right.femtodollars
        return sum
    }

    static func - (left: Self, right: Self) -> Self {
        var sum = left
        for index in sum.counts.indices { sum.counts[index] &-= right.counts[index] }
        sum.femtodollars &-= right.femtodollars
        return sum
    }

    /// Whether no count is larger than that of another value; costs may be below zero, so they do not tell.
    func isPart(of whole: Self) -> Bool { zip(counts, whole.counts).allSatisfy { $0 <= $1 } }

    /// By how much the sums differ from what they should be, in words; `nil` if they do not.
    ///
    /// - Parameters:
    ///   - expected: What they should be.
    ///   - names: The name of each count.
    /// - Returns: Such as `2 calls and 0.0252 dollars too few, 7 input too many`.
    func difference(from expected: Self, _ names: [String]) -> String? {
        var (missing, extra): ([String], [String]) = ([], [])
        func note(_ amount: some SignedInteger, _ text: String) {
            if amount < 0 { missing.append(text) }
            if amount > 0 { extra.append(text) }
        }
        for (index, name) in names.enumerated() {
            let amount = counts[index] &- expected.counts[index]
            note(amount, "\(amount.magnitude) \(name)")
        }
        let money = femtodollars - expected.femtodollars
        note(money, "\(Dollars(femtodollars: money < 0 ? -money : money)) dollars")
        guard !missing.isEmpty || !extra.isEmpty else { return nil }
        return [(missing, "missing"), (extra, "too many")].compactMap { texts, word in
            texts.isEmpty ? nil : "\(texts.joined(separator: ", ")) \(word)"
        }.joined(separator: "; ")
    }
}
