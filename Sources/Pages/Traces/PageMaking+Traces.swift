// SPDX-License-Identifier: Apache-2.0
import Pricing
import Reports

extension PageMaking {
    /// The page at `/traces`: the traces that cost most, or one by its id.
    func traces(_ query: String?) throws(AnswerFailure) -> CostPages.Reply {
        let (scope, parameters) = try scope(query, more: ["id"])
        if let id = try wantedTrace(parameters) {
            return CostPages.Reply(status: 303, html: "", location: PageAddress.path(ofTrace: id))
        }
        let orders = ["cost", "tokens", "calls", "duration"]
        let found = try dearestTraces(scope, limit: Self.mostTraces)
        var frame = try frame("Traces", .traces)
        frame.lead =
            "A trace belongs to the period in which its first call ended, and comes with everything that it cost."
        frame.body = """
            \(filters(
                scope, "/traces",
                scope.filters.isEmpty ? [("order", "Order by", orders.map { ($0, $0) }, scope.order)] : []))\
            \(Template.finder.filled(["example": "4bf92f3577b34da6a3ce929d0e0e4736"]))\
            \(traceTable(
                found, id: "traces",
                heading: found.count < Self.mostTraces ? "\(found.count) traces" : "The first \(Self.mostTraces) traces",
                caption: scope.filters.isEmpty
                    ? "The largest \(scope.order) first" : "Traces with such calls, those on which they cost most first"))
            """
        return CostPages.Reply(status: 200, html: frame.html)
    }

    /// Not a setting: some hundred kilobytes of HTML.
    private static let mostTraces = 100

    private func wantedTrace(_ parameters: QuestionParameters) throws(AnswerFailure) -> String? {
        do { return try parameters.text("id").map { String($0.drop { $0 == " " }) } } catch { throw .question(error) }
    }

    /// The dearest traces; with conditions, those on whose calls that fulfil them most was spent.
    func dearestTraces(_ scope: PageScope, limit: Int) throws(AnswerFailure) -> [TraceView] {
        guard !scope.filters.isEmpty else {
            let query = scope.question([("by", "trace"), ("order_by", scope.order), ("limit", "\(limit)")])
            return try asking { answers throws(AnswerFailure) in try answers.dearestTraces(query: query) }
        }
        let found = try costs(
            scope.question([
                ("group_by", "trace"), ("measures", "cost"), ("order_by", "-cost"), ("limit", "\(limit)"),
            ]))
        return try answers.traces(found.rows.compactMap(\.names.first))
    }

    /// The dimensions that have a column in tables of traces.
    private var traceColumns: [String] {
        ["user", "session", "agent", "service"].filter { answers.context.dimensions.contains($0) }
    }

    /// Traces as a section with a table.
    ///
    /// - Parameters:
    ///   - traces: The traces in the order of the rows.
    ///   - id: The name of the heading, unique on the page.
    ///   - heading: The heading.
    ///   - more: What is at the right of it.
    ///   - caption: What the order of the rows is.
    ///   - known: Values of dimensions that the page shows elsewhere.
    /// - Returns: HTML.
    func traceTable(
        _ traces: [TraceView], id: String, heading: Markup, more: Markup = "",
        caption: Markup = "The dearest first, by what is known of the cost", known: [String: String] = [:]
    ) -> Markup {
        let amounts = AmountColumn(traces.map(\.bill.known))
        // A column that is empty in every row, or has the known value in every row, says nothing new.
        let columns = traceColumns.filter { name in traces.contains { $0.value(of: name) != known[name, default: ""] } }
        return Template.traces.filled([
            "id": "\(id)", "heading": .markup(heading), "more": .markup(more), "caption": .markup(caption),
            "message": .text(traces.isEmpty ? "No trace of this time is stored." : ""),
            "hasRows": .flag(!traces.isEmpty),
            "columns": .parts(columns.map { ["column": "\($0.prefix(1).uppercased() + $0.dropFirst())"] }),
            "rows": .parts(traces.map { row($0, columns, amounts) }),
        ])
    }

    private func row(_ trace: TraceView, _ columns: [String], _ amounts: AmountColumn) -> Part {
        let bill = trace.bill
        return [
            "rowHref": "\(PageAddress.path(ofTrace: trace.id))",
            "rowName": .markup(trace.name.isEmpty ? "unnamed trace" : .name(trace.name)),
            "short": "\(trace.id.prefix(8))\u{2026}", "note": .markup(Self.note(bill, trace.repriced)),
            "cost": .markup(Self.cost(bill, amounts)), "calls": "\(html: PageFigures.compact(bill.calls))",
            "tokens": "\(html: PageFigures.compact(bill.tokens.reduce(0, Totals.sum)))",
            "duration": "\(PageFigures.duration(trace.end - trace.start))",
            "begin": .markup(time.element(microseconds: trace.start)),
            "cells": .parts(
                columns.map { name in
                    let value = trace.value(of: name)
                    let link = link(name, value, PageScope.usual)
                    return [
                        "cell": .markup(link.map { "<a href=\"\($0)\">\(Markup.name(value))</a>" } ?? .name(value))
                    ]
                }),
        ]
    }

    static func cost(_ bill: Bill, _ amounts: AmountColumn) -> Markup {
        bill.shownCost.map(amounts.html) ?? "unknown"
    }

    /// What a reader should know of a cost.
    private static func note(_ bill: Bill, _ repriced: Dollars?) -> Markup {
        var notes: [Markup] = []
        if bill.unpriced > 0 {
            notes.append("<small class=\"warning\">\(html: PageFigures.compact(bill.unpriced)) without a price</small>")
        }
        if let repriced { notes.append("<small>\(note(repriced: repriced))</small>") }
        if bill.failed > 0 { notes.append("<small>\(html: PageFigures.compact(bill.failed)) failed</small>") }
        return .joined(notes)
    }

    /// Says what the cost is after repricing.
    static func note(repriced: Dollars) -> Markup { "\(PageFigures.dollars(repriced)) after repricing" }
}
