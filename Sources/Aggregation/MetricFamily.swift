// SPDX-License-Identifier: Apache-2.0

/// One metric as Prometheus knows it: its name, what it means, which labels its series carry and how it counts.
///
/// Everything is an integer. A family says with ``scale`` how many of the integer's decimal digits stand behind the
/// point: tokens have scale 0, durations in nanoseconds scale 9, dollars in 1e-15 dollars scale 15.
package struct MetricFamily: Sendable {
    /// How the series of a family count.
    package enum Kind: Sendable, Equatable {
        /// Only ever goes up.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts observations in buckets.
        ///
        /// - Parameter bounds: The upper bounds, each inside its bucket, in units of the family's scale; the last
        ///   bucket (`+Inf`) is not listed.
        case histogram(bounds: [Int64])
    }

    /// A unit that ends the family's name.
    package enum Unit: String, Sendable {
        case seconds, dollars, bytes
    }

    /// The name, with `_total` for a counter and only there.
    package let name: String
    /// One sentence that explains the family to its reader.
    package let help: String
    package let kind: Kind
    /// The labels of each series, in the order in which they are printed.
    package let labels: [LabelName]
    /// How many decimal digits of a value stand behind the point, 0 to 18.
    package let scale: Int
    /// The unit, when it is the end of the name.
    package let unit: Unit?

    /// Describes a family.
    ///
    /// Families are written by us, or made from checked configuration, so that a mistake in them is ours: it traps.
    ///
    /// - Parameters:
    ///   - name: A name that ``MetricNames/isFamilyName(_:)`` accepts, with `_total` at the end of a counter's and only
    ///     there.
    ///   - help: One sentence.
    ///   - kind: How the series count; bounds of a histogram are zero or more, at least one, and ascending.
    ///   - labels: Names that ``MetricNames/isLabelName(_:)`` accepts, each once.
    ///   - scale: How many decimal digits of a value stand behind the point, 0 to 18.
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

    /// How many Prometheus series one label set of this family makes: a histogram has one for each bound, the last
    /// bucket, the sum and the count.
    package var seriesPerLabelSet: Int {
        if case .histogram(let bounds) = kind { bounds.count + 3 } else { 1 }
    }

    /// Every name that a sample of this family, or the family itself, has in some text format.
    var claimedNames: [String] {
        switch kind {
        case .counter: [baseName, name, baseName + "_created"]
        case .gauge: [name]
        case .histogram: [name] + ["_bucket", "_sum", "_count", "_created"].map { name + $0 }
        }
    }
}

/// The name of a label, and which values may come.
package struct LabelName: Sendable, Equatable {
    package let name: String
    /// Whether any value may come (a model, an error type), or only a small set (an outcome, a token type).
    ///
    /// When no more series can be made, an open label gives up its value and a fixed one keeps it.
    package let isOpen: Bool

    /// A label whose values come from outside.
    package static func open(_ name: String) -> LabelName { LabelName(name: name, isOpen: true) }

    /// A label with a small set of values.
    package static func fixed(_ name: String) -> LabelName { LabelName(name: name, isOpen: false) }
}
