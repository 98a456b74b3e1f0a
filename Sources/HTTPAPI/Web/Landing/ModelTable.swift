// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Overview
import Pages
import Pricing
import Reports

/// The section of the landing page with a row for each model.
enum ModelTable {
    /// The largest number of rows; one further row has the sum of the other models.
    static let mostRows = 50

    static func html(of overview: Overview) -> String {
        let shown = overview.models.prefix(mostRows)
        var rows = shown.map { row($0, total: overview.total.cost) }
        let others = overview.models.dropFirst(mostRows)
        if !others.isEmpty {
            let sum = others.reduce(into: ModelSum(row: 0)) { $0.add($1.sum) }
            let rest = ModelFigures(
                model: "\(PageFigures.count(Int64(others.count))) more models", provider: "", sum: sum)
            rows.append(row(rest, total: overview.total.cost, isNamed: false))
        }
        let table = PageParts.table(
            "models", "Since the start, the highest spend first; prices are US dollars for a million tokens",
            [
                .text("Model"), .number("Spend"), .text("Share"), .number("Calls"), .number("Failed"),
                .number("Tokens in"), .number("of it cached"), .number("Tokens out"), .number("Price in / out"),
            ], rows)
        return PageParts.section("models", "Models", table)
    }

    private static func row(_ figures: ModelFigures, total: Dollars, isNamed: Bool = true) -> String {
        let sum = figures.sum
        let name = figures.model.isEmpty ? "no model named" : isNamed ? PageParts.name(figures.model) : figures.model
        let provider = figures.provider.isEmpty ? "" : "<small>\(PageParts.name(figures.provider))</small>"
        let unknown = [(sum.unpriced, "unpriced"), (sum.withoutUsage, "without usage")].filter { $0.0 > 0 }
        let notes = unknown.map { "<small class=\"warning\">\(PageFigures.short($0.0)) \($0.1)</small>" }.joined()
        let known = KnownCost.figure(sum.cost, unpriced: sum.unpriced + sum.withoutUsage)
        let spend = known.map { PageFigures.dollars($0) } ?? "unknown"
        let cells = [
            spend + notes, nil, PageFigures.short(sum.calls),
            PageFigures.short(sum.failures),
            PageFigures.short(sum.input), PageFigures.percent(Int128(sum.cached), of: Int128(sum.input)),
            PageFigures.short(sum.output), isNamed ? price(figures.price) : "",
        ]
        let columns = cells.map { $0.map { "<td class=\"number\">\($0)</td>" } ?? share(sum.cost, of: total) }
        return "<tr><th scope=\"row\">\(name)\(provider)</th>" + columns.joined() + "</tr>"
    }

    private static func share(_ cost: Dollars, of total: Dollars) -> String {
        let permille = PageFigures.permille(cost.femtodollars, of: total.femtodollars)
        return "<td class=\"share\">\(PageFigures.percent(cost.femtodollars, of: total.femtodollars))"
            + "<svg viewBox=\"0 0 1000 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
            + "<rect class=\"track\" width=\"1000\" height=\"8\"/><rect class=\"bar\" width=\"\(permille)\" height=\"8\"/>"
            + "</svg></td>"
    }

    private static func price(_ price: ModelPrice?) -> String {
        switch price {
        case nil: "none"
        case .machines: "by the hour"
        case .tokens(let input, let output): "\(rate(input)) / \(rate(output))"
        }
    }

    private static func rate(_ rate: Rate?) -> String {
        guard let rate else { return "\u{2013}" }
        return rate.femtodollarsPerToken == 0 ? "free" : PageFigures.price(rate)
    }
}
