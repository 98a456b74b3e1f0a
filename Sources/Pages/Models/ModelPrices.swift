// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Pricing

/// The prices of a model in the book in force: rates, tiers, long requests, fees, and their dates.
struct ModelPrices {
    private let figures: [PriceModel.Figure]
    /// The id in the book; `nil` for a name that the book does not know.
    private let id: String?
    /// Where the model's prices are.
    private let place: String

    /// - Parameters:
    ///   - name: The model, as spans or the book name it.
    ///   - providers: The providers that were called, the most frequent one first.
    ///   - book: The book in force.
    init(_ name: String, providers: [String], _ book: PriceBook?) {
        guard let book else {
            (id, figures, place) = (nil, [], "")
            return
        }
        // A name in a label may be the id in the book.
        let found =
            book.listings(id: name).first
            ?? (providers + [""]).lazy.compactMap { provider in
                book.modelID(of: name, provider: provider, host: "", allowsApproximate: false)
            }.first.flatMap { book.listings(id: $0).first }
        (id, figures) = (found?.model.id, found?.figures ?? [])
        place = found?.isOverride == true ? "a price file" : "the price book \(book.header.version)"
    }

    /// What the name is in the book.
    var summary: Markup {
        guard let id else {
            return "The price book does not have this name: its calls have no price, unless the sender reports one."
        }
        return "<code>\(id)</code> in \(place)"
    }

    /// The figures as a section.
    var html: Markup {
        Template.prices.filled([
            "id": "prices", "heading": "Prices in force",
            "summary": .markup(
                figures.isEmpty
                    ? "None. <code>llm-cost-exporter prices find</code> shows step by step how a name is matched."
                    : "Tokens by the million; fees by the unit. A later row replaces an earlier one from its date on, and a factor holds for all of them."
            ),
            "caption": "As <code>llm-cost-exporter prices show</code> has them", "hasRows": .flag(!figures.isEmpty),
            "rows": .parts(figures.map(Self.row)),
        ])
    }

    private static func row(_ figure: PriceModel.Figure) -> Part {
        var words = figure.subject.split(separator: " ").map(String.init)
        let from = take("from", from: &words)
        let until = take("until", from: &words)
        // Conditions such as `tier=batch` come before what is priced.
        let condition = words.filter { $0.contains("=") }.joined(separator: " ")
        let above = words.firstIndex(of: "above").map { Array(words[$0...]) } ?? []
        let subject = words.filter { !$0.contains("=") && !above.contains($0) }.joined(separator: " ")
        let long = above.count > 1 ? "over \(PageFigures.count(Int64(above[1]) ?? 0)) tokens in" : ""
        return [
            "rowName": "\(subject.replacing("_", with: " "))",
            "condition": .text([condition, long].filter { !$0.isEmpty }.joined(separator: ", ")), "from": "\(from)",
            "until": "\(until)",
            "price": "\(figure.isDollars ? PageFigures.price(figure.value) : "\u{D7}" + figure.value)",
        ]
    }

    /// Takes the word behind another one.
    private static func take(_ word: String, from words: inout [String]) -> String {
        guard let index = words.firstIndex(of: word), index + 1 < words.count else { return "" }
        let value = words[index + 1]
        words.removeSubrange(index...index + 1)
        return value
    }
}
