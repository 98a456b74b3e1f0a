// SPDX-License-Identifier: Apache-2.0
import GenAI
import Notation
package import Pricing

/// The sums of one group, and the measures that follow from them.
package struct Figures: Sendable {
    /// The value of a measure.
    package enum Value: Equatable, Sendable {
        case count(Int64)
        case dollars(Dollars)
        /// A decimal number.
        case decimal(String)
        /// Not known, or an average of nothing.
        case none
    }

    private let columns: [SumColumn]
    private let sums: [Int64]

    init(columns: [SumColumn], sums: [Int64]) { (self.columns, self.sums) = (columns, sums) }

    /// The sum of a column; 0 for one that the question does not need.
    subscript(column: SumColumn) -> Int64 { columns.firstIndex(of: column).map { sums[$0] } ?? 0 }

    /// What is known of the cost.
    package var knownCost: Dollars { Self.dollars(self[.micros], self[.rest]) }

    /// What is known of the cost, with what repricing has changed.
    package var knownAdjustedCost: Dollars { knownCost + Self.dollars(self[.adjustedMicros], self[.adjustedRest]) }

    /// The known cost after repricing; `nil` if repricing has changed nothing, or the question does not ask for it.
    package var repricedCost: Dollars? {
        knownAdjustedCost == knownCost && self[.repriced] == 0 ? nil : knownAdjustedCost
    }

    /// The names in answers of what is known of `cost` and `adjusted_cost`.
    static let knownName = "known_cost"
    static let knownAdjustedName = "known_adjusted_cost"

    /// The number of calls whose cost is not known.
    package var unpriced: Int64 { self[.unpriced] }

    /// The number of calls whose cost repricing has not found either, if the question asks for it.
    package var adjustedUnpriced: Int64 { max(0, unpriced - self[.repriced]) }

    /// The calls that have a part in an average cost: those with a price.
    ///
    /// A call that failed and reported nothing to price would lower the average to less than what a call costs.
    var averagedCalls: Int64 { self[.calls] - unpriced - self[.failedWithoutUsage] }

    /// The known cost by call with a price; `nil` if there is none, or the question does not ask for it.
    package var averageCost: Dollars? { average(of: knownCost, averagedCalls) }

    /// Why the cost is not known; `nil` if it is.
    package var reason: String? {
        Self.reason(unpriced, of: self[.calls])
    }

    /// Why the cost of some calls is not known; `nil` if it is.
    static func reason(_ unpriced: Int64, of calls: Int64) -> String? {
        unpriced > 0 ? "\(unpriced) of \(Plural.of(calls, "call has", "calls have")) no price" : nil
    }

    /// The value of a measure.
    package func value(of measure: Measure) -> Value {
        switch measure {
        case .cost: unpriced > 0 ? .none : .dollars(knownCost)
        case .adjustedCost: adjustedUnpriced > 0 ? .none : .dollars(knownAdjustedCost)
        case .adjustedUnpriced: .count(adjustedUnpriced)
        case .duration: .decimal(Self.seconds(self[.duration]))
        case .averageCost: averageCost.map(Value.dollars) ?? .none
        case .averageDuration:
            self[.calls] > 0 ? .decimal(Self.seconds(self[.duration] / self[.calls])) : .none
        case .savings: .dollars(Self.dollars(self[.savedMicros], self[.savedRest]))
        case .calls, .failed, .unpriced, .estimated, .streamed, .tokens, .tokenClass, .unit:
            .count(measure.columns.first.map { self[$0] } ?? 0)
        }
    }

    /// A number by which rows are ordered: money that is not known in whole by what is known.
    func sortKey(of measure: Measure) -> Int128 {
        switch measure {
        case .cost: return knownCost.femtodollars
        case .adjustedCost: return knownAdjustedCost.femtodollars
        case .averageCost: return averageCost?.femtodollars ?? -1
        case .savings: return Self.dollars(self[.savedMicros], self[.savedRest]).femtodollars
        case .duration: return Int128(self[.duration])
        case .averageDuration: return self[.calls] > 0 ? Int128(self[.duration] / self[.calls]) : -1
        default:
            guard case .count(let count) = value(of: measure) else { return 0 }
            return Int128(count)
        }
    }

    private func average(of amount: Dollars, _ count: Int64) -> Dollars? {
        count > 0 ? amount.scaled(by: 1, over: count) : nil
    }

    /// Dollars from the two columns that they are stored in.
    static func dollars(_ micros: Int64, _ rest: Int64) -> Dollars {
        Dollars(femtodollars: Int128(micros) * 1_000_000_000 + Int128(rest))
    }

    /// Microseconds as seconds.
    static func seconds(_ microseconds: Int64) -> String {
        let (whole, rest) = microseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var digits = Timestamp.padded(Int(rest), 6)
        while digits.last == "0" { digits.removeLast() }
        return (microseconds < 0 ? "-" : "") + String(whole) + (digits.isEmpty ? "" : "." + digits)
    }
}
