// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Reports

/// The sums of a period.
struct Totals {
    var cost = Dollars.zero
    /// The cost by call with a price; `nil` if there is none, or the question did not ask for it.
    var average: Dollars?
    /// The cost after repricing; `nil` if repricing has changed nothing, or the question did not ask for it.
    var repriced: Dollars?
    var calls: Int64 = 0
    var failed: Int64 = 0
    var unpriced: Int64 = 0
    var estimated: Int64 = 0
    var input: Int64 = 0
    var output: Int64 = 0
    var cached: Int64 = 0

    private static let classes: [Measure] = TokenClass.allCases.map { .tokenClass($0) }
    /// The measures that a question needs.
    static let measures =
        (["cost", "calls", "failed", "unpriced", "estimated", "average_cost"] + classes.map(\.name))
        .joined(separator: ",")

    /// Reads the sums of an answer in one row.
    init(_ answer: CostAnswer) {
        guard let figures = answer.rows.first?.figures else { return }
        (cost, average, repriced) = (figures.knownCost, figures.averageCost, figures.repricedCost)
        (calls, failed) = (figures.count(.calls), figures.count(.failed))
        (unpriced, estimated) = (figures.unpriced, figures.count(.estimated))
        for tokenClass in TokenClass.allCases {
            let count = figures.count(.tokenClass(tokenClass))
            switch tokenClass.group {
            case .output: output = Self.sum(output, count)
            case .cacheRead: (cached, input) = (Self.sum(cached, count), Self.sum(input, count))
            case .input: input = Self.sum(input, count)
            }
        }
    }

    /// The cost as a figure; `nil` if nothing of it is known.
    var shownCost: Dollars? { KnownCost.figure(cost, unpriced: unpriced) }

    static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}

extension Figures {
    /// The value of a measure that counts.
    func count(_ measure: Measure) -> Int64 {
        if case .count(let count) = value(of: measure) { count } else { 0 }
    }
}

extension TokenClass {
    /// How pages add up classes of tokens.
    enum Group {
        case input, cacheRead, output
    }

    var group: Group {
        if name.hasPrefix("cache_read") { return .cacheRead }
        return isInputSide ? .input : .output
    }
}
