// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI
import Pricing

/// Model calls under the metric names of the OpenLIT SDK, for dashboards made for it.
///
/// Published dashboards ask for names of several generations of OpenLIT, all of which are here. Input includes cached tokens and
/// output reasoning. As in OpenLIT, requests are calls that succeeded; tokens and dollars include those of failed calls.
///
/// - SeeAlso: OpenLIT, `sdk/python/src/openlit/otel/metrics.py`.
struct OpenLITView {
    /// The labels that the view reads: the service and its environment.
    ///
    /// No family has them under these names.
    static let origin = [
        LabelRule(name: "service", sources: [.resource("service.name"), .span("gen_ai.application_name")]),
        LabelRule(
            name: "environment",
            sources: [
                .resource("deployment.environment.name"), .resource("deployment.environment"),
                .span("gen_ai.environment"),
            ]),
    ]

    private static let labels: [ViewLabel] = [
        .sdk, .application, .environment, .service, .deployment, .operation, .type, .system, .provider, .requestModel,
        .responseModel,
    ]

    /// A family with one series for each set of facts.
    private enum Member: Int, CaseIterable {
        case cost, requests, tokens, inputTokens, outputTokens, completionTokens, firstToken, perToken
    }

    private struct DurationKey: Hashable {
        let call: ViewedCall
        let errorType: Symbol
    }

    private let families: [FamilyID]
    private let duration: FamilyID
    /// The series of the label sets that were met, by member; bounded by the ceiling on series.
    private var known: [ViewedCall: [SeriesID?]] = [:]
    private var durations: [DurationKey: SeriesID] = [:]

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - registry: Where they go.
    ///   - buckets: The bounds of the histograms of streamed answers, which are OpenLIT's by default.
    init(in registry: inout SeriesRegistry, buckets: HistogramBuckets) {
        let labels = Self.labels.map(\.name)
        func family(
            _ name: String, _ help: String, _ kind: MetricFamily.Kind = .counter, scale: Int = 0,
            unit: MetricFamily.Unit? = nil, and more: [LabelName] = []
        ) -> FamilyID {
            registry.register(
                MetricFamily(
                    name: name, help: help, kind: kind, labels: labels + more, scale: scale, unit: unit, view: .openLIT)
            )
        }
        func seconds(_ name: String, _ help: String, _ bounds: [Int64], and more: [LabelName] = []) -> FamilyID {
            family(
                name, help, .histogram(bounds: bounds), scale: ModelCallFamilies.secondsScale, unit: .seconds, and: more
            )
        }
        // In the order of the members.
        families = [
            family(
                "gen_ai_usage_cost_USD", "Cost of each priced model call in US dollars.",
                .histogram(bounds: Self.costBounds), scale: ModelCallFamilies.dollarsScale),
            family("gen_ai_requests_total", "Successful model calls."),
            family("gen_ai_usage_tokens_total", "Tokens of model calls."),
            family("gen_ai_usage_input_tokens_total", "Input tokens of model calls, including cached tokens."),
            family("gen_ai_usage_output_tokens_total", "Output tokens of model calls, including reasoning."),
            family(
                "gen_ai_usage_completion_tokens_total",
                "Output tokens of model calls, including reasoning, under their older name."),
            seconds(
                "gen_ai_server_time_to_first_token_seconds",
                "Time in seconds from the request to the first token of streamed answers, as clients measure it.",
                buckets.timeToFirstToken),
            seconds(
                "gen_ai_server_time_per_output_token_seconds",
                "Mean time in seconds per output token after the first, of streamed answers.",
                buckets.timePerOutputToken),
        ]
        duration = seconds(
            "gen_ai_server_request_duration_seconds", "Duration of model calls in seconds, as clients measure it.",
            ConventionsView.durationBounds, and: [.open("error_type")])
    }

    /// 0.01 cent to 100 dollars, about three a decade, in 1e-15 dollars.
    private static let costBounds: [Int64] = [
        1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000,
    ]
    .map { $0 * 100_000_000_000 }

    /// Counts one call.
    ///
    /// - Parameters:
    ///   - call: The call.
    ///   - viewed: Its label values.
    ///   - cost: What it costs; `nil` if it has no price.
    ///   - symbols: The table that made the call's symbols.
    ///   - registry: The series.
    ///   - now: The time, in nanoseconds since 1970; `nil` where there is no clock.
    mutating func record(
        _ call: borrowing ModelCall, as viewed: ViewedCall, cost: Dollars?, _ symbols: SymbolTable,
        in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        var series = known[viewed] ?? Member.allCases.map { _ in nil }
        func id(_ member: Member) -> SeriesID {
            if let known = series[member.rawValue] { return known }
            let made = registry.series(
                families[member.rawValue], viewed.values(of: Self.labels, symbols), createdAtNanoseconds: now)
            series[member.rawValue] = made
            return made
        }
        if let cost { registry.observe(large: cost.femtodollars, in: id(.cost)) }
        if !call.hasFailed { registry.add(1, to: id(.requests)) }
        let (input, output) = (call.usage.totalInput, call.usage.totalOutput)
        if call.reportsUsage {
            registry.add(Int128(input) + Int128(output), to: id(.tokens))
            registry.add(Int128(input), to: id(.inputTokens))
            registry.add(Int128(output), to: id(.outputTokens))
            registry.add(Int128(output), to: id(.completionTokens))
        }
        if let duration = call.plausibleDuration(now: now) {
            registry.observe(duration, in: durations(viewed, call.errorType, symbols, in: &registry, now))
            if call.isStream, let first = call.timeToFirstTokenNanoseconds, first <= duration {
                registry.observe(first, in: id(.firstToken))
                if output > 1 { registry.observe((duration - first) / (output - 1), in: id(.perToken)) }
            }
        }
        if known.count < registry.seriesCeiling || known[viewed] != nil { known[viewed] = series }
    }

    private mutating func durations(
        _ call: ViewedCall, _ errorType: Symbol, _ symbols: SymbolTable, in registry: inout SeriesRegistry,
        _ now: UInt64?
    ) -> SeriesID {
        let key = DurationKey(call: call, errorType: errorType)
        if let series = durations[key] { return series }
        var values = call.values(of: Self.labels, symbols)
        values.append(errorType, in: .errorType, symbols)
        let series = registry.series(duration, values, createdAtNanoseconds: now)
        if durations.count < registry.seriesCeiling { durations[key] = series }
        return series
    }
}
