// SPDX-License-Identifier: Apache-2.0
import Notation
import Pricing
import Reports

extension PageMaking {
    /// The page of one model: what it costs, over time and by group, and its prices in the book in force.
    func model(_ name: String, _ query: String?) throws(AnswerFailure) -> CostPages.Reply {
        let (scope, _) = try scope(query, key: "provider")
        let path = PageAddress.path(ofModel: name)
        let stored = try answers.models()
        let found = NamedModel(name, stored: stored, pages.book())
        guard found.isKnown else { return try noModel(name, stored.map(\.name)) }
        var own = scope
        let isOfProvider = scope.filters.contains { $0.hasPrefix("provider:") }
        own.filters =
            found.names.map { PageScope.condition("model", $0) }
            + (isOfProvider ? [] : found.providers.map { PageScope.condition("provider", $0) }) + scope.filters
        let measures = Totals.measures + "," + Measure.adjustedCost.name
        let totals = Totals(try costs(own.question([("measures", measures)])))
        let breakdown = try Breakdown(self, own)
        var frame = try frame("Model \(name.prefix(60))", nil)
        frame.heading = "Model \(Markup.name(name))"
        let prices = ModelPrices(name, providers: try providers(of: found.names), pages.book())
        let links = found.names.map { "<a href=\"\(PageAddress.path(ofModel: $0))\">\(Markup.name($0))</a>" as Markup }
        frame.lead =
            found.names == [name]
            ? prices.summary : "\(prices.summary); calls name it \(Markup.joined(links, separator: ", "))"
        frame.body = """
            \(Template.tiles.filled(["tiles": .parts(tiles(totals, scope))]))\
            \(filters(scope, path, [keyChoice(scope)]))\(try chart(own, breakdown, id: "chart"))\
            \(breakdown.html(self, own, id: "breakdown"))\(prices.html)
            """
        return CostPages.Reply(status: 200, html: frame.html)
    }

    /// Says that nothing has a name.
    private func noModel(_ name: String, _ stored: [String]) throws(AnswerFailure) -> CostPages.Reply {
        let near =
            EditDistance.nearest(to: name, among: stored, atMost: max(2, name.utf8.count / 3))
            ?? pages.book()?.suggestions(provider: "", model: name).closest.first
        let hint: Markup = near.map { "Did you mean \(Markup.name($0))? " } ?? ""
        var frame = try frame("No such model", nil)
        frame.body = Template.failure.filled([
            "heading": "Not found",
            "message": """
            Neither a stored call nor the price book has the model \(Markup.name(name)). \(hint)The overview lists the \
            models of calls; <code>llm-cost-exporter prices list</code> lists those of the price book.
            """,
            "href": "\(near.map { PageAddress.path(ofModel: $0) } ?? "/")",
            "link": .text(near.map { "Model \($0)" } ?? "To the overview"),
        ])
        return CostPages.Reply(status: 404, html: frame.html)
    }

    /// The providers that were called for a model in the last 30 days.
    private func providers(of names: [String]) throws(AnswerFailure) -> [String] {
        var all = PageScope.usual
        all.filters = names.map { PageScope.condition("model", $0) }
        let found = try costs(
            all.question([("group_by", "provider"), ("measures", "calls"), ("order_by", "-calls"), ("limit", "3")]))
        return found.rows.compactMap(\.names.first)
    }

    private func tiles(_ totals: Totals, _ scope: PageScope) -> [Part] {
        let name = (scope.named?.name ?? "period").lowercased()
        let counted = totals.shownCost.map { PageFigures.dollars($0) } ?? "an unknown amount"
        let repriced = totals.repriced.map { amount in
            Self.tile(
                "Cost after repricing", PageFigures.headline(amount),
                "\(name), instead of \(counted) as counted")
        }
        let average = totals.average.map { PageFigures.dollars($0) } ?? "unknown"
        let unpriced =
            totals.unpriced == 1 ? "one call that has" : "\(PageFigures.compact(totals.unpriced)) calls that have"
        return [
            Self.tile(
                "Spend, \(name)",
                totals.shownCost.map { PageFigures.headline($0) } ?? "unknown",
                totals.unpriced > 0 ? "<span class=\"warning\">without \(unpriced) no price</span>" : "", isWide: true),
            Self.tile(
                "Calls", html: PageFigures.compact(totals.calls),
                "\(html: PageFigures.percent(Int128(totals.failed), of: Int128(totals.calls))) failed", isWide: true),
            Self.tile("Per call", average, "by calls with a price", isWide: true),
            Self.tile("Tokens in", html: PageFigures.compact(totals.input), ""),
            Self.tile(
                "From the cache", html: PageFigures.percent(Int128(totals.cached), of: Int128(totals.input)),
                "of the tokens in"),
            Self.tile("Tokens out", html: PageFigures.compact(totals.output), ""),
            Self.tile(
                "Estimated", html: PageFigures.percent(Int128(totals.estimated), of: Int128(totals.calls)),
                "of the calls"),
        ] + [repriced].compactMap(\.self)
    }
}
