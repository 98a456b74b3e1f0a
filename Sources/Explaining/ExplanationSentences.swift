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
        case (nil, _): "undecided: it waits in the settle window"
        case (.counted, _): counted(span)
        case (.duplicate, _) where span.hasNewIDs:
            "sent before under other ids: a span of its service has the same times, names and counts"
        case (.duplicate, _): "the same span as \(named), sent again"
        case (.notAModelCall, _): "no call: a step between other spans"
        case (.unproven, _):
            "not counted: it began before the oldest remembered span, so its calls may have been counted"
        case (.twin, .span): "the same call as \(named), which has more detail and is counted"
        case (.twin, .sameAnswer): "the same call as \(named), which has the same answer's id and is counted"
        case (.twin, .below): "the same call as \(named) below it, which is counted"
        case (.twin, .above): "part of \(named) above it, which is counted"
        case (.twin, nil): "the same call as another span"
        case (.repeatsChildren, _) where span.call?.reportsUsage != true: "it has no tokens of its own to count"
        case (.repeatsChildren, .below): "repeats calls that are counted below it: \(named)"
        case (.repeatsChildren, .sameAnswer): "repeats \(named), which has the same answer's id and is counted"
        case (.repeatsChildren, _): "repeats calls of its trace, or the settings exclude it"
        }
    }

    private static func counted(_ span: SpanExplanation) -> String {
        let repeats = span.repeatedBy.map { "#\($0)" }.joined(separator: ", ")
        let counted =
            span.account.kind == .aggregate ? "counted: it has tokens, and no call below it arrived" : "counted"
        guard !repeats.isEmpty else { return counted }
        return "\(counted); \(repeats) \(span.repeatedBy.count == 1 ? "repeats" : "repeat") it"
    }

    /// What was odd about the counts, with the rule that settled it.
    static func oddities(of account: SpanAccount) -> [String] {
        var sentences: [String] = []
        if account.inputExcludesCache, account.reported.contains(where: { $0.name.hasPrefix("cache") && $0.tokens > 0 })
        {
            sentences.append("this instrumentation excludes cached tokens from the input")
        }
        if account.anomalies.contains(.exclusiveCache) {
            sentences.append("exclusive_cache: more cached tokens than input, so the input excludes them")
        }
        if account.anomalies.contains(.clampedPart) {
            sentences.append("clamped_part: a part is larger than its whole, and is cut down to it")
        }
        if account.anomalies.contains(.conflictingCounts) {
            sentences.append("conflicting_counts: two keys give different numbers for one count; the larger is counted")
        }
        if account.anomalies.contains(.saturatedCount) {
            sentences.append(
                "saturated_count: counts add up to more than 4,294,967,295 tokens, and are cut down to that")
        }
        if account.anomalies.contains(.totalExceedsParts) {
            sentences.append(
                "total_exceeds_parts: the total is larger than input and output together; the difference is not counted"
            )
        }
        for refused in account.refused {
            let name = refused.name == "cost" ? "refused_cost" : "refused_count"
            sentences.append("\(name): \(refused.name) is \(word(for: refused.reason)) and is ignored")
        }
        if account.anomalies.contains(.refusedCount), account.refused.allSatisfy({ $0.name == "cost" }) {
            sentences.append("refused_count: a total of the agent is no proper count and is ignored")
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
        case .alias: "alias: the book has the name as an alias of the model"
        case .normalised: "normalised: another spelling of the name"
        case .pattern: "pattern: a rule of the model matches the name"
        case .fallback: "fallback: a model of the provider that this one resells"
        case .override: "override: a price file of your own"
        case .approximate: "approximate: a name with another date or ending, whose price may differ"
        }
    }

    /// Why a cost comes from where it does.
    static func why(_ why: PriceExplanation.Why) -> String {
        switch why {
        case .similarName: "the price is that of a similar name"
        case .providerByModel: "only the start of the model's name identifies the provider"
        case .noTierRates: "no rates for this tier, so the default rates apply"
        case .otherModality: "audio, image or video tokens are billed at the rate for text"
        case .untoldModality:
            "the model is made for audio, images or video, and the span does not say how many tokens are of these kinds: all "
                + "are billed at the rate for text"
        case .hiddenReasoning:
            "the reported total is larger than its parts: the difference is billed as reasoning"
        case .unknownFee: "the book has no price for some billed units, which are left out"
        case .providerReports: "for this provider, the settings select the reported cost"
        case .noPriceInBook: "the book has no price, so the reported cost counts"
        case .fromCache: "a gateway answered from its cache, so no model was billed"
        case .byTheClock:
            "its machines are paid by the clock (mode capacity in a price file), which only 'serve' counts"
        case .failedWithoutUsage: "it failed and reported no tokens"
        case .noUsage: "it reported no tokens"
        }
    }

    /// What to make of a reason for not knowing a price.
    static func reason(_ reason: UnpricedReason) -> String {
        switch reason {
        case .unknownProvider:
            "neither the span's provider nor its host nor its model identifies a provider of the book"
        case .unknownModel: "the book has the provider and not this model"
        case .noModel: "neither the span nor a span above it that arrived in time names a model"
        case .opaqueDeployment: "the name, such as a deployment's, does not identify the model"
        case .noUsage: "the span reports nothing to price"
        case .invalidUsage: "a count is absurd"
        case .noRate: "the model has no rate for a class of these tokens, or none at that time"
        }
    }
}
