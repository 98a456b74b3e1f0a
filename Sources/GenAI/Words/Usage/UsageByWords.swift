// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Counts and costs that belong together, read by their words: of the keys of one owner, or of one object.
struct UsageByWords {
    private var tokens: InlineArray<32, Int64> = .init(repeating: 0)
    /// The counts that are stated, as bits in the order of ``ReportedUsage/Count``.
    private(set) var stated: UInt32 = 0
    /// Costs in 1e-15 US dollars, by ``CostMeaning/Share``.
    private var costs: InlineArray<3, Int64?> = .init(repeating: nil)
    /// Whether two spellings gave different counts.
    private(set) var conflicts = false
    /// Whether a number was no sound count: negative, fractional or too large.
    private(set) var hasRefused = false

    /// Notes a count; of two different ones the larger holds.
    mutating func state(_ fact: Fact, _ count: Int64) {
        let number = Int(fact.rawValue - Fact.input.rawValue)
        if stated & 1 << UInt32(number) != 0, tokens[number] != count {
            conflicts = true
            tokens[number] = max(tokens[number], count)
        } else {
            tokens[number] = count
            stated |= 1 << UInt32(number)
        }
    }

    /// Notes what a value under a key states.
    ///
    /// - Parameters:
    ///   - words: The words of the key, or of a member and all that it lies under.
    ///   - value: The value; one that is no count or cost states nothing.
    ///   - body: The bytes.
    /// - Returns: Whether it stated anything.
    @discardableResult
    mutating func take(_ words: KeyWords, _ value: AttributeValue, _ body: Span<UInt8>) -> Bool {
        if case .fact(let fact)? = UsageMeaning(words) {
            guard let count = TokenCount.read(value, body: body) else {
                if TokenCount.isNumber(value, body) { hasRefused = true }
                return false
            }
            state(fact, count)
            return true
        }
        return CostMeaning(words).map { take($0, value, body) } ?? false
    }

    /// Notes that a number is no sound count.
    mutating func refuse() { hasRefused = true }

    /// Adds what another one states.
    mutating func merge(_ other: UsageByWords) {
        for fact in Fact.counts {
            if let count = other[fact] { state(fact, count) }
        }
        for share in CostMeaning.Share.allCases where self[costOf: share] == nil {
            self[costOf: share] = other[costOf: share]
        }
        conflicts = conflicts || other.conflicts
        hasRefused = hasRefused || other.hasRefused
    }

    /// Notes a cost.
    mutating func take(_ cost: CostMeaning, _ value: AttributeValue, _ body: Span<UInt8>) -> Bool {
        guard let femtodollars = ReportedCost.read(value, decimals: cost.decimals, body: body) else { return false }
        self[costOf: cost.share] = max(self[costOf: cost.share] ?? 0, femtodollars)
        return true
    }

    /// The tokens of a count; `nil` when it was not stated.
    subscript(fact: Fact) -> Int64? {
        let number = Int(fact.rawValue - Fact.input.rawValue)
        return stated & 1 << UInt32(number) == 0 ? nil : tokens[number]
    }

    /// The cost of a share of the call, in 1e-15 US dollars.
    subscript(costOf share: CostMeaning.Share) -> Int64? {
        get { costs[Int(share.rawValue)] }
        set { costs[Int(share.rawValue)] = newValue }
    }

    /// What the call cost: the total, else input and output together.
    var cost: Int64? {
        if let total = self[costOf: .total] { return total }
        guard let input = self[costOf: .input], let output = self[costOf: .output] else { return nil }
        return Outside(input).adding(Outside(output))?.checked(in: 0...ReportedCost.largest)
    }

    /// The tokens of the input and of the output, whatever they leave out.
    var input: Int64? { self[.input] ?? self[.inputUncached] }
    var output: Int64? { self[.output] ?? self[.outputVisible] }

    /// Whether it states anything but a total.
    var hasUsage: Bool { stated & ~(1 << UInt32(Fact.total.rawValue - Fact.input.rawValue)) != 0 }
}
