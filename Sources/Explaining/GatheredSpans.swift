// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Ingest
import Pricing

/// A span with what is known of it so far.
struct GatheredSpan {
    var explanation: SpanExplanation
    /// The span as it was read; `nil` for one that is neither call nor aggregate.
    var call: ModelCall?
}

/// The spans that an explainer has met, with what became of them.
struct GatheredSpans {
    /// The name of the body that is read.
    var body = ""
    /// Spans without proper ids.
    var invalid = 0

    private(set) var spans: [GatheredSpan] = []
    private var copies: [Key: Copies] = [:]

    /// Fates identify spans by their ids alone; a span that arrives as a call and again as a pass-through span has two fates.
    private struct Key: Hashable {
        let identity: SpanIdentity
        let isLink: Bool
    }

    /// The spans of one identity, in the order of arrival.
    private struct Copies {
        /// Their indices in ``spans``.
        var indices: [Int] = []
        /// The index in ``spans`` of the one that billing decides on; the others repeat it.
        var standing = 0
        /// The index in ``indices`` of the one that the next fate of a copy is about.
        var next: Int
    }

    /// Takes a span that was read.
    mutating func append(_ span: GatheredSpan) {
        let key = Key(identity: span.explanation.identity, isLink: span.call == nil)
        if copies[key] == nil { copies[key] = Copies(standing: spans.count, next: key.isLink ? 0 : 1) }
        copies[key]?.indices.append(spans.count)
        spans.append(span)
        spans[spans.count - 1].explanation.number = spans.count
        spans[spans.count - 1].explanation.body = body
    }

    /// Takes what became of a span.
    mutating func note(_ fate: SpanFate) {
        let key = Key(identity: fate.identity, isLink: fate.outcome == .notAModelCall)
        guard var known = copies[key] else { return }
        switch fate.outcome {
        case .duplicate where fate.hasNewIDs:
            spans[known.standing].explanation.outcome = .duplicate
            spans[known.standing].explanation.hasNewIDs = true
        case .notAModelCall, .duplicate:
            guard known.next < known.indices.count else { return }
            var copy = known.indices[known.next]
            known.next += 1
            if fate.replacesEarlier { swap(&copy, &known.standing) }
            copies[key] = known
            spans[copy].explanation.outcome = fate.outcome
        case .counted, .twin, .unproven, .repeatsChildren:
            spans[known.standing].explanation.outcome = fate.outcome
            if let other = fate.inFavourOf { spans[known.standing].explanation.favoured = favoured(other) }
        }
    }

    /// Takes a call that is counted.
    mutating func note(_ call: ModelCall, _ words: CallExplanation, _ price: PriceExplanation) {
        guard let index = copies[Key(identity: call.identity, isLink: false)]?.standing else { return }
        if var own = spans[index].call {
            // What evidence moved is not learned from a twin.
            own.countCache(beside: call.sides.cache.contains(.isMoved))
            own.countReasoning(beside: call.sides.reasoning.contains(.isMoved))
            spans[index].explanation.learned = call.learned(since: own)
        }
        spans[index].call = call
        spans[index].explanation.call = words
        spans[index].explanation.price = price
    }

    /// Everything, with the spans that are counted instead of others.
    var explanation: Explanation {
        let relatives = SpanRelatives(spans)
        var explanation = Explanation()
        var totals: [String: ModelTotal] = [:]
        for span in spans {
            var told = span.explanation
            if told.outcome == .duplicate, !told.hasNewIDs {
                told.favoured = favoured(told.identity)
            } else if told.favoured == nil {
                told.favoured = relatives.favoured(instead: span)
            }
            if told.outcome == .counted, let call = told.call {
                totals[call.model, default: ModelTotal(model: call.model)].add(call, told.price)
            }
            explanation.spans.append(told)
        }
        explanation.noteRepeats()
        explanation.models = totals.values.sorted {
            $0.cost == $1.cost ? $0.model < $1.model : $0.cost > $1.cost
        }
        explanation.outcomes = SpanFates.names.map { name in
            let spans = spans.count { $0.explanation.outcome?.rawValue == name }
            return (name, name == SpanFates.invalid ? invalid : spans)
        }
        return explanation
    }

    private func favoured(_ identity: SpanIdentity) -> SpanExplanation.Favoured? {
        guard let index = copies[Key(identity: identity, isLink: false)]?.standing else { return nil }
        return .span(spans[index].explanation.number)
    }
}

extension Explanation {
    /// Notes with each counted span the spans that are not counted because of it.
    fileprivate mutating func noteRepeats() {
        for span in spans {
            for number in span.favoured?.numbers ?? [] where spans[number - 1].repeatedBy.count < Self.mostNamed {
                spans[number - 1].repeatedBy.append(span.number)
            }
        }
    }

    /// How many spans are named at most.
    private static let mostNamed = 32
}

extension ModelCall {
    /// What this call has that it had not when it was read.
    fileprivate func learned(since own: ModelCall) -> [String] {
        var learned: [String] = []
        func note(_ name: String, _ isNew: Bool) {
            if isNew { learned.append(name) }
        }
        note("tokens", usage != own.usage)
        note("response_model", responseModel != own.responseModel)
        note("request_model", requestModel != own.requestModel)
        note("provider", provider != own.provider)
        note("server_address", serverAddress != own.serverAddress)
        note("tier", tier != own.tier)
        note("inference_geo", inferenceGeo != own.inferenceGeo)
        note("units", units != own.units)
        note("error_type", errorType != own.errorType)
        note("reported_cost", reportedFemtodollars != own.reportedFemtodollars)
        note("time_to_first_token", timeToFirstTokenNanoseconds != own.timeToFirstTokenNanoseconds)
        note("stream", isStream != own.isStream)
        note("labels", attribution.number != own.attribution.number)
        return learned
    }
}
