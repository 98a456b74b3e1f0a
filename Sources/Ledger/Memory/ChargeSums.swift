// SPDX-License-Identifier: Apache-2.0
import Notation
import Pricing

/// What machines cost that are paid by the clock, by quarter of an hour and payer.
///
/// At the ceiling, the charges of further payers have `__overflow__` in every dimension.
struct ChargeSums {
    private struct Key: Hashable {
        let quarter: UInt64
        let model: String
        let provider: String
        let operation: String
        var values: [String]
    }

    private var amounts: [Key: Dollars] = [:]
    private let most: Int

    /// Makes sums of nothing.
    ///
    /// - Parameter most: The ceiling; not a setting: some 10 MB.
    init(most: Int = 32_768) { self.most = most }

    var isEmpty: Bool { amounts.isEmpty }

    /// Adds charges.
    ///
    /// - Parameters:
    ///   - charges: The charges.
    ///   - end: The end of the charged time, in nanoseconds since 1970 (UTC).
    mutating func add(_ charges: [MachineCharge], at end: UInt64) {
        for charge in charges {
            var key = Key(
                quarter: end / Self.quarter, model: charge.model, provider: charge.provider,
                operation: charge.operation, values: charge.values)
            if amounts.count >= most, amounts[key] == nil { key.values = key.values.map { _ in OverflowValue.text } }
            amounts[key, default: .zero] += charge.amount
        }
    }

    /// The charges of each quarter of an hour, with its begin in nanoseconds since 1970 (UTC).
    var charges: [(charges: [MachineCharge], begin: UInt64)] {
        let byQuarter = Dictionary(grouping: amounts, by: \.key.quarter)
        return byQuarter.keys.sorted().map { quarter in
            let charges = (byQuarter[quarter] ?? []).map { key, amount in
                MachineCharge(
                    model: key.model, provider: key.provider, operation: key.operation, values: key.values,
                    amount: amount)
            }
            return (charges, quarter * Self.quarter)
        }
    }

    /// A quarter of an hour in nanoseconds.
    private static let quarter: UInt64 = 900_000_000_000
}
