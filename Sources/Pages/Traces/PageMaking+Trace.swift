// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Reports

extension PageMaking {
    /// The page of one trace: its calls as a tree, with the spans that are not counted and why.
    func trace(_ id: String, _ query: String?) throws(AnswerFailure) -> CostPages.Reply {
        try refuseParameters(query)
        let tree = try answers.tree(of: id)
        let trace = tree.trace
        var frame = try frame("Trace \(trace.id.prefix(8))\u{2026}", .traces)
        frame.heading = trace.name.isEmpty ? "Trace without a name" : .name(trace.name)
        frame.lead =
            "Trace <code>\(trace.id)</code>, \(time.element(microseconds: trace.start))\(Self.open(trace.isOpen))"
        let rows = TraceRows(tree)
        frame.body = Template.trace.filled([
            "tiles": .markup(tiles(trace.bill, trace.repriced, trace.end - trace.start, trace.dimensions)),
            "json": "/api/v1\(PageAddress.path(ofTrace: trace.id))",
            "message": .text(tree.isTruncated ? "Some calls of this trace are not shown, or may not be kept." : ""),
            "caption": .markup(caption(trace)), "rows": .parts(self.rows(rows, trace)),
        ])
        return CostPages.Reply(status: 200, html: frame.html)
    }

    static func open(_ isOpen: Bool) -> Markup { isOpen ? "; calls may still be added" : "" }

    /// Refuses all parameters.
    func refuseParameters(_ query: String?) throws(AnswerFailure) {
        do { _ = try QuestionParameters(query: query, known: ["tz"]) } catch { throw .question(error) }
    }

    private func caption(_ trace: TraceView) -> Markup {
        let drops = trace.drops
        let spans = drops == 1 ? "one span is" : "\(PageFigures.count(drops)) spans are"
        return drops > 0
            ? "In the order of their start; \(spans) shown and not counted"
            : "In the order of their start, below the calls that made them"
    }

    /// What a trace or session comes to.
    func tiles(
        _ bill: Bill, _ repriced: Dollars?, _ duration: Int64, _ dimensions: [(name: String, value: String)]
    ) -> Markup {
        let all = bill.tokens.reduce(0, Totals.sum)
        let output = Totals.sum(bill.tokens[1], bill.tokens[4])
        // Tokens that were written to the cache were sent, too.
        let input = [bill.tokens[0], bill.tokens[2], bill.tokens[3]].reduce(0, Totals.sum)
        let cached = PageFigures.percent(Int128(bill.tokens[2]), of: Int128(input))
        var notes: [Markup] = []
        if bill.unpriced > 0 {
            let calls = bill.unpriced == 1 ? "one that has" : "\(PageFigures.compact(bill.unpriced)) that have"
            notes.append("<span class=\"warning\">without \(calls) no price</span>")
        }
        if let repriced { notes.append(Self.note(repriced: repriced)) }
        var tiles = [
            Self.tile(
                "Cost", bill.shownCost.map { PageFigures.dollars($0) } ?? "unknown",
                .joined(notes, separator: "; "), isWide: true),
            Self.tile(
                "Calls", html: PageFigures.compact(bill.calls), "\(html: PageFigures.compact(bill.failed)) failed",
                isWide: true),
            Self.tile(
                "Tokens", html: PageFigures.compact(all),
                """
                \(html: PageFigures.compact(input)) in, \(html: cached) of it cached; \(html: PageFigures.compact(output)) out
                """, isWide: true),
            Self.tile("Duration", PageFigures.duration(duration), ""),
        ]
        for (name, value) in dimensions.prefix(Self.mostTiles) {
            let linked: Markup =
                link(name, value, .usual).map { "<a href=\"\($0)\">\(Markup.name(value))</a>" } ?? .name(value)
            let words = Self.words(of: name)
            tiles.append(Self.tile(words.prefix(1).uppercased() + words.dropFirst(), html: linked.html, ""))
        }
        return Template.tiles.filled(["tiles": .parts(tiles)])
    }

    private static let mostTiles = 11
    /// Deeper spans are not moved further to the right.
    private static let deepest = 12

    // MARK: Rows

    private func rows(_ rows: TraceRows, _ trace: TraceView) -> [Part] {
        let spans = rows.rows.map(\.span)
        let amounts = AmountColumn(spans.compactMap(\.cost))
        var models: [String] = []
        for span in spans where !models.contains(span.model) { models.append(span.model) }
        let colours = Dictionary(uniqueKeysWithValues: zip(models, ChartColours.classes(for: models)))
        let whole = (spans.map(\.start).min() ?? trace.start)...max(trace.end, spans.map(\.end).max() ?? trace.end)
        return rows.rows.map { row in
            let span = row.span
            let input = span.tokens(of: TokenClass.allCases.filter { $0.group != .output })
            let cached = span.tokens(of: TokenClass.allCases.filter { $0.group == .cacheRead })
            let isDropped = span.fate != nil
            return [
                "anchor": "\(row.anchor)", "isDropped": .flag(isDropped), "depth": "\(min(row.depth, Self.deepest))",
                "level": .text(row.depth > 0 ? "level \(row.depth): " : ""),
                "rowName": .markup(name(span)), "note": .markup(note(span, rows, trace)),
                "cost": .markup(isDropped ? "" : span.cost.map(amounts.html) ?? "unknown"),
                "share": .markup(isDropped ? "" : Bars.share(span.cost ?? .zero, of: trace.bill.known)),
                "input": "\(html: PageFigures.compact(input))",
                "cached": "\(html: input > 0 ? PageFigures.percent(Int128(cached), of: Int128(input)) : "")",
                "output":
                    "\(html: PageFigures.compact(span.tokens(of: TokenClass.allCases.filter { $0.group == .output })))",
                "duration": "\(span.duration.map(PageFigures.duration) ?? "")",
                "when": .markup(
                    Bars.span(
                        min(span.start, span.end)...span.end, in: whole,
                        colour: isDropped ? "dim" : colours[span.model] ?? ChartColours.others)),
            ]
        }
    }

    private func name(_ span: SpanView) -> Markup {
        let model = Markup.name(span.model, orNo: "model named")
        guard span.fate == nil, let link = link("model", span.model, .usual) else {
            return "<span class=\"call\">\(model)</span>"
        }
        return "<a href=\"\(link)\">\(model)</a>"
    }

    /// What is worth knowing of a span: what it is, why it is not counted, or why its cost is not exact.
    private func note(_ span: SpanView, _ rows: TraceRows, _ trace: TraceView) -> Markup {
        let facts = [span.operation, span.provider, span.tier].filter { !$0.isEmpty }.map(Markup.name)
        var notes: [Markup] = facts.isEmpty ? [] : ["<small>\(Markup.joined(facts, separator: " \u{B7} "))</small>"]
        if let fate = span.fate {
            notes.append(
                "<small class=\"warning\">not counted: \(Self.sentence(of: fate))\(favoured(span, rows, trace))</small>"
            )
        } else if span.cost == nil {
            let reason = span.reason.isEmpty ? "it has no price" : "no price: \(Self.words(of: span.reason))"
            notes.append("<small class=\"warning\">\(reason)</small>")
        } else if span.source == "estimated" || span.source == "reported" {
            notes.append("<small>cost \(span.source)</small>")
        }
        if let repriced = span.repriced { notes.append("<small>\(Self.note(repriced: repriced))</small>") }
        if span.hasFailed {
            notes.append(
                "<small class=\"warning\">failed\(span.error.isEmpty ? "" : ": ")\(Markup.name(span.error))</small>")
        }
        return .joined(notes)
    }

    /// The span that is counted instead.
    private func favoured(_ span: SpanView, _ rows: TraceRows, _ trace: TraceView) -> Markup {
        guard let favour = span.favour else { return "" }
        if favour.trace == trace.id {
            guard favour.span != span.id, rows.hasAnchor(favour.span) else { return "" }
            return "; <a href=\"#span-\(favour.span)\">the one that counts</a>"
        }
        guard favour.trace.utf8.count == 32 else { return "" }
        return "; <a href=\"\(PageAddress.path(ofTrace: favour.trace))\">the one that counts, in another trace</a>"
    }

    /// What an outcome means.
    private static func sentence(of fate: String) -> Markup {
        switch fate {
        case "duplicate": "a duplicate, the same span received again"
        case "twin": "a twin, the same call reported by another instrumentation"
        case "unproven": "nothing proves that it is a call of its own"
        case "repeats_children": "it repeats the sum of calls below it"
        case "not_a_model_call": "it is no call of a model"
        default: "\(words(of: fate))"
        }
    }
}
