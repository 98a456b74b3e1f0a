// SPDX-License-Identifier: Apache-2.0
import Ledger
import Notation
import Pricing

extension StoredAnswers {
    /// Not a setting: the largest number of spans or traces that an answer lists.
    static let mostListed = 10_000

    /// What a trace costs, with its calls and the spans that were dropped.
    ///
    /// - Parameters:
    ///   - id: 32 hexadecimal digits.
    ///   - query: The query of the URL, which may name a zone.
    /// - Returns: A JSON object.
    /// - Throws: ``AnswerFailure`` for an id that is none, an unknown trace, or rows that cannot be read.
    package func trace(_ id: String, query: String?) throws(AnswerFailure) -> String {
        let calendar = try self.calendar(query)
        let (high, low) = try Self.traceID(id)
        return try reading {
            guard let trace = try self.trace(high: high, low: low) else {
                throw noTrace(id)
            }
            let writing = SpanWriting(self, calendar)
            let spans = try self.spans(of: trace, limit: Self.mostListed)
            var line = try traceLine(trace, writing, calendar)
            line.add("truncated", try isTruncated(trace, spans))
            line.add("spans", try spans.prefix(Self.mostListed).map(writing.line))
            return line.text
        }
    }

    /// What a span costs.
    ///
    /// - Parameters:
    ///   - id: The id of its trace, 32 hexadecimal digits.
    ///   - span: 16 hexadecimal digits.
    ///   - query: The query of the URL, which may name a zone.
    /// - Returns: A JSON object.
    /// - Throws: ``AnswerFailure`` as for a trace, and for a span that is no call.
    package func span(_ id: String, _ span: String, query: String?) throws(AnswerFailure) -> String {
        let calendar = try self.calendar(query)
        let (high, low) = try Self.traceID(id)
        guard let number = HexID.number(span[...]) else {
            throw .question(
                QuestionError(
                    "span", "\(QuestionError.quoted(span)) is not 16 hexadecimal digits", example: "00f067aa0ba902b7"))
        }
        return try reading {
            guard let trace = try self.trace(high: high, low: low) else {
                throw noTrace(id)
            }
            let found = try spans(of: trace, limit: Self.mostListed).filter { $0.span == number }
            // A span may be there twice: counted, and dropped when it was sent again.
            guard let best = found.first(where: { $0.fate == 0 }) ?? found.first else {
                throw unknown("the span \(span.lowercased()) is no call of the trace \(id.lowercased())")
            }
            return try SpanWriting(self, calendar).line(best).text
        }
    }

    /// What a session costs, with its traces.
    ///
    /// - Parameters:
    ///   - name: The session, as spans name it.
    ///   - query: The query of the URL, which may name a zone.
    /// - Returns: A JSON object.
    /// - Throws: ``AnswerFailure`` for an unknown session, or rows that cannot be read.
    package func session(_ name: String, query: String?) throws(AnswerFailure) -> String {
        let calendar = try self.calendar(query)
        return try reading {
            guard let id = try texts.number(ofValue: name) else { throw noSession(name) }
            let row = try session.statement(SingleStatements.sessionByID).bind(id)
            guard try row.next() else { throw noSession(name) }
            let (bill, start, end, count) = (Bill(row), row.number(13), row.number(14), row.number(15))
            let (writing, traces) = (SpanWriting(self, calendar), try tracesOfSession(id))
            var line = JSONLine()
            line.add("session", try texts.text(id))
            line.add("start", calendar.text(microseconds: start))
            line.add("end", calendar.text(microseconds: end))
            writeStatus(end, to: &line)
            bill.write(to: &line)
            AdjustedBill.write(try writing.adjusted(bill, ofSession: id, traces), to: &line)
            line.add("traces", count)
            line.add("dimensions", JSONLine(try writing.values(ofSession: id, bill, traces)))
            line.add("truncated", try traces.count >= Self.mostListed || lacksCalls(from: start, to: end))
            line.add("rows", try traces.map { try traceLine($0, writing, calendar) })
            return line.text
        }
    }

    /// Whether some calls or dropped spans of a trace are not listed, or not kept.
    ///
    /// - Parameters:
    ///   - trace: The trace.
    ///   - spans: Those that were found, one more than are listed at most.
    /// - Returns: Whether there are such calls, or may be.
    /// - Throws: ``RowReadingError``.
    func isTruncated(_ trace: StoredTrace, _ spans: [StoredSpan]) throws(RowReadingError) -> Bool {
        let listed = Int64(spans.count { $0.fate == 0 })
        guard spans.count <= Self.mostListed, listed >= trace.bill.calls else { return true }
        return try lacksCalls(from: trace.start, to: trace.end)
    }

    /// Whether single calls of some of the time of a trace or session are no longer kept, or never were; microseconds since 1970.
    func lacksCalls(from start: Int64, to end: Int64) throws(RowReadingError) -> Bool {
        let horizon = try Horizon(session, keepsCalls: configuration.keepsCalls)
        let (first, last) = (start.floorDivided(by: 60_000_000), end.floorDivided(by: 60_000_000))
        return horizon.calls.map { first < $0 } ?? false || horizon.gap(in: first..<max(first, last) + 1) != nil
    }

    /// The traces of a session, up to ``mostListed``.
    func tracesOfSession(_ id: Int64) throws(RowReadingError) -> [StoredTrace] {
        var traces: [StoredTrace] = []
        var indices: [String: Int] = [:]
        let statement = try session.statement(SingleStatements.tracesOfSession).bind(id, Int64(Self.mostListed))
        while try statement.next() {
            let trace = StoredTrace(statement)
            if let known = indices[trace.text] {
                traces[known].add(statement)
            } else {
                indices[trace.text] = traces.count
                traces.append(trace)
            }
        }
        return traces
    }

    /// The members of a trace, without its spans.
    func traceLine(_ trace: StoredTrace, _ writing: SpanWriting, _ calendar: ZoneCalendar) throws(RowReadingError)
        -> JSONLine
    {
        var line = JSONLine()
        line.add("trace", trace.text)
        line.add("name", said: try texts.text(trace.name))
        line.add("start", calendar.text(microseconds: trace.start))
        line.add("end", calendar.text(microseconds: trace.end))
        line.add("duration", decimal: Figures.seconds(trace.end - trace.start))
        writeStatus(trace.end, to: &line)
        trace.bill.write(to: &line)
        AdjustedBill.write(try writing.adjusted(trace), to: &line)
        line.add("dropped_spans", trace.drops)
        line.add("dimensions", JSONLine(try writing.values(of: trace)))
        return line
    }

    private func writeStatus(_ end: Int64, to line: inout JSONLine) {
        let isOpen = end >= settled * 60_000_000
        line.add("status", isOpen ? "open" : "complete")
        line.add("provisional", isOpen)
    }

    /// The zone that a query names.
    func calendar(_ query: String?) throws(AnswerFailure) -> ZoneCalendar {
        do {
            return try ZoneCalendar(QuestionParameters(query: query, known: ["tz"]), fallback: configuration.zone)
        } catch { throw .question(error) }
    }

    /// Reads the id of a trace.
    static func traceID(_ text: String) throws(AnswerFailure) -> (high: Int64, low: Int64) {
        if let id = HexID.trace(text) { return id }
        throw .question(
            QuestionError(
                "trace", "\(QuestionError.quoted(text)) is not 32 hexadecimal digits",
                example: "4bf92f3577b34da6a3ce929d0e0e4736"))
    }

    func noTrace(_ id: String) -> AnswerFailure { unknown("no call of the trace \(id.lowercased()) is kept") }

    func noSession(_ name: String) -> AnswerFailure {
        unknown("no call of the session \(QuestionError.quoted(name)) is kept")
    }

    /// Says that there is no such trace, span or session, and that there may be one soon.
    private func unknown(_ sentence: String) -> AnswerFailure {
        .unknown(
            "\(sentence); a new call is listed \(configuration.settleSeconds) s after it arrives at the latest, one without "
                + "a model \(configuration.longestSettleSeconds) s (billing.settle, or twice that, and 5 s)")
    }

    /// Turns the errors of reading into those of answers.
    func reading<T>(_ body: () throws -> T) throws(AnswerFailure) -> T {
        do { return try body() } catch let error as AnswerFailure { throw error } catch let error as RowReadingError {
            throw .reading(error)
        } catch let error as QuestionError {
            throw .question(error)
        } catch { throw .reading(.failed("\(error)")) }
    }
}
