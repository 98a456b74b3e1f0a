// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ledger
import Notation
import Pricing
import Synchronization

/// All calls of a period as lines, some thousand at a time, so that memory does not depend on the period.
///
/// Each piece is read from a state of the rows of its own: no long reading keeps the database from being tidied up. Calls that
/// are stored meanwhile with a time that was passed already are left out.
final class CallExport: ExportPieces {
    /// The form of the lines.
    enum Form: String, CaseIterable {
        case csv, jsonl
    }

    private struct Place {
        /// The smallest id that is not written yet.
        var next: Int64
        var isBegun = false
    }

    private let desk: QuestionDesk
    private let calendar: ZoneCalendar
    private let form: Form
    private let begin: Int64
    private let end: Int64
    private let dimensions: [String]
    private let place: Mutex<Place>

    /// Not a setting: some 2 MB of text.
    private static let linesOfPiece: Int64 = 2_000
    static let names = Period.names + ["format"]

    init(_ desk: QuestionDesk, query: String?, answers: StoredAnswers) throws(AnswerFailure) {
        let period: Period
        do throws(QuestionError) {
            let parameters = try QuestionParameters(query: query, known: Self.names)
            period = try Period(parameters, now: answers.now, zone: answers.configuration.zone)
            let text = try parameters.text("format") ?? "csv"
            guard let form = Form(rawValue: text) else {
                let names = Exports.forms.joined(separator: ", ")
                throw QuestionError("format", "\(QuestionError.quoted(text)) is none of \(names)", example: "csv")
            }
            self.form = form
        } catch { throw .question(error) }
        try answers.reading { try answers.checkCalls(period) }
        self.desk = desk
        calendar = period.calendar
        begin = StoredTime.id(ofMinute: period.minutes.lowerBound)
        end = StoredTime.id(ofMinute: period.minutes.upperBound)
        dimensions = answers.dimensions.entries.map(\.name)
        place = Mutex(Place(next: begin))
    }

    var contentType: String {
        switch form {
        case .csv: "text/csv; charset=utf-8"
        case .jsonl: "application/jsonl"
        }
    }

    var fileName: String { "calls." + form.rawValue }

    var progress: (done: Int, all: Int) { (Int(place.withLock { $0.next } - begin), Int(end - begin)) }

    func next() throws(AnswerFailure) -> [UInt8]? {
        let (first, isBegun) = place.withLock { ($0.next, $0.isBegun) }
        guard first < end else { return isBegun ? nil : head() }
        let piece = try desk.ask { answers throws(AnswerFailure) in
            try answers.reading { try self.piece(answers, from: first) }
        }
        place.withLock { $0 = Place(next: piece.next, isBegun: true) }
        let lines = piece.lines.map { $0 + "\n" }.joined()
        let text = (isBegun || form == .jsonl ? "" : headLine + "\n") + lines
        // A piece without bytes would end the transfer.
        return text.isEmpty ? nil : Array(text.utf8)
    }

    private func head() -> [UInt8]? {
        place.withLock { $0.isBegun = true }
        return form == .csv ? Array((headLine + "\n").utf8) : nil
    }

    private func piece(_ answers: StoredAnswers, from first: Int64) throws -> (lines: [String], next: Int64) {
        var spans: [StoredSpan] = []
        let statement = try answers.session.statement(SingleStatements.calls).bind(first, end, Self.linesOfPiece)
        while try statement.next() { spans.append(StoredSpan(statement, isDrop: false)) }
        let writing = SpanWriting(answers, calendar)
        let lines = try spans.map { span in
            switch form {
            case .jsonl: try writing.line(span).text
            case .csv: try writing.cells(span, dimensions: dimensions).text
            }
        }
        guard let last = spans.last, Int64(spans.count) == Self.linesOfPiece else { return (lines, end) }
        return (lines, last.id + 1)
    }

    private var headLine: String {
        var line = CSVLine()
        for name in SpanWriting.columns + dimensions.map({ SpanWriting.columns.contains($0) ? "label:" + $0 : $0 }) {
            line.add(text: name)
        }
        return line.text
    }
}

extension SpanWriting {
    /// The heads of the columns before those of dimensions.
    static let columns: [String] = {
        var names = ["trace", "span", "parent", "start", "end", "duration", "time_to_first_token"]
        names += ["outcome", "reason", "cost", "adjusted_cost", "reported_cost"]
        names += facts.map(\.rawValue) + ["failed", "streamed"]
        names += TokenClass.allCases.map(\.name)
        names += BilledUnits.Unit.allCases.map(\.name)
        return names
    }()

    /// A call as cells of a spreadsheet, none of which is a formula.
    func cells(_ span: StoredSpan, dimensions: [String]) throws(RowReadingError) -> CSVLine {
        let kind = try self.kind(span.kind)
        var line = CSVLine()
        line.add(number: try trace(span.trace))
        line.add(number: HexID.span(span.span))
        line.add(number: span.parent == 0 ? nil : HexID.span(span.parent))
        line.add(number: calendarText(span.start))
        line.add(number: calendarText(span.end))
        line.add(number: span.duration.map(Figures.seconds))
        line.add(number: span.first.map(Figures.seconds))
        line.add(text: kind.line.source.name)
        line.add(text: kind.reason)
        line.add(number: span.cost?.description)
        line.add(number: try adjustedCost(of: span)?.description)
        line.add(number: span.reported?.description)
        for fact in Self.facts { line.add(text: kind.value(fact)) }
        line.add(number: kind.flags.contains(.failed) ? "1" : "0")
        line.add(number: kind.flags.contains(.streamed) ? "1" : "0")
        for count in span.tokens { line.add(number: String(count)) }
        for unit in BilledUnits.Unit.allCases { line.add(number: String(span.units[unit])) }
        let values = try self.values(ofSet: span.set, session: span.session)
        for name in dimensions { line.add(text: values.first { $0.name == name }?.value ?? "") }
        return line
    }
}
