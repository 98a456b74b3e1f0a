// SPDX-License-Identifier: Apache-2.0
import Pricing

/// A figure of a row, as an exact number.
enum LangfuseFigure: Equatable, Sendable {
    /// A number of units of 10^-`decimals`.
    case number(Int128, decimals: Int)
    /// An average of nothing, for instance.
    case none
    /// The lower end, upper end and height of each bar; the ends are numbers of units.
    case histogram([(lower: Int128, upper: Int128, count: Int)], decimals: Int)

    static func == (left: LangfuseFigure, right: LangfuseFigure) -> Bool { left.json == right.json }

    /// The figure as JSON.
    var json: String {
        switch self {
        case .number(let units, let decimals): DecimalText.text(of: units, decimals: decimals)
        case .none: "null"
        case .histogram(let bars, let decimals):
            "["
                + bars.map { bar in
                    let ends = [bar.lower, bar.upper].map { DecimalText.text(of: $0, decimals: decimals) }
                    return "[\(ends[0]), \(ends[1]), \(bar.count)]"
                }.joined(separator: ", ") + "]"
        }
    }

    /// A number by which rows are compared; figures of one metric have the same unit.
    var sortKey: Int128 { if case .number(let units, _) = self { units } else { .min } }

    /// Makes one figure of the values of calls or traces.
    ///
    /// - Parameters:
    ///   - aggregation: How.
    ///   - values: Sorted, in units of 10^-`decimals`.
    ///   - decimals: The unit.
    ///   - bins: The number of bars of a histogram.
    init(_ aggregation: LangfuseField.Aggregation, _ values: [Int128], decimals: Int, bins: Int) {
        let sum = values.reduce(Int128(0), Self.added)
        switch aggregation {
        case .count: self = .number(Int128(values.count), decimals: 0)
        case .sum: self = .number(sum, decimals: decimals)
        case .avg: self = .average(sum, Int64(values.count), decimals: decimals)
        case .min: self = values.first.map { .number($0, decimals: decimals) } ?? .none
        case .max: self = values.last.map { .number($0, decimals: decimals) } ?? .none
        case .histogram: self = Self.histogram(values, decimals: decimals, bins: bins)
        case .p50, .p75, .p90, .p95, .p99:
            self = Self.percentile(values, aggregation.percent ?? 50, decimals: decimals)
        }
    }

    /// A sum by count, with six more decimals, rounded half-even; none for a count of 0.
    static func average(_ sum: Int128, _ count: Int64, decimals: Int) -> LangfuseFigure {
        guard count > 0 else { return .none }
        let average = Dollars(femtodollars: sum).scaled(by: 1_000_000, over: count).femtodollars
        return .number(average, decimals: decimals + 6)
    }

    /// The value at a place between the smallest and the largest, between two values in proportion.
    private static func percentile(_ values: [Int128], _ percent: Int128, decimals: Int) -> LangfuseFigure {
        guard !values.isEmpty else { return .none }
        let place = percent * Int128(values.count - 1)
        let (index, rest) = (Int(place / 100), place % 100)
        let (low, high) = (values[index], values[min(index + 1, values.count - 1)])
        return .number(low * 100 + (high - low) * rest, decimals: decimals + 2)
    }

    /// Bars of equal width from the smallest value to the largest; the last one includes it.
    private static func histogram(_ values: [Int128], decimals: Int, bins: Int) -> LangfuseFigure {
        guard let low = values.first, let high = values.last else { return .histogram([], decimals: decimals) }
        let width = high - low
        let count = width == 0 ? 1 : Int(min(Int128(bins), width))
        func end(_ bar: Int) -> Int128 { low + width * Int128(bar) / Int128(count) }
        var bars = (0..<count).map { (lower: end($0), upper: end($0 + 1), count: 0) }
        var bar = 0
        for value in values {
            while bar + 1 < count, value >= bars[bar].upper { bar += 1 }
            bars[bar].count += 1
        }
        return .histogram(bars, decimals: decimals)
    }

    private static func added(_ left: Int128, _ right: Int128) -> Int128 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
