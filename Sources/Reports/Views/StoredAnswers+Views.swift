// SPDX-License-Identifier: Apache-2.0
import Ledger

/// The same answers as over HTTP, as values: for pages.
extension StoredAnswers {
    /// The dearest traces of a period.
    ///
    /// - Parameter query: The query of `/api/v1/top`.
    /// - Returns: The traces; none if the query asks for something else.
    /// - Throws: ``AnswerFailure`` when the question is wrong, or the rows cannot be read.
    package func dearestTraces(query: String) throws(AnswerFailure) -> [TraceView] {
        let answer = try topAnswer(query: query)
        guard case .traces(let traces) = answer.rows else { return [] }
        return try reading {
            let writing = SpanWriting(self, answer.period.calendar)
            return try traces.map { try TraceView($0, writing) }
        }
    }

    /// Traces by their ids.
    ///
    /// - Parameter ids: Each 32 hexadecimal digits.
    /// - Returns: The traces in that order, without those of which nothing is kept.
    /// - Throws: ``AnswerFailure`` for an id that is none, or rows that cannot be read.
    package func traces(_ ids: [String]) throws(AnswerFailure) -> [TraceView] {
        let writing = SpanWriting(self, ZoneCalendar(configuration.zone))
        var traces: [TraceView] = []
        for id in ids {
            let (high, low) = try Self.traceID(id)
            let view: TraceView? = try reading {
                try trace(high: high, low: low).map { try TraceView($0, writing) }
            }
            if let view { traces.append(view) }
        }
        return traces
    }

    /// A trace with its calls and the spans that were dropped.
    ///
    /// - Parameter id: 32 hexadecimal digits.
    /// - Returns: The trace.
    /// - Throws: ``AnswerFailure`` for an id that is none, an unknown trace, or rows that cannot be read.
    package func tree(of id: String) throws(AnswerFailure) -> TraceTree {
        let (high, low) = try Self.traceID(id)
        return try reading {
            guard let trace = try self.trace(high: high, low: low) else {
                throw noTrace(id)
            }
            let writing = SpanWriting(self, ZoneCalendar(configuration.zone))
            let spans = try self.spans(of: trace, limit: Self.mostListed)
            return TraceTree(
                trace: try TraceView(trace, writing),
                places: try SpanTree(Array(spans.prefix(Self.mostListed))).places.map {
                    (try SpanView($0.span, writing), $0.depth)
                },
                isTruncated: try isTruncated(trace, spans))
        }
    }

    /// A session with its traces.
    ///
    /// - Parameter name: The session, as spans name it.
    /// - Returns: The session.
    /// - Throws: ``AnswerFailure`` for an unknown session, or rows that cannot be read.
    package func view(ofSession name: String) throws(AnswerFailure) -> SessionView {
        try reading {
            guard let id = try texts.number(ofValue: name) else { throw noSession(name) }
            let row = try session.statement(SingleStatements.sessionByID).bind(id)
            guard try row.next() else { throw noSession(name) }
            let (bill, start, end, count) = (Bill(row), row.number(13), row.number(14), row.number(15))
            let writing = SpanWriting(self, ZoneCalendar(configuration.zone))
            let traces = try tracesOfSession(id)
            return SessionView(
                name: try texts.text(id), start: start, end: end, isOpen: end >= settled * 60_000_000, bill: bill,
                repriced: try writing.adjusted(bill, ofSession: id, traces)?.changed(from: bill), traceCount: count,
                dimensions: try writing.values(ofSession: id, bill, traces),
                traces: try traces.map { try TraceView($0, writing) },
                isTruncated: traces.count >= Self.mostListed, lacksCalls: try lacksCalls(from: start, to: end))
        }
    }

    /// The models of stored calls, with the providers that were called for them.
    ///
    /// - Returns: The pairs in the order of the names.
    /// - Throws: ``AnswerFailure`` if the rows cannot be read.
    package func models() throws(AnswerFailure) -> [(name: String, provider: String)] {
        let pairs = try reading {
            let lines = try StoredFacts(session, texts, withKinds: false).lines.values
            return Set(lines.map { [ExactText($0.model), ExactText($0.provider)] })
        }
        return pairs.sorted { $0.lexicographicallyPrecedes($1) }.map { ($0[0].text, $0[1].text) }
    }

    /// The end of the latest call that is stored, in minutes since 1970.
    ///
    /// - Returns: The minute; `nil` if nothing is stored.
    /// - Throws: ``AnswerFailure`` if the rows cannot be read.
    package func latestMinute() throws(AnswerFailure) -> Int64? {
        try reading {
            let calls = try session.statement(Statements.lastCall)
            if try calls.next(), let id = calls.numberIfAny(0) { return StoredTime.minute(ofID: id) }
            let quarters = try session.statement(Statements.lastQuarter)
            return try quarters.next() ? quarters.numberIfAny(0).map { StoredTime.minute(ofQuarter: $0) } : nil
        }
    }

    /// The zone of days that no question names, and the time now, in seconds since 1970.
    package var clock: (calendar: ZoneCalendar, now: Int64) { (ZoneCalendar(configuration.zone), now) }
}
