// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// A registry like that of a large installation: counters by model, operation and token class, and histograms.
enum LargeRegistry {
    static func make(series: Int) -> SeriesSnapshot {
        var registry = SeriesRegistry(seriesCeiling: series)
        let tokens = registry.register(
            MetricFamily(
                name: "llm_tokens_used_total", help: "Counts tokens.", kind: .counter,
                labels: [.open("model"), .fixed("operation"), .fixed("token_type")]))
        let cost = registry.register(
            MetricFamily(
                name: "llm_cost_dollars_total", help: "Counts dollars.", kind: .counter,
                labels: [.open("model"), .fixed("operation")], scale: 15, unit: .dollars))
        let duration = registry.register(
            MetricFamily(
                name: "llm_request_duration_seconds", help: "Observes durations.",
                kind: .histogram(bounds: [500_000_000, 1_000_000_000, 2_000_000_000, 5_000_000_000, 10_000_000_000]),
                labels: [.open("model"), .fixed("operation")], scale: 9, unit: .seconds))
        var number: Int64 = 0
        while registry.seriesCount + 11 <= series {
            number += 1
            let labels = ["vendor/model-\(number)-2026-01-01", "chat"]
            for tokenType in ["input", "output"] {
                registry.add(Int128(number) * 7_919, to: registry.series(tokens, labels + [tokenType]))
            }
            registry.add(Int128(number) * 123_456_789_012_345, to: registry.series(cost, labels))
            registry.observe(number % 12_000 * 1_000_000, in: registry.series(duration, labels))
        }
        return registry.snapshot
    }
}
