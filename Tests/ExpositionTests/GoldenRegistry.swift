// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// A small registry with one of everything, and its texts.
enum GoldenRegistry {
    static let snapshot = makeRegistry().snapshot

    private static func makeRegistry() -> SeriesRegistry {
        var registry = SeriesRegistry()
        let tokens = registry.register(
            MetricFamily(
                name: "llm_tokens_used_total", help: "Counts tokens, \"each once\", by C:\\class.", kind: .counter,
                labels: [.open("model"), .fixed("operation"), .fixed("token_type")]))
        let cost = registry.register(
            MetricFamily(
                name: "llm_cost_dollars_total", help: "Adds up what calls cost.", kind: .counter,
                labels: [.open("model")], scale: 15, unit: .dollars))
        _ = registry.register(MetricFamily(name: "llm_unused_total", help: "Has no series.", kind: .counter))
        let duration = registry.register(
            MetricFamily(
                name: "llm_request_duration_seconds", help: "Observes how long\ncalls took.",
                kind: .histogram(bounds: [500_000_000, 1_000_000_000, 30_000_000_000]),
                labels: [.open("model"), .fixed("operation")], scale: 9, unit: .seconds))
        let size = registry.register(
            MetricFamily(name: "llm_size", help: "Observes sizes.", kind: .histogram(bounds: [4])))
        let ready = registry.register(MetricFamily(name: "llm_ready", help: "Tells whether we are.", kind: .gauge))

        let created: UInt64 = 1_750_000_000_250_000_000
        let input = registry.series(tokens, ["gpt \"5\"\\x\n", "chat", "input"], createdAtNanoseconds: created)
        let output = registry.series(tokens, ["gpt \"5\"\\x\n", "chat", "output"], createdAtNanoseconds: created)
        let unknown = registry.series(tokens, ["", "chat", "input"])
        let dollars = registry.series(cost, ["gpt-5"], createdAtNanoseconds: 1_750_000_000_000_000_000)
        let seconds = registry.series(duration, ["gpt-5", "chat"], createdAtNanoseconds: created)
        let sizes = registry.series(size, [])
        registry.add(12_000_000, to: input)
        registry.add(34, to: output)
        registry.add(5, to: unknown)
        registry.add(146_016_000_000_000, to: dollars)
        for value in [250_000_000, 500_000_000, 750_000_001, 31_000_000_000] as [Int64] {
            registry.observe(value, in: seconds)
        }
        registry.observe(4, in: sizes)
        registry.set(1, of: registry.series(ready, []))
        return registry
    }

    private static let tokenSamples = #"""
        llm_tokens_used_total{model="gpt \"5\"\\x\n",operation="chat",token_type="input"} 12000000
        llm_tokens_used_total{model="gpt \"5\"\\x\n",operation="chat",token_type="output"} 34
        llm_tokens_used_total{model="",operation="chat",token_type="input"} 5

        """#

    private static let durationSamples = #"""
        llm_request_duration_seconds_bucket{model="gpt-5",operation="chat",le="0.5"} 2
        llm_request_duration_seconds_bucket{model="gpt-5",operation="chat",le="1.0"} 3
        llm_request_duration_seconds_bucket{model="gpt-5",operation="chat",le="30.0"} 3
        llm_request_duration_seconds_bucket{model="gpt-5",operation="chat",le="+Inf"} 4
        llm_request_duration_seconds_sum{model="gpt-5",operation="chat"} 32.500000001
        llm_request_duration_seconds_count{model="gpt-5",operation="chat"} 4

        """#

    private static let sizeSamples = #"""
        llm_size_bucket{le="4.0"} 1
        llm_size_bucket{le="+Inf"} 1
        llm_size_sum 4
        llm_size_count 1

        """#

    private static let prometheusTokens = #"""
        # HELP llm_tokens_used_total Counts tokens, "each once", by C:\\class.
        # TYPE llm_tokens_used_total counter

        """#

    private static let prometheusCost = #"""
        # HELP llm_cost_dollars_total Adds up what calls cost.
        # TYPE llm_cost_dollars_total counter
        llm_cost_dollars_total{model="gpt-5"} 0.146016

        """#

    private static let prometheusDuration = #"""
        # HELP llm_request_duration_seconds Observes how long\ncalls took.
        # TYPE llm_request_duration_seconds histogram
        \#(durationSamples)
        """#

    private static let prometheusSize = #"""
        # HELP llm_size Observes sizes.
        # TYPE llm_size histogram
        \#(sizeSamples)
        """#

    private static let prometheusReady = #"""
        # HELP llm_ready Tells whether we are.
        # TYPE llm_ready gauge
        llm_ready 1

        """#

    static let prometheusText =
        prometheusTokens + tokenSamples + prometheusCost + prometheusDuration + prometheusSize + prometheusReady

    static let sortedPrometheusText =
        prometheusCost + prometheusReady + prometheusDuration + prometheusSize + prometheusTokens + #"""
            llm_tokens_used_total{model="",operation="chat",token_type="input"} 5
            llm_tokens_used_total{model="gpt \"5\"\\x\n",operation="chat",token_type="input"} 12000000
            llm_tokens_used_total{model="gpt \"5\"\\x\n",operation="chat",token_type="output"} 34

            """#

    static let openMetrics = #"""
        # TYPE llm_tokens_used counter
        # HELP llm_tokens_used Counts tokens, \"each once\", by C:\\class.
        llm_tokens_used_total{model="gpt \"5\"\\x\n",operation="chat",token_type="input"} 12000000
        llm_tokens_used_created{model="gpt \"5\"\\x\n",operation="chat",token_type="input"} 1750000000.25
        llm_tokens_used_total{model="gpt \"5\"\\x\n",operation="chat",token_type="output"} 34
        llm_tokens_used_created{model="gpt \"5\"\\x\n",operation="chat",token_type="output"} 1750000000.25
        llm_tokens_used_total{model="",operation="chat",token_type="input"} 5
        # TYPE llm_cost_dollars counter
        # UNIT llm_cost_dollars dollars
        # HELP llm_cost_dollars Adds up what calls cost.
        llm_cost_dollars_total{model="gpt-5"} 0.146016
        llm_cost_dollars_created{model="gpt-5"} 1750000000
        # TYPE llm_request_duration_seconds histogram
        # UNIT llm_request_duration_seconds seconds
        # HELP llm_request_duration_seconds Observes how long\ncalls took.
        \#(durationSamples)llm_request_duration_seconds_created{model="gpt-5",operation="chat"} 1750000000.25
        # TYPE llm_size histogram
        # HELP llm_size Observes sizes.
        \#(sizeSamples)# TYPE llm_ready gauge
        # HELP llm_ready Tells whether we are.
        llm_ready 1
        # EOF

        """#
}
