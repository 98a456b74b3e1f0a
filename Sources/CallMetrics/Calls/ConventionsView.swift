// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI

/// Model calls as the semantic conventions' own metrics name them, for dashboards made for those.
///
/// Here the input includes cached tokens and the output reasoning.
///
/// - SeeAlso: OpenTelemetry semantic conventions v1.41.0, docs/gen-ai/gen-ai-metrics.md.
struct ConventionsView {
    private let tokenUsage: FamilyID
    private let duration: FamilyID
    /// The series of the label sets that were met; bounded by the ceiling on series.
    private var known: [Key: SeriesID] = [:]

    private struct Key: Hashable {
        let operation: Symbol
        let provider: Symbol
        let requestModel: Symbol
        let responseModel: Symbol
        /// The last label: the type of tokens, or the error of a duration.
        let detail: Detail
    }

    private enum Detail: Hashable {
        case inputTokens
        case outputTokens
        case duration(errorType: Symbol)
    }

    init(in registry: inout SeriesRegistry) {
        let call: [LabelName] = [
            .fixed("gen_ai_operation_name"), .open("gen_ai_provider_name"), .open("gen_ai_request_model"),
            .open("gen_ai_response_model"),
        ]
        tokenUsage = registry.register(
            MetricFamily(
                name: "gen_ai_client_token_usage", help: "Tokens of each model call, by token type.",
                kind: .histogram(bounds: (0..<14).map { 1 << (2 * $0) }),
                labels: call + [.fixed("gen_ai_token_type", ["input", "output"])], view: .genAI))
        duration = registry.register(
            MetricFamily(
                name: "gen_ai_client_operation_duration_seconds", help: "Duration of model calls in seconds.",
                kind: .histogram(bounds: (0..<14).map { 10_000_000 << $0 }), labels: call + [.open("error_type")],
                scale: ModelCallFamilies.secondsScale, unit: .seconds, view: .genAI))
    }

    /// Observes one call.
    ///
    /// - Parameters:
    ///   - call: The call.
    ///   - hidesModel: Whether the names of its model are over their ceiling.
    ///   - symbols: The table that made the call's symbols.
    ///   - registry: The series.
    ///   - now: The time, in nanoseconds since 1970; `nil` where there is no clock.
    mutating func record(
        _ call: ModelCall, hidesModel: Bool, _ symbols: SymbolTable, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        var call = call
        if hidesModel { (call.requestModel, call.responseModel) = (.overflow, .overflow) }
        if call.reportsUsage {
            registry.observe(call.usage.totalInput, in: series(call, .inputTokens, symbols, in: &registry, now))
            if call.usage.totalOutput > 0 {
                registry.observe(call.usage.totalOutput, in: series(call, .outputTokens, symbols, in: &registry, now))
            }
        }
        if let duration = call.plausibleDuration(now: now) {
            let detail = Detail.duration(errorType: call.errorType)
            registry.observe(duration, in: series(call, detail, symbols, in: &registry, now))
        }
    }

    private mutating func series(
        _ call: ModelCall, _ detail: Detail, _ symbols: SymbolTable, in registry: inout SeriesRegistry, _ now: UInt64?
    ) -> SeriesID {
        let key = Key(
            operation: call.operation, provider: call.provider, requestModel: call.requestModel,
            responseModel: call.responseModel, detail: detail)
        if let series = known[key] { return series }
        let (family, last) =
            switch detail {
            case .inputTokens: (tokenUsage, "input")
            case .outputTokens: (tokenUsage, "output")
            case .duration(let errorType): (duration, symbols.text(of: errorType))
            }
        var labels = LabelValues()
        func add(_ symbol: Symbol, _ vocabulary: Vocabulary) {
            let text = symbols.text(of: symbol)
            labels.append(text, isKnown: symbols.isStandIn(symbol) || symbols.knows(text, in: vocabulary))
        }
        add(call.operation, .operation)
        add(call.provider, .provider)
        add(call.requestModel, .model)
        add(call.responseModel, .model)
        if case .duration(let errorType) = detail { add(errorType, .errorType) } else { labels.append(last) }
        let series = registry.series(family, labels, createdAtNanoseconds: now)
        if known.count < registry.seriesCeiling { known[key] = series }
        return series
    }
}
