// SPDX-License-Identifier: Apache-2.0

/// A metric family: name, HELP text, labels and type.
///
/// All values are integers. ``scale`` is the number of their decimal digits behind the point: 0 for tokens, 9 for durations in
/// nanoseconds, 15 for amounts in 1e-15 dollars.
package struct MetricFamily: Sendable {
    /// The type of a family.
    package enum Kind: Sendable, Equatable {
        /// Never goes down.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts observations in buckets.
        ///
        /// - Parameter bounds: The upper bounds, which belong to their buckets, in units of the family's scale; the last
        ///   bucket (`+Inf`) is not listed.
        case histogram(bounds: [Int64])
    }

    /// A unit that ends the family's name.
    package enum Unit: String, Sendable {
        case seconds, dollars, bytes
    }

    /// The name, which ends in `_total` if and only if the family is a counter.
    package let name: String
    /// The HELP text: one sentence.
    package let help: String
    package let kind: Kind
    /// The labels of each series, in their order in the exposition.
    package let labels: [LabelName]
    /// The number of decimal digits of a value behind the point, 0 to 18.
    package let scale: Int
    /// The unit, if the name ends in it.
    package let unit: Unit?

    /// Describes a family.
    ///
    /// Traps for invalid arguments: families are our own, or made from checked settings.
    ///
    /// - Parameters:
    ///   - name: A name that ``MetricNames/isFamilyName(_:)`` accepts, ending in `_total` if and only if the family is a
    ///     counter.
    ///   - help: One sentence.
    ///   - kind: The type; a histogram has at least one bound, and its bounds are ascending and not below zero.
    ///   - labels: Names that ``MetricNames/isLabelName(_:)`` accepts, each once.
    ///   - scale: The number of decimal digits of a value behind the point, 0 to 18.
    ///   - unit: The unit that the name ends in (before `_total`), or `nil`.
    package init(
        name: String, help: String, kind: Kind, labels: [LabelName] = [], scale: Int = 0, unit: Unit? = nil
    ) {
        precondition(MetricNames.isFamilyName(name), "'\(name)' is no metric name")
        precondition(
            name.hasSuffix("_total") == (kind == .counter), "'\(name)': counters, and only they, end in _total")
        precondition(
            labels.allSatisfy { MetricNames.isLabelName($0.name) }, "'\(name)' has a label that is no label name")
        precondition(Set(labels.map(\.name)).count == labels.count, "'\(name)' has a label twice")
        precondition((0...18).contains(scale), "'\(name)': a scale is 0 to 18")
        if case .histogram(let bounds) = kind {
            precondition((bounds.first ?? -1) >= 0, "'\(name)': bounds begin at zero or above")
            precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "'\(name)': bounds ascend")
        }
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
        self.scale = scale
        self.unit = unit
        if let unit { precondition(baseName.hasSuffix("_\(unit.rawValue)"), "'\(name)' does not end in its unit") }
    }

    /// The name without `_total`: the family name of OpenMetrics.
    package var baseName: String {
        kind == .counter ? String(name.dropLast("_total".count)) : name
    }

    /// The number of Prometheus series of one label set: a histogram has one for each bound, the last bucket, the sum and the
    /// count.
    package var seriesPerLabelSet: Int {
        if case .histogram(let bounds) = kind { bounds.count + 3 } else { 1 }
    }

    /// All names of the family and its samples, in any text format.
    var claimedNames: [String] {
        switch kind {
        case .counter: [baseName, name, baseName + "_created"]
        case .gauge: [name]
        case .histogram: [name] + ["_bucket", "_sum", "_count", "_created"].map { name + $0 }
        }
    }
}

/// The name of a label, and whether its values are open.
package struct LabelName: Sendable, Equatable {
    package let name: String
    /// Whether the label may have any value (a model, an error type), or only values of a small set (an outcome, a token type).
    ///
    /// At the series limit, the value of an open label becomes `__overflow__`, and a fixed label keeps its value.
    package let isOpen: Bool

    /// A label with any values.
    package static func open(_ name: String) -> LabelName { LabelName(name: name, isOpen: true) }

    /// A label with a small set of values.
    package static func fixed(_ name: String) -> LabelName { LabelName(name: name, isOpen: false) }
}
