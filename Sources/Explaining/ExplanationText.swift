// SPDX-License-Identifier: Apache-2.0
import Foundation
import Billing
import GenAI
import Notation
import OTLP
import Pricing

/// Explanations for people: a block of lines for each span, then the totals.
package enum ExplanationText {
    package static func text(of explanation: Explanation) -> String {
        var lines: [String] = []
        var body: String?
        for span in explanation.spans {
            if span.body != body {
                lines += ["== \(plain(span.body))", ""]
                body = span.body
            }
            lines += block(of: span) + [""]
        }
        return (lines + totals(of: explanation)).map { $0 + "\n" }.joined()
    }

    private static func block(of span: SpanExplanation) -> [String] {
        let outcome = span.outcome?.rawValue ?? "undecided"
        var lines = ["#\(span.number)  \(outcome)  \"\(plain(span.name))\""]
        func add(_ head: String, _ text: String) {
            let fill = String(repeating: " ", count: max(1, 11 - head.count))
            lines.append("    \(head)\(fill)\(text)")
        }
        let parent = span.parentSpanID == 0 ? "a root" : "below \(ExplanationWords.span(span.parentSpanID))"
        add(
            "span",
            "\(ExplanationWords.span(span.identity.spanID)), \(parent), trace \(ExplanationWords.trace(span.identity))")
        let scope = [span.scope, span.scopeVersion].filter { !$0.isEmpty }.map(plain)
        if !scope.isEmpty { add("scope", scope.joined(separator: " ")) }
        add("read as", reading(of: span))
        if !span.account.unreadKeys.isEmpty {
            let keys = span.account.unreadKeys.map(plain).joined(separator: ", ")
            add("unread", "may be usage, and is not read: \(keys)")
        }
        if let call = span.call { describe(call, span.account, add) }
        add("outcome", ExplanationSentences.outcome(of: span))
        if !span.learned.isEmpty { add("learned", span.learned.joined(separator: ", ") + " (from its twins)") }
        if let price = span.price {
            ExplanationText.describe(price, claim: span.call?.reportedCost, add)
            lines += sum(of: price).map { "               " + $0 }
        }
        return lines
    }

    private static func reading(of span: SpanExplanation) -> String {
        switch (span.account.kind, span.account.dialect) {
        case (.neither, nil): "no call: no dialect recognises one, and the span has no token counts"
        case (.neither, let dialect?): "no call, by the dialect \(dialect)"
        case (let kind, let dialect):
            "\(kind.rawValue), \(plain(span.call?.operation ?? "")), "
                + (dialect.map { "by the dialect \($0)" } ?? reasonWithoutDialect(span.account))
        }
    }

    private static func reasonWithoutDialect(_ account: SpanAccount) -> String {
        account.isReadByWords
            ? "by the words of its attribute keys, since no dialect lists them"
            : "since it has token counts, or a model and an error, but no mark of a call"
    }

    private static func describe(
        _ call: CallExplanation, _ account: SpanAccount, _ add: (_ head: String, _ text: String) -> Void
    ) {
        // An agent mostly names neither, and need not.
        if account.kind == .call || !call.model.isEmpty { add("model", models(of: call)) }
        if account.kind == .call || !call.provider.isEmpty { add("provider", whom(of: call)) }
        add("time", times(of: call))
        if call.hasFailed { add("failed", plain(call.errorType)) }
        if !account.reported.isEmpty { add("reported", list(account.reported.map { ($0.name, $0.tokens) })) }
        if account.kind == .call || call.reportsUsage { add("tokens", tokens(of: call)) }
        if call.units.word != 0 { add("units", list(call.units.units.map { ($0.name, call.units[$0]) })) }
        for sentence in ExplanationSentences.oddities(of: account) { add("odd", sentence) }
        for finding in ExplanationSides.findings(of: call.sides) { add("evidence", finding.sentence) }
        for label in call.labels where !label.value.isEmpty { add("label", "\(label.name)=\(plain(label.value))") }
    }

    private static func models(of call: CallExplanation) -> String {
        switch (call.responseModel.isEmpty, call.requestModel.isEmpty) {
        case (true, true): "no model is named"
        case (true, false): "\(plain(call.requestModel)) requested, no answering model is named"
        case (false, true): "\(plain(call.responseModel)) answered"
        case (false, false): "\(plain(call.responseModel)) answered, \(plain(call.requestModel)) requested"
        }
    }

    private static func whom(of call: CallExplanation) -> String {
        var whom = [call.provider.isEmpty ? "not named" : plain(call.provider)]
        if !call.serverAddress.isEmpty { whom.append("at \(plain(call.serverAddress))") }
        whom.append(call.tier.isEmpty ? "default tier" : "tier \(plain(call.tier))")
        if !call.inferenceGeo.isEmpty { whom.append("served in \(plain(call.inferenceGeo))") }
        return whom.joined(separator: ", ")
    }

    private static func times(of call: CallExplanation) -> String {
        var parts = [ExplanationWords.time(call.startNanoseconds.asSent) ?? "no start"]
        if let duration = call.durationNanoseconds {
            parts.append("took \(ExplanationWords.seconds(duration)) s")
        } else {
            parts.append("no duration, since its times are implausible")
        }
        if let first = call.timeToFirstTokenNanoseconds {
            parts.append("first token after \(ExplanationWords.seconds(UInt64(max(0, first)))) s")
        }
        if call.isStream { parts.append("streamed") }
        return parts.joined(separator: ", ")
    }

    private static func tokens(of call: CallExplanation) -> String {
        guard call.reportsUsage else { return "none reported, which is not zero" }
        let sides = "\(call.usage.totalInput) in, \(call.usage.totalOutput) out"
        let classes = list(call.usage.classes.map { ($0.name, call.usage[$0]) })
        return classes.isEmpty ? sides : "\(classes): \(sides)"
    }

    private static func list(_ counts: [(String, Int64)]) -> String {
        counts.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }

    private static func totals(of explanation: Explanation) -> [String] {
        var lines = ["== Totals of counted calls", ""]
        var models = TextTable(
            [.text, .number, .number, .number, .number, .number, .number, .decimal],
            heads: ["model", "calls", "failed", "no usage", "unpriced", "input", "output", "$"])
        for total in explanation.models {
            models.add(
                total.model.isEmpty ? "(none)" : plain(total.model), "\(total.calls)", "\(total.failed)",
                "\(total.withoutUsage)", "\(total.unpriced)", "\(total.inputTokens)", "\(total.outputTokens)",
                total.cost.description)
        }
        var outcomes = TextTable([.text, .number], heads: ["outcome", "spans"])
        for (name, spans) in explanation.outcomes { outcomes.add(name, "\(spans)") }
        outcomes.add("received", "\(explanation.outcomes.reduce(0) { $0 + $1.spans })")
        lines += models.lines.map { "    " + $0 } + [""]
        return lines + outcomes.lines.map { "    " + $0 }
    }

    /// A text of a sender's as a terminal may show it.
    static func plain(_ text: String) -> String { ShownText.plain(text) }
}
