// SPDX-License-Identifier: Apache-2.0
import Pricing
import Reports

/// The costs of a period by one fact or dimension, with those of the period before.
struct Breakdown {
    let key: String
    /// The dearest groups.
    let rows: [CostAnswer.Row]
    /// What all groups cost, those without a row included.
    let total: Dollars
    /// The number of groups.
    let count: Int
    /// What has changed; `nil` if that is not known.
    let change: ChangeView?
    /// Why it is not.
    let changeFailure: String

    /// Not a setting: the largest number of rows on a page; the file has all.
    private static let mostRows = 50

    init(_ making: PageMaking, _ scope: PageScope) throws(AnswerFailure) {
        key = scope.key
        let question = scope.question([
            ("group_by", scope.key), ("measures", "cost,adjusted_cost,calls,tokens,unpriced,average_cost"),
            ("order_by", "-cost"), ("limit", "\(CostQuestion.mostRows)"),
        ])
        let answer = try making.costs(question)
        rows = Array(answer.rows.prefix(Self.mostRows))
        count = answer.rows.count
        total = answer.rows.reduce(.zero) { $0 + $1.figures.knownCost }
        do throws(AnswerFailure) {
            change = try making.answers.changeView(
                query: scope.question([("group_by", scope.key)] + scope.earlier))
            changeFailure = ""
        } catch {
            change = nil
            changeFailure = error.renamed(PageScope.namesByQuestion).message
        }
    }

    /// What a group cost in the period before; `nil` if that is not known.
    private func before(_ names: [String]) -> Dollars? {
        guard let change else { return nil }
        let own = names.map(ExactText.init)
        let row = change.rows.first { $0.names.map(ExactText.init) == own }
        return row?.before.cost ?? .zero
    }

    /// The groups as a section with a table.
    ///
    /// - Parameters:
    ///   - making: Makes links.
    ///   - scope: What the page is about.
    ///   - id: The name of the heading, unique on the page.
    ///   - heading: The begin of the heading.
    ///   - hasMoney: Whether the calls have a known cost.
    ///   - nothing: What is said instead of an empty table; `nil` for the usual sentence.
    /// - Returns: HTML.
    func html(
        _ making: PageMaking, _ scope: PageScope, id: String, _ heading: String = "Spend", hasMoney: Bool = true,
        nothing: String? = nil
    ) -> Markup {
        let words = PageMaking.words(of: key)
        let file = scope.question([
            ("group_by", key), ("measures", "cost,adjusted_cost,calls,tokens,failed,unpriced,average_cost"),
            ("order_by", "-cost"),
            ("limit", "\(CostQuestion.mostRows)"), ("format", "csv"),
        ])
        let amounts = AmountColumn(rows.map(\.figures.knownCost))
        let averages = AmountColumn(rows.compactMap(\.figures.averageCost))
        let shown: [Part] = rows.map { row in
            let name = row.names.first ?? ""
            let figures = row.figures
            var notes: [Markup] = []
            if figures.unpriced > 0, hasMoney {
                notes.append(
                    "<small class=\"warning\">\(html: PageFigures.compact(figures.unpriced)) without a price</small>")
            }
            if let repriced = figures.repricedCost {
                notes.append("<small>\(PageMaking.note(repriced: repriced))</small>")
            }
            return [
                "rowName": .markup(.name(name, orNo: words)), "rowHref": .markup(making.link(key, name, scope) ?? ""),
                "note": .markup(.joined(notes)),
                "cost": .markup(figures.shownCost.map(amounts.html) ?? "unknown"),
                "share": .markup(Bars.share(figures.knownCost, of: total)),
                "change": .markup(before(row.names).map { Change.html(figures.knownCost, before: $0) } ?? ""),
                "calls": "\(html: PageFigures.compact(figures.count(.calls)))",
                "tokens": "\(html: PageFigures.compact(figures.count(.tokens)))",
                "average": .markup(figures.averageCost.map(averages.html) ?? ""),
            ]
        }
        let rest = count - rows.count
        let caption: Markup = """
            \(hasMoney ? "The dearest first; change is against \(scope.earlierName)" : "In the order of their names")\
            \(rest > 0 ? "; \(PageFigures.count(Int64(rest))) more are in the file" : "")
            """
        let usual =
            scope.filters.isEmpty
            ? "No calls of this time are stored." : "No call of this time is stored that fulfils the conditions."
        return Template.breakdown.filled([
            "id": "\(id)", "heading": "\(heading) by \(words)",
            "column": "\(words.prefix(1).uppercased() + words.dropFirst())",
            "message": .text(rows.isEmpty ? nothing ?? usual : ""),
            "hasRows": .flag(!rows.isEmpty), "hasMoney": .flag(hasMoney), "caption": .markup(caption),
            "rows": .parts(shown),
            "links": .parts([["href": "/api/v1/costs?\(file)", "name": "CSV"]]),
        ])
    }
}
