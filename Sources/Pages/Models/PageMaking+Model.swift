// SPDX-License-Identifier: Apache-2.0
import Pricing
import Reports

extension PageMaking {
    /// The page of one model: what it costs, over time and by group, and its prices in the book in force.
    func model(_ name: String, _ query: String?) throws(AnswerFailure) -> CostPages.Reply {
        let (scope, _) = try scope(query, key: "provider")
        let path = PageAddress.path(ofModel: name)
        var own = scope
        own.filters.insert(PageScope.condition("model", name), at: 0)
        let totals = Totals(try costs(own.question([("measures", Totals.measures)])))
        let breakdown = try Breakdown(self, own)
        var frame = try frame("Model \(name.prefix(60))", nil)
        frame.heading = "Model \(Markup.name(name))"
        let prices = ModelPrices(name, providers: try providers(of: name), pages.book())
        frame.lead = prices.summary
        frame.body = """
            \(Template.tiles.filled(["tiles": .parts(tiles(totals, scope))]))\
            \(filters(scope, path, [keyChoice(scope)]))\(try chart(own, breakdown, id: "chart"))\
            \(breakdown.html(self, own, id: "breakdown"))\(prices.html)
            """
        return CostPages.Reply(status: 200, html: frame.html)
    }

    /// The providers that were called for a model within a year.
    private func providers(of name: String) throws(AnswerFailure) -> [String] {
        var all = PageScope.usual
        all.filters = [PageScope.condition("model", name)]
        let found = try costs(
            all.question([("group_by", "provider"), ("measures", "calls"), ("order_by", "-calls"), ("limit", "3")]))
        return found.rows.compactMap(\.names.first)
    }

    private func tiles(_ totals: Totals, _ scope: PageScope) -> [Part] {
        let name = (scope.named?.name ?? "period").lowercased()
        let priced = totals.calls - totals.unpriced
        let average = priced > 0 ? PageFigures.dollars(totals.cost.scaled(by: 1, over: priced)) : "unknown"
        return [
            Self.tile(
                "Spend, \(name)",
                totals.cost == .zero && totals.unpriced > 0 ? "unknown" : PageFigures.headline(totals.cost),
                totals.unpriced > 0
                    ? "<span class=\"warning\">without \(html: PageFigures.compact(totals.unpriced)) calls that have no price</span>"
                    : "", isWide: true),
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
        ]
    }
}
