// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// Label values that were replaced because there were too many.
package final class LabelMetrics: HealthSeries {
    /// A label with a limit on its values.
    package struct Label: Sendable {
        /// The value of the `label` label.
        package let name: String
        /// Reads how often a value was replaced.
        package let overflows: @Sendable () -> UInt64

        package init(_ name: String, overflows: @escaping @Sendable () -> UInt64) {
            self.name = name
            self.overflows = overflows
        }
    }

    private let store: MetricsStore
    private let labels: [Label]
    private let family: FamilyID

    /// Registers the family.
    ///
    /// - Parameters:
    ///   - store: The store of all series.
    ///   - labels: The labels with a limit, each name once.
    package init(store: MetricsStore, labels: [Label]) {
        self.store = store
        self.labels = labels
        family = store.update { registry in
            registry.registerCounter(
                "llm_cost_exporter_label_values_overflowed_total",
                "Label values replaced by __overflow__ because they were too long or their label had too many values.",
                by: "label", labels.map(\.name))
        }
    }

    package func refresh() {
        let counts = labels.map { ($0.name, $0.overflows()) }
        store.update { registry in
            for (name, count) in counts { registry.mirror(Int128(count), in: registry.series(family, [name])) }
        }
    }
}
