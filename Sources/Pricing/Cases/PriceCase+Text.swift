// SPDX-License-Identifier: Apache-2.0
import GenAI
import Notation

extension PriceCase {
    /// The answer as a table: the cost of each token class, and the sum.
    ///
    /// - Parameter book: The prices.
    /// - Returns: Lines with line ends.
    package func text(from book: PriceBook) -> String {
        let answer = asked(book)
        switch answer.outcome {
        case .priced(let card, let cost):
            return text(card, cost, answer) + warnings.map { "warning: \($0)\n" }.joined()
        case .unpriced(.invalidUsage): return "no price: \(UnpricedReason.invalidUsage.rawValue)\n"
        case .unpriced(let reason):
            if let note = answer.clockNote { return "no price: \(reason.rawValue)\n\(note)\n" }
            let closest = book.suggestions(provider: question.provider, model: question.model).closest
            let hint = closest.isEmpty ? "" : "\nnearest: " + closest.joined(separator: ", ")
            return "no price: \(reason.rawValue)\(hint)\n"
        case .reported, .nothingToPrice: return "no price: \(UnpricedReason.noUsage.rawValue)\n"
        }
    }

    private func text(_ card: RateCard, _ cost: Dollars, _ answer: PriceAnswer) -> String {
        var rows: [[String]] = []
        for tokenClass in TokenClass.allCases where question.usage[tokenClass] != 0 {
            let rate = card.rate(of: tokenClass)?.dollarsPerMillion ?? "0"
            rows.append([
                tokenClass.name, String(question.usage[tokenClass]), "x $\(rate) / 1M",
                "$\(card.cost(of: tokenClass, in: question.usage))",
            ])
        }
        for fee in answer.fees { rows.append(["fee \(fee.unit.rawValue)", "", "", "$\(fee.amount)"]) }
        if answer.time != .zero { rows.append(["time", "", "", "$\(answer.time)"]) }
        rows.append(["sum", "", "", "$\(cost)"])
        let text = "\(card.modelID) (\(card.matched.rawValue))\n" + AlignedColumns.text(rows)
        let reasons = answer.estimates.map(\.rawValue).joined(separator: ", ")
        return text + "source: \(answer.source)" + (reasons.isEmpty ? "" : ": \(reasons)") + "\n"
    }
}

/// Aligns columns of text.
package enum AlignedColumns {
    /// Rows with columns of equal width, two spaces apart, as text that may be shown.
    ///
    /// - Parameter rows: The cells of each row.
    /// - Returns: Lines with line ends, without trailing spaces.
    package static func text(_ rows: [[String]]) -> String {
        let rows = rows.map { $0.map(ShownText.plain) }
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        var text = ""
        for row in rows {
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell + String(repeating: " ", count: widths[column] - cell.count + 2)
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }
}
