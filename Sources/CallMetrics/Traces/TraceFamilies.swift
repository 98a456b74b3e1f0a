// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// The families of traces and sessions.
struct TraceFamilies {
    let cost, calls, tokens, sessionCost: FamilyID
    let lateCalls, unpricedTraces, unpricedSessions, earlyTraces, earlySessions: SeriesID
    let open: SeriesID

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - registry: Where they go.
    ///   - labels: The names of the labels that settings add to histograms.
    init(in registry: inout SeriesRegistry, labels: [String]) {
        let labels = labels.map { LabelName.open($0) }
        func histogram(
            _ name: String, _ help: String, _ bounds: [Int64], scale: Int = 0, unit: MetricFamily.Unit? = nil
        ) -> FamilyID {
            registry.register(
                MetricFamily(
                    name: name, help: help, kind: .histogram(bounds: bounds), labels: labels, scale: scale, unit: unit))
        }
        cost = histogram(
            "llm_trace_cost_dollars", "Cost of traces in US dollars, only of traces whose cost is known.",
            Self.dollars, scale: ModelCallFamilies.dollarsScale, unit: .dollars)
        calls = histogram("llm_trace_calls", "Model calls of traces.", Self.counts)
        tokens = histogram("llm_trace_tokens", "Tokens of traces.", Self.manyTokens)
        sessionCost = histogram(
            "llm_session_cost_dollars",
            "Cost of sessions in US dollars, only of sessions whose cost is known.",
            Self.dollars, scale: ModelCallFamilies.dollarsScale, unit: .dollars)
        unpricedTraces = registry.registerSeries(
            "llm_unpriced_traces_total",
            "Traces that are not in llm_trace_cost_dollars, because the cost of a call is not known.", .counter)
        unpricedSessions = registry.registerSeries(
            "llm_unpriced_sessions_total",
            "Sessions that are not in llm_session_cost_dollars, because the cost of a call is not known.", .counter)
        lateCalls = registry.registerSeries(
            "llm_trace_late_calls_total",
            "Model calls that were counted after their trace was observed, and are in no histogram.", .counter)
        earlyTraces = registry.registerSeries(
            "llm_traces_observed_early_total",
            "Traces that were observed before they were quiet, because too many were open.", .counter)
        earlySessions = registry.registerSeries(
            "llm_sessions_observed_early_total",
            "Sessions that were observed before they were quiet, because too many were open.", .counter)
        open = registry.registerSeries(
            "llm_cost_exporter_open_traces", "Traces that are not observed yet.", .gauge)
    }

    /// From 0.0001 to 100 dollars, in units of 1e-15 dollars.
    private static let dollars: [Int64] = [
        1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000, 1_000_000,
    ].map { $0 * 100_000_000_000 }
    private static let counts: [Int64] = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000]
    private static let manyTokens: [Int64] = [
        100, 500, 1_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000,
    ]
}
