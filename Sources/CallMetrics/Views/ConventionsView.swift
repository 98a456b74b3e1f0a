// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI

/// Model calls as the semantic conventions' own metrics name them, for dashboards made for those.
///
/// Here the input includes cached tokens and the output reasoning.
///
/// - SeeAlso: OpenTelemetry semantic conventions v1.41.0, docs/gen-ai/gen-ai-metrics.md.
struct ConventionsView {
    private let labels: [ViewLabel]
    private let tokenUsage: FamilyID
    private let duration: FamilyID
    /// The series of the label sets that were met; bounded by the ceiling on series.
    private var known: [Key: SeriesID] = [:]

    private struct Key: Hashable {
        let call: ViewedCall
        /// The last label: the type of tokens, or the error of a duration.
        let detail: Detail
    }

    private enum Detail: Hashable {
        case inputTokens
        case outputTokens
        case duration(errorType: Symbol)
    }

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - registry: Where they go.
    ///   - showsOrigin: Whether calls have a service and an environment, which OpenLIT's view reads. The dashboards that want
    ///     these labels select by the name of the SDK, too.
    init(in registry: inout SeriesRegistry, showsOrigin: Bool) {
        labels =
            [.operation, .provider, .requestModel, .responseModel] + (showsOrigin ? [.service, .deployment, .sdk] : [])
        let call = labels.map(\.name)
        tokenUsage = registry.register(
            MetricFamily(
                name: "gen_ai_client_token_usage", help: "Tokens of each model call, by token type.",
                kind: .histogram(bounds: (0..<14).map { 1 << (2 * $0) }),
                labels: call + [.fixed("gen_ai_token_type", ["input", "output"])], view: .genAI))
        duration = registry.register(
            MetricFamily(
                name: "gen_ai_client_operation_duration_seconds", help: "Duration of model calls in seconds.",
                kind: .histogram(bounds: Self.durationBounds), labels: call + [.open("error_type")],
                scale: ModelCallFamilies.secondsScale, unit: .seconds, view: .genAI))
    }

    /// The bounds of durations in the conventions: doubling from 10 ms.
    static let durationBounds: [Int64] = (0..<14).map { 10_000_000 << $0 }

    /// Observes one call.
    ///
    /// - Parameters:
    ///   - call: The call.
    ///   - viewed: Its label values.
    ///   - symbols: The table that made the call's symbols.
    ///   - registry: The series.
    ///   - now: The time, in nanoseconds since 1970; `nil` where there is no clock.
    mutating func record(
        _ call: borrowing ModelCall, as viewed: ViewedCall, _ symbols: SymbolTable, in registry: inout SeriesRegistry,
        _ now: UInt64?
    ) {
        if call.reportsUsage {
            registry.observe(call.usage.totalInput, in: series(viewed, .inputTokens, symbols, in: &registry, now))
            if call.usage.totalOutput > 0 {
                registry.observe(call.usage.totalOutput, in: series(viewed, .outputTokens, symbols, in: &registry, now))
            }
        }
        if let duration = call.plausibleDuration(now: now) {
            let detail = Detail.duration(errorType: call.errorType)
            registry.observe(duration, in: series(viewed, detail, symbols, in: &registry, now))
        }
    }

    private mutating func series(
        _ call: ViewedCall, _ detail: Detail, _ symbols: SymbolTable, in registry: inout SeriesRegistry, _ now: UInt64?
    ) -> SeriesID {
        let key = Key(call: call, detail: detail)
        if let series = known[key] { return series }
        var values = call.values(of: labels, symbols)
        let family: FamilyID
        switch detail {
        case .inputTokens:
            family = tokenUsage
            values.append("input")
        case .outputTokens:
            family = tokenUsage
            values.append("output")
        case .duration(let errorType):
            family = duration
            values.append(errorType, in: .errorType, symbols)
        }
        let series = registry.series(family, values, createdAtNanoseconds: now)
        if known.count < registry.seriesCeiling { known[key] = series }
        return series
    }
}
