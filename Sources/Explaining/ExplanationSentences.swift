// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Pricing

/// The meaning of decisions, for readers who do not know the code.
enum ExplanationSentences {
    /// What became of a span.
    static func outcome(of span: SpanExplanation) -> String {
        let named = span.favoured?.numbers.map { "#\($0)" }.joined(separator: ", ") ?? ""
        return switch (span.outcome, span.favoured) {
        case (nil, _): "it still waits"
        case (.counted, _): counted(span)
        case (.duplicate, _) where span.hasNewIDs:
            "sent before under other ids: another span of its service has the same times, names and counts"
        case (.duplicate, _): "the same span as \(named), sent again; only that one is looked at further"
        case (.notAModelCall, _): "only a step between other spans"
        case (.unproven, _): "not counted: it began before what is remembered, so its calls may have been counted"
        case (.twin, .span): "the same call as \(named), which tells more and is counted"
        case (.twin, .sameAnswer): "the same call as \(named), which has the same answer's id and is counted"
        case (.twin, .below): "around \(named) below it, which is counted instead"
        case (.twin, .above): "part of \(named) above it, which is counted"
        case (.twin, nil): "the same call as another span"
        case (.repeatsChildren, _) where span.call?.reportsUsage != true: "it has no tokens of its own to count"
        case (.repeatsChildren, .below): "repeats what is counted below it: \(named)"
        case (.repeatsChildren, .sameAnswer): "repeats \(named), which has the same answer's id and is counted"
        case (.repeatsChildren, _): "repeats calls of its trace, or settings do not count it"
        }
    }

    private static func counted(_ span: SpanExplanation) -> String {
        let repeats = span.repeatedBy.map { "#\($0)" }.joined(separator: ", ")
        let counted =
            span.account.kind == .aggregate ? "counted: it has tokens, and no call below it was seen" : "counted"
        guard !repeats.isEmpty else { return counted }
        return "\(counted); \(repeats) \(span.repeatedBy.count == 1 ? "repeats" : "repeat") it"
    }

    /// What was odd about the counts, with the rule that settled it.
    static func oddities(of account: SpanAccount) -> [String] {
        var sentences: [String] = []
        if account.inputExcludesCache, account.reported.contains(where: { $0.name.hasPrefix("cache") && $0.tokens > 0 })
        {
            sentences.append("this instrumentation leaves cached tokens out of the input")
        }
        if account.anomalies.contains(.exclusiveCache) {
            sentences.append("exclusive_cache: more cached tokens than input, so the input was taken to exclude them")
        }
        if account.anomalies.contains(.clampedPart) {
            sentences.append("clamped_part: a part was larger than its whole and was cut down to it")
        }
        if account.anomalies.contains(.conflictingCounts) {
            sentences.append("conflicting_counts: two spellings of one count had different numbers; the larger holds")
        }
        if account.anomalies.contains(.saturatedCount) {
            sentences.append(
                "saturated_count: counts that add up to more than 4,294,967,295 tokens were cut down to that")
        }
        if account.anomalies.contains(.totalExceedsParts) {
            sentences.append(
                "total_exceeds_parts: the total has more tokens than input and output; the others were left out")
        }
        for refused in account.refused {
            let name = refused.name == "cost" ? "refused_cost" : "refused_count"
            sentences.append("\(name): \(refused.name) is \(word(for: refused.reason)) and was left out")
        }
        if account.anomalies.contains(.refusedCount), account.refused.allSatisfy({ $0.name == "cost" }) {
            sentences.append("refused_count: a total of the agent is no proper count and was left out")
        }
        return sentences
    }

    private static func word(for reason: RefusedNumber.Reason) -> String {
        switch reason {
        case .negative: "negative"
        case .fractional: "not whole"
        case .tooLarge: "too large"
        case .notANumber: "no number"
        case .unsoundParts: "a sum of parts that is too large or has a part that is no cost,"
        }
    }

    /// How a model's name was found in the book.
    static func match(_ kind: MatchKind) -> String {
        switch kind {
        case .exact: "exact: the name as reported"
        case .alias: "alias: the book says that the name stands for it"
        case .normalised: "normalised: another spelling of the name"
        case .pattern: "pattern: a rule of the model for names"
        case .fallback: "fallback: of the provider whose models are resold"
        case .override: "override: a price file of your own"
        case .approximate: "approximate: the name without its date or its end, which may cost otherwise"
        }
    }

    /// Why a cost comes from where it does.
    static func why(_ why: PriceExplanation.Why) -> String {
        switch why {
        case .similarName: "the price of a similar name was taken"
        case .providerByModel: "only the start of the model's name tells the provider"
        case .noTierRates: "no rates for this tier, so the default ones were taken"
        case .otherModality: "tokens that are no text were billed at the rate for text"
        case .untoldModality:
            "the model is made for audio, images or video, and the span does not tell how many tokens are of them: all were "
                + "billed at the rate for text"
        case .hiddenReasoning:
            "the reported total has more tokens than its parts: the rest was billed as thinking that is not shown"
        case .unknownFee: "something was billed by the piece that the book has no price of, and is left out"
        case .providerReports: "for this provider, settings take what the span says"
        case .noPriceInBook: "the book has no price, so what the span says is taken"
        case .fromCache: "a gateway answered from its cache, so that no model was paid"
        case .byTheClock:
            "its machines are paid by the clock (mode capacity in a price file), which only 'serve' counts"
        case .failedWithoutUsage: "it failed and reported no tokens"
        case .noUsage: "it reported no tokens"
        }
    }

    /// What to make of a reason for not knowing a price.
    static func reason(_ reason: UnpricedReason) -> String {
        switch reason {
        case .unknownProvider: "no provider that the book knows is named, nor told by host or model"
        case .unknownModel: "the book knows the provider but no such model"
        case .noModel: "it names no model, and neither does a span above it that arrived in time"
        case .opaqueDeployment: "the name is a handle that does not tell the model behind it"
        case .noUsage: "nothing that could be priced was reported"
        case .invalidUsage: "a count is beyond all reason"
        case .noRate: "the model has no rate for a class of these tokens, or none at that time"
        }
    }
}
