// SPDX-License-Identifier: Apache-2.0
package import Documents
import GenAI
import Notation

/// One usage record as a line of JSON, answered by another line of JSON.
///
/// Such lines serve to compare prices with other calculators.
package struct PriceCase: Sendable {
    /// The record's id as given; empty when absent.
    package let id: String
    /// The record as a question.
    package let question: PriceQuestion
    /// Whether a count is negative or of an unknown kind, so that any cost would be wrong.
    let hasInvalidUsage: Bool
    /// The name of the tenant; `nil` for none.
    let tenant: String?
    /// Whether the record states how long the call took.
    let hasDuration: Bool
    /// Counts that contradict each other, one sentence for each.
    let warnings: [String]

    /// Reads a record.
    ///
    /// - Parameters:
    ///   - line: One JSON object with `id`, `provider`, `request_model`, `response_model`, `server_address`, `ts`, `tier`,
    ///     `region` and `usage`, and for price files `tenant` and `duration_ms`; other keys are ignored.
    ///   - file: The file name in error messages.
    ///   - number: The line's number in its file.
    ///   - now: The moment that dates the price of a record without `ts`.
    ///   - pathTellsEndpoint: Whether the location in a model's path decides on the surcharge for regional endpoints, as it
    ///     does for spans. Records for comparisons name such a surcharge under `region`.
    /// - Throws: ``DocumentError`` if the line is not such an object.
    package init(
        line: String, file: String, number: Int, now: PriceMoment, pathTellsEndpoint: Bool = false
    ) throws(DocumentError) {
        let record = try Document.parse(line, file: file, firstLine: number).mapping()
        id = try record["id"]?.string() ?? ""
        let answered = try record["response_model"]?.string()
        let model = if let answered { answered } else { try record.required("request_model").string() }
        var question = PriceQuestion(model: model)
        question.provider = try record["provider"]?.string() ?? ""
        question.serverAddress = try record["server_address"]?.string() ?? ""
        question.tier = try record["tier"]?.string() ?? ""
        tenant = try record["tenant"]?.string()
        if let duration = record["duration_ms"] {
            question.durationNanoseconds = UInt64(try duration.integer(in: 0...86_400_000)) * 1_000_000
        }
        // A region that the record states takes precedence over that of the model's path or the host, as for spans.
        var region = Circumstances.regionFacts(model: model, host: question.serverAddress)
        if !pathTellsEndpoint {
            region["endpoint"] = Circumstances.regionFacts(model: "", host: question.serverAddress)["endpoint"]
        }
        for entry in try record["region"]?.mapping().entries ?? [] {
            region[entry.key] = try entry.value.string().lowercased()
        }
        question.region = region
        question.moment = now
        if let time = record["ts"] {
            guard let moment = PriceMoment(timestamp: try time.string()) else {
                throw time.unexpected("be a UTC time such as 2026-05-01T10:00:00Z")
            }
            question.moment = moment
        }
        var usage = CaseUsage()
        for entry in try record["usage"]?.mapping().entries ?? [] where !entry.value.isNull {
            try usage.add(entry)
        }
        question.usage = usage.usage
        question.units = usage.units
        hasInvalidUsage = usage.isInvalid
        hasDuration = record["duration_ms"] != nil
        warnings = usage.isInvalid ? [] : usage.warnings
        self.question = question
    }

    /// The answer as one line of JSON, without a line end.
    package func answer(from book: PriceBook) -> String {
        let answer = asked(book)
        switch answer.outcome {
        case .priced(let card, let cost):
            return JSONText.object(
                [
                    ("id", JSONText.quoted(id)), ("cost_usd", JSONText.quoted(cost.description)),
                    ("source", JSONText.quoted(answer.source)),
                    ("estimate_reasons", JSONText.list(answer.estimates.map { JSONText.quoted($0.rawValue) })),
                    ("reason", "null"), ("matched", JSONText.quoted(card.matched.rawValue)),
                    ("model", JSONText.quoted(card.modelID)),
                    ("lines", JSONText.list(lines(card, answer))),
                ] + (warnings.isEmpty ? [] : [("warnings", JSONText.list(warnings.map(JSONText.quoted)))]))
        case .unpriced(let reason):
            return refusal(reason.rawValue, model: answer.clockModel, note: answer.clockNote)
        case .reported, .nothingToPrice: return refusal(UnpricedReason.noUsage.rawValue)
        }
    }

    /// The book's answer.
    ///
    /// A model that is paid by the time of its calls has no price for a call of unknown duration, which a price of 0 would hide.
    func asked(_ book: PriceBook) -> PriceAnswer {
        guard !hasInvalidUsage else { return PriceAnswer(outcome: .unpriced(.invalidUsage), fees: []) }
        let answer = book.price(question(to: book))
        guard case .priced(let card, _) = answer.outcome, card.hosted == .busyTime, !hasDuration else { return answer }
        var refusal = PriceAnswer(outcome: .unpriced(.noUsage), fees: [])
        refusal.clockCard = card
        return refusal
    }

    /// The question with the tenant's number in a book; an unknown tenant counts as none.
    func question(to book: PriceBook) -> PriceQuestion {
        var question = question
        if let tenant { question.tenant = book.tenants.number(named: tenant) ?? Tenants.none }
        return question
    }

    private func refusal(_ reason: String, model: String? = nil, note: String? = nil) -> String {
        JSONText.object(
            [
                ("id", JSONText.quoted(id)), ("cost_usd", "null"), ("source", JSONText.quoted("unpriced")),
                ("estimate_reasons", "[]"), ("reason", JSONText.quoted(reason)), ("matched", "null"),
                ("model", model.map(JSONText.quoted) ?? "null"), ("lines", "[]"),
            ] + (note.map { [("note", JSONText.quoted($0))] } ?? []))
    }

    private func lines(_ card: RateCard, _ answer: PriceAnswer) -> [String] {
        var lines: [String] = []
        for tokenClass in TokenClass.allCases where question.usage[tokenClass] != 0 {
            lines.append(
                JSONText.object([
                    ("token_type", JSONText.quoted(tokenClass.name)), ("tokens", String(question.usage[tokenClass])),
                    ("usd_per_million", JSONText.quoted(card.rate(of: tokenClass)?.dollarsPerMillion ?? "0")),
                    ("usd", JSONText.quoted(card.cost(of: tokenClass, in: question.usage).description)),
                ]))
        }
        let amounts = answer.fees.map(\.amount) + (answer.time == .zero ? [] : [answer.time])
        for amount in amounts {
            lines.append(
                JSONText.object([
                    ("token_type", JSONText.quoted("fee")), ("tokens", "null"), ("usd_per_million", "null"),
                    ("usd", JSONText.quoted(amount.description)),
                ]))
        }
        return lines
    }
}
