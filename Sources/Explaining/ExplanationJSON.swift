// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Notation
import OTLP
import Pricing

/// Explanations for programs: one object a line, those of spans first, then those of models, then the outcomes.
///
/// The member `type` says which it is. Members keep their names and their order; dollars are decimal text, since floating
/// point would not be exact.
package enum ExplanationJSON {
    package static func text(of explanation: Explanation) -> String {
        var lines = explanation.spans.map(line) + explanation.models.map(line)
        var outcomes = JSONLine()
        outcomes.add("type", "outcomes")
        outcomes.add("spans", explanation.outcomes.reduce(0) { $0 + $1.spans })
        for (name, spans) in explanation.outcomes { outcomes.add(name, spans) }
        lines.append(outcomes)
        return lines.map { $0.text + "\n" }.joined()
    }

    private static func line(of span: SpanExplanation) -> JSONLine {
        var line = JSONLine()
        line.add("type", "span")
        line.add("number", span.number)
        line.add("body", span.body)
        line.add("trace_id", ExplanationWords.trace(span.identity))
        line.add("span_id", ExplanationWords.span(span.identity.spanID))
        line.add("parent_span_id", span.parentSpanID == 0 ? nil : ExplanationWords.span(span.parentSpanID))
        line.add("name", span.name)
        line.add("scope", said: span.scope)
        line.add("scope_version", said: span.scopeVersion)
        line.add("dialect", span.account.dialect)
        line.add("kind", span.account.kind.rawValue)
        if !span.account.unreadKeys.isEmpty { line.add("unread_keys", span.account.unreadKeys) }
        if span.account.isReadByWords { line.add("read_by_words", true) }
        line.add("outcome", span.outcome?.rawValue)
        line.add("in_favour_of", favoured(span.favoured))
        line.add("repeated_by", span.repeatedBy)
        guard let call = span.call else { return line }
        add(call, to: &line)
        line.add("reported", counts(span.account.reported.map { ($0.name, $0.tokens) }))
        line.add("tokens", counts(call.usage.classes.map { ($0.name, call.usage[$0]) }))
        line.add("units", counts(call.units.units.map { ($0.name, call.units[$0]) }))
        line.add("anomalies", UsageAnomalies.named.filter { span.account.anomalies.contains($0.anomaly) }.map(\.name))
        line.add(
            "refused",
            span.account.refused.map { refused in
                var line = JSONLine()
                line.add("number", refused.name)
                line.add("reason", refused.reason.rawValue)
                return line
            })
        line.add("evidence", ExplanationSides.findings(of: call.sides).map(\.word))
        line.add("learned", span.learned)
        if let price = span.price { line.add("price", self.line(of: price)) }
        return line
    }

    private static func favoured(_ favoured: SpanExplanation.Favoured?) -> JSONLine {
        var line = JSONLine()
        let relation: String? =
            switch favoured {
            case nil: nil
            case .span: "decision"
            case .sameAnswer: "same_answer"
            case .below: "below"
            case .above: "above"
            }
        line.add("relation", relation)
        line.add("numbers", favoured?.numbers ?? [])
        return line
    }

    private static func add(_ call: CallExplanation, to line: inout JSONLine) {
        line.add("operation", call.operation)
        line.add("request_model", said: call.requestModel)
        line.add("response_model", said: call.responseModel)
        line.add("provider", said: call.provider)
        line.add("server_address", said: call.serverAddress)
        line.add("tier", said: call.tier)
        line.add("inference_geo", said: call.inferenceGeo)
        line.add("stream", call.isStream)
        line.add("start", ExplanationWords.time(call.startNanoseconds.asSent))
        line.add("duration_seconds", decimal: call.durationNanoseconds.map(ExplanationWords.seconds))
        line.add(
            "time_to_first_token_seconds",
            decimal: call.timeToFirstTokenNanoseconds.map { ExplanationWords.seconds(UInt64(max(0, $0))) })
        line.add("failed", call.hasFailed)
        line.add("error_type", said: call.errorType)
        line.add("reports_usage", call.reportsUsage)
        line.add("reported_cost_usd", call.reportedCost?.description)
        var labels = JSONLine()
        for label in call.labels { labels.add(label.name, label.value) }
        line.add("labels", labels)
    }

    private static func counts(_ counts: [(String, Int64)]) -> JSONLine {
        var line = JSONLine()
        for (name, tokens) in counts { line.add(name, tokens) }
        return line
    }

    private static func line(of price: PriceExplanation) -> JSONLine {
        var line = JSONLine()
        line.add("source", price.source.rawValue)
        line.add("why", price.why.map(\.rawValue))
        line.add("usd", price.cost?.description)
        line.add("unpriced_reason", price.unpricedReason?.rawValue)
        guard let card = price.card else { return line }
        line.add("model", card.modelID)
        line.add("provider", card.provider)
        line.add("matched", card.matched.rawValue)
        line.add("entry", self.line(of: card))
        line.add(
            "lines",
            price.lines.map { priced in
                var line = JSONLine()
                line.add("token_type", priced.tokenClass.name)
                line.add("tokens", priced.tokens)
                line.add("usd_per_million", priced.rate.dollarsPerMillion)
                line.add("own_rate", !priced.isStandIn)
                line.add("usd", priced.cost.description)
                return line
            })
        line.add(
            "pieces",
            price.pieces.map { piece in
                var line = JSONLine()
                line.add("unit", piece.unit.name)
                line.add("count", piece.count)
                line.add("usd_each", piece.price?.description)
                line.add("usd", piece.cost.description)
                return line
            })
        line.add("fee_usd", price.fee.description)
        line.add("computed_usd", price.computedCost?.description)
        return line
    }

    private static func line(of card: RateCard) -> JSONLine {
        var line = JSONLine()
        line.add("number", card.basis.entry)
        line.add("of", card.basis.entries)
        line.add("from", card.basis.days.fromText)
        line.add("until", card.basis.days.untilText)
        line.add("by_hour", card.basis.isByHour)
        line.add("above_input_tokens", decimal: card.basis.above.map(String.init))
        line.add("variants", card.basis.variants.map(\.text))
        line.add("factors", card.basis.multipliers.map { "\($0.when.text):\($0.factor)" })
        line.add("free", card.basis.isFree)
        return line
    }

    private static func line(of total: ModelTotal) -> JSONLine {
        var line = JSONLine()
        line.add("type", "model")
        line.add("model", total.model)
        line.add("calls", total.calls)
        line.add("failed", total.failed)
        line.add("without_usage", total.withoutUsage)
        line.add("unpriced", total.unpriced)
        line.add("input_tokens", total.inputTokens)
        line.add("output_tokens", total.outputTokens)
        line.add("usd", total.cost.description)
        return line
    }
}
