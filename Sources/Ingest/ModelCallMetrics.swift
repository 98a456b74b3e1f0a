// SPDX-License-Identifier: Apache-2.0
package import GenAI
package import Pricing
import Synchronization

/// The one place where OpenTelemetry's words become Prometheus': a priced model call as series.
package final class ModelCallMetrics: CallSink {
    private let store: MetricsStore
    private let writer: Mutex<ModelCallWriter>

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - store: Where the series go.
    ///   - symbols: The table that made the calls' symbols.
    ///   - attributions: The labels that settings add.
    ///   - labels: The names of models; by default those that answered.
    ///   - configuration: Buckets, and which families there are.
    package init(
        store: MetricsStore, symbols: SymbolTable, attributions: AttributionTable = AttributionTable(),
        labels: ModelLabels? = nil,
        configuration: ModelCallMetricsConfiguration = ModelCallMetricsConfiguration()
    ) {
        self.store = store
        writer = Mutex(
            store.update { registry in
                ModelCallWriter(
                    families: ModelCallFamilies(
                        in: &registry, buckets: configuration.buckets, labels: attributions.rules),
                    view: configuration.conventionsView ? ConventionsView(in: &registry) : nil, symbols: symbols,
                    attributions: attributions, labels: labels ?? ModelLabels(symbols: symbols))
            })
    }

    package func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
        guard !calls.isEmpty else { return }
        writer.withLock { writer in
            store.update { registry in writer.record(calls, in: &registry, now: arrivalNanoseconds) }
        }
    }
}

/// How model calls are shown.
package struct ModelCallMetricsConfiguration: Sendable, Equatable {
    /// The bounds of the histograms.
    package var buckets = HistogramBuckets()

    /// Whether calls are also shown under the semantic conventions' names, `gen_ai_client_token_usage` and
    /// `gen_ai_client_operation_duration_seconds`, for dashboards made for those.
    ///
    /// Default false. File key `exposition.gen_ai_view`.
    package var conventionsView = false

    package init() {}
}
