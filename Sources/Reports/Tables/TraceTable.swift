// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ledger
import Notation
import Pricing

/// What a trace costs, as a tree of its calls and of the spans that are not counted.
extension StoredAnswers {
    /// Writes a trace for people.
    ///
    /// - Parameters:
    ///   - id: 32 hexadecimal digits.
    ///   - query: The query of the URL, which may name a zone.
    /// - Returns: The lines: what the trace comes to, an empty line, the tree, notes.
    /// - Throws: ``AnswerFailure`` for an id that is none, an unknown trace, or rows that cannot be read.
    func traceTable(_ id: String, query: String?) throws(AnswerFailure) -> [ReportText.Line] {
        let calendar = try self.calendar(query)
        let (high, low) = try Self.traceID(id)
        return try reading {
            guard let trace = try self.trace(high: high, low: low) else {
                throw noTrace(id)
            }
            let spans = try self.spans(of: trace, limit: Self.mostListed)
            let writing = SpanWriting(self, calendar)
            let empty = ReportText.Line(text: "", kind: .row)
            return try head(of: trace, writing, calendar) + [empty]
                + tree(of: spans, from: trace.start, writing) + notes(on: trace, spans, calendar)
        }
    }

    private func head(
        of trace: StoredTrace, _ writing: SpanWriting, _ calendar: ZoneCalendar
    ) throws(RowReadingError) -> [ReportText.Line] {
        let (name, bill) = (try texts.text(trace.name), trace.bill)
        let marks = [
            bill.failed > 0 ? "\(bill.failed) failed" : nil,
            bill.unpriced > 0 ? "\(bill.unpriced) without a price" : nil,
        ].compactMap(\.self)
        let sums = [
            ShownFigures.moment(trace.start, calendar), ShownFigures.seconds(trace.end - trace.start) + " s",
            Plural.of(bill.calls, "call") + (marks.isEmpty ? "" : " (\(marks.joined(separator: ", ")))"),
            Plural.of(bill.allTokens, "token"),
            "$ " + ShownFigures.cost(bill.shownCost)
                + (try writing.adjusted(trace).changed(from: bill).map { " (repriced: \($0.description))" } ?? ""),
        ]
        let title = "trace \(trace.text)" + (name.isEmpty ? "" : "  \(ShownText.plain(name))")
        let dimensions = try writing.values(of: trace)
            .map { "\($0.name)=\(ShownText.plain($0.value))" }
        return [ReportText.Line(text: title, kind: .head)]
            + [ReportText.Line(text: sums.joined(separator: "  "), kind: bill.unpriced > 0 ? .unknown : .row)]
            + (dimensions.isEmpty ? [] : [ReportText.Line(text: dimensions.joined(separator: "  "), kind: .row)])
    }

    private func tree(
        of spans: [StoredSpan], from start: Int64, _ writing: SpanWriting
    ) throws(RowReadingError) -> [ReportText.Line] {
        var table = TextTable(
            [.text, .text, .text, .decimal, .decimal, .number, .number, .decimal, .text],
            heads: ["call", "model", "span", "after s", "seconds", "in", "out", "$", ""])
        var kinds = [ReportText.Line.Kind.head]
        for place in SpanTree(Array(spans.prefix(Self.mostListed))).places {
            let span = place.span
            let kind = try writing.kind(span.kind)
            table.add(
                place.branch + ShownFigures.text(kind.line.operation), ShownFigures.text(kind.line.model),
                HexID.span(span.span), ShownFigures.seconds(span.start - start), ShownFigures.seconds(span.duration),
                String(span.inputTokens), String(span.allTokens - span.inputTokens),
                span.fate == 0 ? ShownFigures.cost(span.cost) : "", try Self.remark(span, kind, writing))
            kinds.append(span.fate == 0 && span.cost == nil ? .unknown : .row)
        }
        return zip(table.lines, kinds).map { ReportText.Line(text: $0, kind: $1) }
    }

    /// Why a span is not counted, or what is special about its cost.
    private static func remark(
        _ span: StoredSpan, _ kind: StoredFacts.Kind, _ writing: SpanWriting
    ) throws(RowReadingError) -> String {
        if let fate = span.fateName {
            var favour = ""
            if let counted = span.favour {
                let isElsewhere = counted.trace != span.trace
                favour = HexID.span(counted.span) + (isElsewhere ? " of trace \(try writing.trace(counted.trace))" : "")
            }
            switch fate {
            case "duplicate": return "not counted: sent again"
            case "twin": return "not counted: twin of \(favour.isEmpty ? "another span" : favour)"
            case "repeats_children":
                return "not counted: repeats the calls below it\(favour.isEmpty ? "" : ", such as \(favour)")"
            default: return "not counted: \(fate.replacing("_", with: " "))"
            }
        }
        var remarks: [String] = []
        if kind.flags.contains(.failed) {
            remarks.append("failed" + (kind.error.isEmpty ? "" : ": \(ShownText.plain(kind.error))"))
        }
        switch kind.line.source {
        case .unpriced: remarks.append("no price: \(kind.reason.isEmpty ? "unknown" : kind.reason)")
        case .estimated: remarks.append("estimate")
        case .reported: remarks.append("reported cost")
        case .computed, .nothing, .machine: break
        }
        if let adjusted = try writing.adjustedCost(of: span), adjusted != span.cost {
            remarks.append("repriced: \(adjusted.description)")
        }
        return remarks.joined(separator: "; ")
    }

    private func notes(
        on trace: StoredTrace, _ spans: [StoredSpan], _ calendar: ZoneCalendar
    ) throws(RowReadingError) -> [ReportText.Line] {
        var notes: [ReportText.Line] = []
        func note(_ text: String) { notes.append(ReportText.Line(text: text, kind: .note)) }
        note("times are those of \(calendar.zone.name); spans that are no calls are not kept")
        if spans.count > Self.mostListed {
            note("there are more spans than these \(Self.mostListed)")
        } else if try isTruncated(trace, spans) {
            note("some calls of the trace may not be kept")
        }
        if trace.end >= settled * 60_000_000 { notes.append(ShownFigures.provisional) }
        return notes
    }
}

extension StoredSpan {
    /// The tokens of the input classes.
    var inputTokens: Int64 { zip(TokenClass.allCases, tokens).filter { $0.0.isInputSide }.map(\.1).saturatedSum }
}
