// SPDX-License-Identifier: Apache-2.0
import Notation

/// A metric family: name, HELP text, labels and type, and what a catalogue of the families says of it.
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
    package enum Unit: String, CaseIterable, Sendable {
        case seconds, dollars, bytes
    }

    /// A set of families that a setting under `exposition` turns on, for dashboards that expect names other than ours.
    package enum View: String, CaseIterable, Sendable {
        /// `exposition.gen_ai_view`: the metrics of the semantic conventions.
        case genAI = "gen_ai"
        /// `exposition.openlit_view`: the metrics of the OpenLIT SDK.
        case openLIT = "openlit"
    }

    /// The version in which the service had its first families.
    package static let firstVersion = "0.1.0"

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
    /// The view that the family belongs to; `nil` for a family that is always there.
    package let view: View?
    /// Whether the family has every label that the settings add.
    package let addsLabels: Bool
    /// The version of the service that first had the family.
    package let since: String

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
    ///   - view: The view that the family belongs to, or `nil`.
    ///   - addsLabels: Whether `labels` includes every label that the settings add.
    ///   - since: The version of the service that first had the family.
    package init(
        name: String, help: String, kind: Kind, labels: [LabelName] = [], scale: Int = 0, unit: Unit? = nil,
        view: View? = nil, addsLabels: Bool = false, since: String = MetricFamily.firstVersion
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
        self.view = view
        self.addsLabels = addsLabels
        self.since = since
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

    /// Whether a folder keeps the series over restarts, as it does with those of calls.
    ///
    /// Families about the process begin anew with it. So do gauges, which describe the present, except for the prices of models.
    package var outlivesProcess: Bool {
        if name.hasPrefix("llm_cost_exporter_") || name.hasPrefix("process_") { return false }
        return kind != .gauge || name == "llm_price_dollars_per_million_tokens"
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

/// The name of a label, and which values it may have.
package struct LabelName: Sendable, Equatable {
    package let name: String
    /// Whether the label may have any value (a model, an error type), or only values of a small set (an outcome, a token type).
    ///
    /// At the series limit, the value of an open label becomes `__overflow__`, and a fixed label keeps its value.
    package let isOpen: Bool
    /// All values that a fixed label can have; empty where the code does not list them (a version, an operation).
    package let values: [String]

    /// A label with any values.
    package static func open(_ name: String) -> LabelName { LabelName(name: name, isOpen: true, values: []) }

    /// A label with a small set of values.
    ///
    /// - Parameters:
    ///   - name: The name of the label.
    ///   - values: All values, if the code lists them.
    /// - Returns: The label.
    package static func fixed(_ name: String, _ values: [String] = []) -> LabelName {
        LabelName(name: name, isOpen: false, values: values)
    }

    /// Whether a series may have a value; an overflow series has `__overflow__`.
    func allows(_ value: String) -> Bool { values.isEmpty || values.contains(value) || value == OverflowValue.text }
}
