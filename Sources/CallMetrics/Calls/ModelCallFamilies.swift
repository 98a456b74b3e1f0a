// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI
import Pricing

/// The families that model calls become, registered in the order in which a page shows them within a ``PageSection``.
struct ModelCallFamilies {
    /// Decimal digits of our integers: durations are nanoseconds, dollars 1e-15, rates 1e-9 dollars a million tokens.
    static let secondsScale = 9
    static let dollarsScale = 15
    static let ratesScale = 9

    /// The values of `token_type` for dollars that are of no token class: fees, and costs that spans report.
    static let (fee, reported) = ("fee", "reported")
    /// The values of `direction`.
    static let (reportedHigher, reportedLower) = ("reported_higher", "reported_lower")

    let tokens: FamilyID
    let units: FamilyID
    let cost: FamilyID
    let tokenCost: FamilyID
    let costBySource: FamilyID
    let costByProvider: FamilyID
    let estimatedCost: FamilyID
    let cacheSavings: FamilyID
    let cacheWritePremium: FamilyID
    let reportedCost: FamilyID
    let discrepancy: FamilyID
    let duration: FamilyID
    let requests: FamilyID
    let errors: FamilyID
    let withoutUsage: FamilyID
    let timeToFirstToken: FamilyID
    let timePerOutputToken: FamilyID
    let unpricedRequests: FamilyID
    let unpricedTokens: FamilyID
    let price: FamilyID

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - registry: Where they go.
    ///   - buckets: The bounds of the histograms.
    ///   - labels: What settings add to the labels of every family about the calls of a model.
    init(in registry: inout SeriesRegistry, buckets: HistogramBuckets, labels: [LabelRule]) {
        let added = labels.map { LabelName.open($0.name) }
        let ofCall: [LabelName] = [.open("model"), .fixed("operation")]
        let call = ofCall + added
        let histogram = ofCall + labels.filter(\.isOnHistograms).map { .open($0.name) }
        let tokenType = Self.tokenType()

        func counter(
            _ name: String, _ help: String, _ labels: [LabelName], scale: Int = 0, unit: MetricFamily.Unit? = nil
        ) -> FamilyID {
            registry.register(
                MetricFamily(
                    name: name, help: help, kind: .counter, labels: labels, scale: scale, unit: unit,
                    addsLabels: labels.first?.name == "model"))
        }
        func dollars(_ name: String, _ help: String, _ labels: [LabelName]) -> FamilyID {
            counter(name, help, labels, scale: Self.dollarsScale, unit: .dollars)
        }
        func seconds(_ name: String, _ help: String, _ bounds: [Int64]) -> FamilyID {
            registry.register(
                MetricFamily(
                    name: name, help: help, kind: .histogram(bounds: bounds), labels: histogram,
                    scale: Self.secondsScale, unit: .seconds))
        }

        cost = dollars("llm_cost_dollars_total", "Cost of model calls in US dollars.", call)
        tokenCost = dollars(
            "llm_token_cost_dollars_total",
            "Cost of model calls in US dollars, by token class; sums to llm_cost_dollars_total.",
            call + [Self.tokenType(and: [Self.fee, Self.reported])])
        costByProvider = dollars(
            "llm_cost_by_provider_dollars_total",
            "Cost of model calls in US dollars, by provider; sums to llm_cost_dollars_total.", [.open("provider")])
        costBySource = dollars(
            "llm_cost_by_source_dollars_total",
            "Cost of model calls in US dollars, by source of the figure; sums to llm_cost_dollars_total.",
            [.fixed("source", CostSource.allCases.map(\.rawValue))])
        estimatedCost = dollars(
            "llm_cost_estimated_dollars_total",
            "Part of llm_cost_dollars_total that is an estimate, by reason.",
            [.fixed("reason", EstimateReason.allCases.map(\.rawValue))])
        cacheSavings = dollars(
            "llm_cache_savings_dollars_total",
            "US dollars saved by cache reads, compared with the same tokens at the input price.", call)
        cacheWritePremium = dollars(
            "llm_cache_write_premium_dollars_total",
            "US dollars paid for cache writes above the input price of the same tokens.", call)
        reportedCost = dollars(
            "llm_reported_cost_dollars_total",
            "Cost in US dollars that spans report, whether or not llm_cost_dollars_total uses it.", call)
        discrepancy = dollars(
            "llm_cost_discrepancy_dollars_total",
            "Absolute difference in US dollars between the reported and the computed cost of the same calls, by direction.",
            [.open("model"), .fixed("direction", [Self.reportedHigher, Self.reportedLower])] + added)
        let unpriced: [LabelName] =
            [.open("model"), .open("provider"), .fixed("reason", UnpricedReason.ofCalls.map(\.rawValue))] + added
        unpricedRequests = counter(
            "llm_unpriced_requests_total", "Model calls without a known price, by reason.", unpriced)
        unpricedTokens = counter(
            "llm_unpriced_tokens_total", "Tokens of model calls without a known price, by reason.",
            unpriced + [tokenType])
        tokens = counter(
            "llm_tokens_used_total",
            "Tokens of model calls, each counted once, under the token class that it is billed at.",
            call + [tokenType])
        units = counter(
            "llm_billed_units_total",
            "Units of model calls that are billed by the piece, in addition to tokens, such as web searches.",
            call + [.fixed("unit", BilledUnits.Unit.allCases.map(\.name))])
        requests = counter("llm_requests_total", "Model calls, including failed calls.", call)
        errors = counter(
            "llm_request_errors_total", "Failed model calls.", call + [.open("error_type")])
        withoutUsage = counter(
            "llm_requests_without_usage_total", "Successful model calls whose spans report no token counts.", call)
        duration = seconds(
            "llm_request_duration_seconds", "Duration of model calls in seconds, including failed calls.",
            buckets.duration)
        timeToFirstToken = seconds(
            "llm_time_to_first_token_seconds",
            "Time in seconds from the request to the first token of streamed answers.",
            buckets.timeToFirstToken)
        timePerOutputToken = seconds(
            "llm_time_per_output_token_seconds",
            "Mean time in seconds per output token after the first, of streamed answers.",
            buckets.timePerOutputToken)
        price = registry.register(
            MetricFamily(
                name: "llm_price_dollars_per_million_tokens",
                help: "Rates of each model's latest call at the default tier, in US dollars per million tokens.",
                kind: .gauge, labels: [.open("model"), .open("provider"), tokenType], scale: Self.ratesScale))
    }

    private static func tokenType(and others: [String] = []) -> LabelName {
        .fixed("token_type", TokenClass.allCases.map(\.name) + others)
    }
}

/// The upper bounds of the histograms, in nanoseconds.
package struct HistogramBuckets: Sendable, Equatable {
    /// Of `llm_request_duration_seconds`.
    ///
    /// Default 0.5, 1, 2, 5, 10, 20, 30 s. File key `buckets.duration`.
    package var duration: [Int64] = [
        500_000_000, 1_000_000_000, 2_000_000_000, 5_000_000_000, 10_000_000_000, 20_000_000_000, 30_000_000_000,
    ]

    /// Of `llm_time_to_first_token_seconds`.
    ///
    /// File key `buckets.time_to_first_token`.
    ///
    /// The default is that of `gen_ai.server.time_to_first_token`, OpenTelemetry semantic conventions v1.41.0.
    package var timeToFirstToken: [Int64] = [
        1_000_000, 5_000_000, 10_000_000, 20_000_000, 40_000_000, 60_000_000, 80_000_000, 100_000_000, 250_000_000,
        500_000_000, 750_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 7_500_000_000, 10_000_000_000,
    ]

    /// Of `llm_time_per_output_token_seconds`.
    ///
    /// File key `buckets.time_per_output_token`.
    ///
    /// The default is that of `gen_ai.server.time_per_output_token`, OpenTelemetry semantic conventions v1.41.0.
    package var timePerOutputToken: [Int64] = [
        10_000_000, 25_000_000, 50_000_000, 75_000_000, 100_000_000, 150_000_000, 200_000_000, 300_000_000,
        400_000_000, 500_000_000, 750_000_000, 1_000_000_000, 2_500_000_000,
    ]

    package init() {}
}
