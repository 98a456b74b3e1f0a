// SPDX-License-Identifier: Apache-2.0
import Pricing
import Reports

extension PageMaking {
    /// The page at `/`: what is spent, on what, and why it changed.
    func overview(_ query: String?) throws(AnswerFailure) -> CostPages.Reply {
        let (scope, _) = try scope(query)
        let measures = Totals.measures + "," + Measure.adjustedCost.name
        let totals = Totals(try costs(scope.question([("measures", measures)])))
        let breakdown = try Breakdown(self, scope)
        var frame = try frame("Overview", .overview)
        frame.lead =
            "What calls of language models cost. Amounts are US dollars; days are those of \(time.calendar.zone.name)."
        frame.body = Template.overview.filled([
            "tiles": .markup(try tiles(scope, totals)),
            "filters": .markup(filters(scope, "/", [keyChoice(scope)])),
            "chart": .markup(try chart(scope, breakdown, id: "chart")),
            "breakdown": .markup(breakdown.html(self, scope, id: "breakdown")),
            "drivers": .markup(drivers(breakdown, scope)),
            "traces": .markup(namesUsers ? dearest(scope) : ""),
            "service": .markup(Markup(html: surroundings.service)),
        ])
        return CostPages.Reply(status: 200, html: frame.html)
    }

    // MARK: Tiles

    private func tiles(_ scope: PageScope, _ totals: Totals) throws(AnswerFailure) -> Markup {
        let today = Totals(try costs(scope.question(from: "now/d", to: "now", [("measures", Totals.measures)])))
        let yesterday = Totals(try costs(scope.question(from: "now/d-1d", to: "now-1d", [("measures", "cost,calls")])))
        let month = Totals(try costs(scope.question(from: "now/M", to: "now", [("measures", Totals.measures)])))
        // At the begin of a month there is nothing to compare with: its last one ended just then.
        let last = try? Totals(costs(scope.question(from: "now/M-1M", to: "now-1M", [("measures", "cost,calls")])))
        var tiles = [
            Self.tile(
                "Today", today.shownCost.map { PageFigures.headline($0) } ?? "unknown",
                Change.note(today.cost, yesterday.cost, "yesterday by now"),
                isWide: true),
            Self.tile(
                "This month", month.shownCost.map { PageFigures.headline($0) } ?? "unknown",
                last.map { Change.note(month.cost, $0.cost, "last month by now") } ?? "", isWide: true),
        ]
        tiles.append(try forecastTile(scope))
        let name = scope.named?.name ?? "Period"
        tiles += [
            Self.tile(
                "Calls, \(name.lowercased())", html: PageFigures.compact(totals.calls),
                "\(html: PageFigures.percent(Int128(totals.failed), of: Int128(totals.calls))) failed"),
            Self.tile(
                "Tokens, \(name.lowercased())", html: PageFigures.compact(Totals.sum(totals.input, totals.output)),
                """
                \(html: PageFigures.compact(totals.input)) in, \
                \(html: PageFigures.percent(Int128(totals.cached), of: Int128(totals.input))) of it cached; \
                \(html: PageFigures.compact(totals.output)) out
                """),
            priceTile(totals, scope),
        ]
        if let savings = try? savings(scope) {
            tiles.append(
                Self.tile(
                    "Saved by caches", PageFigures.headline(savings), "reads saved this, less the premium of writes"))
        }
        if let repriced = totals.repriced {
            tiles.append(
                Self.tile(
                    "Cost after repricing", PageFigures.headline(repriced),
                    "\(name.lowercased()), instead of \(PageFigures.dollars(totals.cost)) as counted"))
        }
        return Template.tiles.filled(["tiles": .parts(tiles)])
    }

    /// What the month will come to if the rest of it is like the last seven days.
    private func forecastTile(_ scope: PageScope) throws(AnswerFailure) -> Part {
        let filter: QuestionFilter
        do throws(QuestionError) {
            filter = try CostQuestion(query: scope.question(), context: answers.context).filter
        } catch { throw .question(error) }
        let forecasts = try answers.forecasts(time.calendar, filter: filter)
        guard let month = forecasts.first(where: { $0.granularity == .month }) else { return [:] }
        return Self.tile(
            "Forecast to \(time.day(month.minutes.upperBound - 1))",
            month.knownCost.map { PageFigures.headline($0) } ?? "unknown",
            "if the rest of the month is like the last 7 days", isWide: true)
    }

    /// The share of calls whose cost is not exact.
    private func priceTile(_ totals: Totals, _ scope: PageScope) -> Part {
        let calls = Int128(totals.calls)
        let estimated: Markup = "\(html: PageFigures.percent(Int128(totals.estimated), of: calls)) estimated"
        let link = scope.link("/unpriced") { ($0.key, $0.order) = ("model", "cost") }
        return Self.tile(
            "Calls without a price", html: PageFigures.percent(Int128(totals.unpriced), of: calls),
            totals.unpriced > 0
                ? "<a href=\"\(link)\">\(html: PageFigures.compact(totals.unpriced)) left out of sums</a>; \(estimated)"
                : "every call has one; \(estimated)")
    }

    private func savings(_ scope: PageScope) throws(AnswerFailure) -> Dollars {
        guard
            case .dollars(let saved)? = try costs(scope.question([("measures", "savings")])).rows.first?.figures
                .value(of: .savings)
        else { return .zero }
        return saved
    }

    static func tile(_ term: String, _ figure: String, _ note: Markup, isWide: Bool = false) -> Part {
        tile(term, html: HTMLText.escaped(figure), note, isWide: isWide)
    }

    static func tile(_ term: String, html figure: String, _ note: Markup, isWide: Bool = false) -> Part {
        ["term": "\(term)", "figure": "\(html: figure)", "note": .markup(note), "isWide": .flag(isWide)]
    }

    // MARK: Drivers

    private func drivers(_ breakdown: Breakdown, _ scope: PageScope) -> Markup {
        guard let change = breakdown.change else {
            return Template.drivers.filled([
                "summary": "Not known for this question: \(breakdown.changeFailure).", "hasRows": false,
            ])
        }
        let parts: [(String, String, Dollars)] = [
            ("Volume", "more or fewer calls, in the mix of before", change.parts.volume),
            ("Mix", "other shares of the groups in the table, new ones included", change.parts.mix),
            ("Tokens per call", "longer or shorter calls", change.parts.tokensPerCall),
            ("Cache", "a smaller or larger share saved by caches", change.parts.cacheShare),
            ("Price", "other prices, and other kinds of tokens", change.parts.price),
        ]
        let largest = parts.map { $0.2 < .zero ? -$0.2 : $0.2 }.max() ?? .zero
        let column = AmountColumn(parts.map(\.2))
        let difference = change.after + -change.before
        let word = difference < .zero ? "less" : "more"
        return Template.drivers.filled([
            "summary": """
            <strong>\(PageFigures.dollars(difference < .zero ? -difference : difference)) \(word)</strong> than \
            \(scope.earlierName) (\(PageFigures.dollars(change.before))). The five parts sum to it.
            """,
            "caption": "By \(Self.words(of: scope.key)); calls without a price are left out", "hasRows": true,
            "rows": .parts(
                parts.map { name, note, amount in
                    [
                        "rowName": "\(name)", "note": "\(note)", "amount": .markup(column.html(amount)),
                        "bar": .markup(Bars.diverging(amount, largest: largest)),
                    ]
                }),
        ])
    }

    /// The dearest traces of the period.
    private func dearest(_ scope: PageScope) -> Markup {
        do {
            let traces = try dearestTraces(scope, limit: 8)
            guard !traces.isEmpty else { return "" }
            let all = scope.link("/traces") { $0.key = "model" }
            return traceTable(
                traces, id: "traces", heading: "Dearest traces", more: "<a href=\"\(all)\">All traces</a>")
        } catch { return "" }
    }
}

extension Change {
    /// A change with what it is against.
    static func note(_ after: Dollars, _ before: Dollars, _ name: String) -> Markup {
        guard before > .zero else { return "" }
        return "\(html(after, before: before)) against \(PageFigures.headline(before)) \(name)"
    }
}
