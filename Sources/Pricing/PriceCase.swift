// SPDX-License-Identifier: Apache-2.0
package import Documents
import GenAI

/// One usage record as a line of JSON, answered by another line of JSON.
///
/// Lines of this form are how prices are checked against other calculators.
package struct PriceCase: Sendable {
    /// The record's id as given; empty when absent.
    package let id: String
    /// The record as a question.
    package let question: PriceQuestion
    /// Whether a count is negative or of a kind that cannot be priced, so that any cost would be wrong.
    private let hasInvalidUsage: Bool

    /// Reads a record.
    ///
    /// - Parameters:
    ///   - line: One JSON object with `id`, `provider`, `request_model`, `response_model`, `server_address`, `ts`, `tier`,
    ///     `region` and `usage`; other keys are for people.
    ///   - file: The name under which errors speak of it.
    ///   - number: The line's number in its file.
    /// - Throws: ``DocumentError`` when the line is not such an object.
    package init(line: String, file: String, number: Int) throws(DocumentError) {
        let record = try Document.parse(line, file: file, firstLine: number).mapping()
        id = try record["id"]?.string() ?? ""
        let answered = try record["response_model"]?.string()
        let model = if let answered { answered } else { try record.required("request_model").string() }
        var question = PriceQuestion(model: model)
        question.provider = try record["provider"]?.string() ?? ""
        question.serverAddress = try record["server_address"]?.string() ?? ""
        question.tier = try record["tier"]?.string() ?? ""
        question.region = [:]
        for entry in try record["region"]?.mapping().entries ?? [] {
            question.region?[entry.key] = try entry.value.string().lowercased()
        }
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
        self.question = question
    }

    /// The answer as one line of JSON, without a line end.
    package func answer(from book: PriceBook) -> String {
        let answer =
            hasInvalidUsage
            ? PriceAnswer(outcome: .unpriced(.invalidUsage), fees: []) : book.price(question)
        switch answer.outcome {
        case .priced(let card, let cost):
            return object([
                ("id", quoted(id)), ("cost_usd", quoted(cost.description)), ("reason", "null"),
                ("matched", quoted(card.matched.rawValue)), ("model", quoted(card.modelID)),
                ("lines", "[" + lines(card, answer.fees).joined(separator: ", ") + "]"),
            ])
        case .unpriced(let reason): return refusal(reason.rawValue)
        case .reported, .nothingToPrice: return refusal(UnpricedReason.noUsage.rawValue)
        }
    }

    private func refusal(_ reason: String) -> String {
        object([
            ("id", quoted(id)), ("cost_usd", "null"), ("reason", quoted(reason)), ("matched", "null"),
            ("model", "null"), ("lines", "[]"),
        ])
    }

    private func lines(_ card: RateCard, _ fees: [(unit: FeeUnit, amount: Dollars)]) -> [String] {
        var lines: [String] = []
        for tokenClass in TokenClass.allCases where question.usage[tokenClass] != 0 {
            lines.append(
                object([
                    ("token_type", quoted(tokenClass.name)), ("tokens", String(question.usage[tokenClass])),
                    ("usd_per_million", quoted(card.rate(of: tokenClass)?.dollarsPerMillion ?? "0")),
                    ("usd", quoted(card.cost(of: tokenClass, in: question.usage).description)),
                ]))
        }
        for fee in fees {
            lines.append(
                object([
                    ("token_type", quoted("fee")), ("tokens", "null"), ("usd_per_million", "null"),
                    ("usd", quoted(fee.amount.description)),
                ]))
        }
        return lines
    }
}

private func object(_ members: [(key: String, value: String)]) -> String {
    "{" + members.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
}

/// A text as a JSON string.
private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\u{00}"..<"\u{20}":
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
