// SPDX-License-Identifier: Apache-2.0
package import Aggregation
import Exposition
import Notation

/// The catalogue of metric families, made from the families that are registered: for documents, dashboards and rules, which
/// must not name a family or label that does not exist.
package struct FamilyCatalogue: Sendable {
    /// The families, in the order in which a page shows them.
    package let families: [MetricFamily]

    /// Makes a catalogue of families.
    package init(_ families: [MetricFamily]) { self.families = families }

    /// Name, type, HELP text and labels of each family, under a header.
    package var rows: [[String]] {
        [["family", "type", "meaning"]]
            + families.map { family in
                let labels = family.labels.map(\.name).joined(separator: ", ")
                return [family.name, family.kind.typeName, family.help + (labels.isEmpty ? "" : " By \(labels).")]
            }
    }

    /// A JSON list with one family a line.
    ///
    /// Each has the keys `name`, `type`, `unit` (or null), `labels` (in the order of the exposition), `values` (the values of
    /// labels that have only these), `buckets` (of a histogram, as values of `le`; otherwise null), `help`, `since` (the first
    /// version that has it), `view` (the setting `exposition.…_view` that turns it on, or null), and `labels_added` (whether it
    /// has every label of the settings).
    package var json: String { "[\n" + families.map { "  \($0.json)" }.joined(separator: ",\n") + "\n]\n" }
}

extension MetricFamily {
    fileprivate var json: String {
        func text(_ value: String?) -> String { value.map(JSONText.quoted) ?? "null" }
        func texts(_ values: [String]) -> String { JSONText.list(values.map(JSONText.quoted)) }
        let values = labels.filter { !$0.values.isEmpty }.map { ($0.name, texts($0.values)) }
        return JSONText.object([
            ("name", text(name)), ("type", text(kind.typeName)), ("unit", text(unit?.rawValue)),
            ("labels", texts(labels.map(\.name))), ("values", JSONText.object(values)),
            ("buckets", bounds.map(texts) ?? "null"), ("help", text(help)), ("since", text(since)),
            ("view", text(view?.rawValue)), ("labels_added", addsLabels ? "true" : "false"),
        ])
    }

    /// The values of `le`; `nil` for a family that is no histogram.
    private var bounds: [String]? {
        guard case .histogram(let bounds) = kind else { return nil }
        return bounds.map { BucketBound.text($0, scale: scale) } + [BucketBound.infinity]
    }
}
