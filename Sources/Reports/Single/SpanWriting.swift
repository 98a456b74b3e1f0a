// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ledger
import Notation
import Pricing

/// Writes calls and dropped spans as JSON, and remembers what many of them share.
final class SpanWriting {
    let answers: StoredAnswers
    private let calendar: ZoneCalendar
    private var kinds: [Int64: StoredFacts.Kind] = [:]
    private var cards: [Int64: (id: String, book: String)] = [:]
    private var sets: [Int64: [(id: Int64, name: String, value: String)]] = [:]
    private var traces: [Int64: String] = [:]
    private var repriced: Bool?

    /// Bounds memory while a long period is exported.
    private static let mostRemembered = 50_000

    init(_ answers: StoredAnswers, _ calendar: ZoneCalendar) { (self.answers, self.calendar) = (answers, calendar) }

    /// The facts that each call and dropped span has, in the order of their members.
    static let facts: [GroupKey.Fact] = [
        .model, .provider, .operation, .answeredModel, .requestedModel, .tier, .region, .server, .dialect, .error,
    ]

    /// A call or dropped span with everything that is kept of it.
    func line(_ span: StoredSpan) throws(RowReadingError) -> JSONLine {
        let kind = try self.kind(span.kind)
        var line = JSONLine()
        line.add("trace", try trace(span.trace))
        line.add("span", HexID.span(span.span))
        line.add("parent", span.parent == 0 ? nil : HexID.span(span.parent))
        line.add("start", calendar.text(microseconds: span.start))
        line.add("end", calendar.text(microseconds: span.end))
        line.add("duration", decimal: span.duration.map(Figures.seconds))
        line.add("time_to_first_token", decimal: span.first.map(Figures.seconds))
        line.add("outcome", span.fateName ?? kind.line.source.name)
        if let favour = span.favour {
            line.add(
                "counted_instead", JSONLine([("trace", try trace(favour.trace)), ("span", HexID.span(favour.span))]))
        }
        if span.fate == 0 { try writeMoney(span, kind, to: &line) }
        writeFacts(kind, to: &line)
        writeTokens(span, to: &line)
        line.add("dimensions", try dimensions(ofSet: span.set, session: span.session))
        return line
    }

    private func writeMoney(
        _ span: StoredSpan, _ kind: StoredFacts.Kind, to line: inout JSONLine
    ) throws(RowReadingError) {
        line.add("cost", span.cost?.description)
        let adjusted = try adjustedCost(of: span)
        line.add(Measure.adjustedCost.name, adjusted?.description)
        line.add(Figures.knownName, (span.cost ?? .zero).description)
        line.add(Figures.knownAdjustedName, (adjusted ?? .zero).description)
        if span.cost == nil { line.add("reason", kind.reason.isEmpty ? "the call has no price" : kind.reason) }
        line.add("total_estimated_cost", decimal: span.cost?.description)
        if let reported = span.reported { line.add("reported_cost", reported.description) }
        if kind.card != 0 {
            let card = try self.card(kind.card)
            var price = JSONLine()
            price.add("model", said: card.id)
            price.add("book", said: card.book)
            line.add("price", price)
        }
    }

    private func writeFacts(_ kind: StoredFacts.Kind, to line: inout JSONLine) {
        for fact in Self.facts { line.add(fact.rawValue, said: kind.value(fact)) }
        line.add("failed", kind.flags.contains(.failed))
        line.add("streamed", kind.flags.contains(.streamed))
    }

    private func writeTokens(_ span: StoredSpan, to line: inout JSONLine) {
        var tokens = JSONLine()
        for (tokenClass, count) in zip(TokenClass.allCases, span.tokens) where count != 0 {
            tokens.add(tokenClass.name, count)
        }
        line.add("tokens", tokens)
        var units = JSONLine()
        for unit in span.units.units { units.add(unit.name, span.units[unit]) }
        line.add("units", units)
    }

    /// Whether any call was priced again.
    func hasAdjustments() throws(RowReadingError) -> Bool {
        if let repriced { return repriced }
        let found = try answers.session.statement(SingleStatements.anyAdjustment).next()
        repriced = found
        return found
    }

    /// A time, in microseconds since 1970, as RFC 3339 writes it.
    func calendarText(_ microseconds: Int64) -> String { calendar.text(microseconds: microseconds) }

    /// The dimensions of a set and a session, as an object.
    func dimensions(ofSet set: Int64, session: Int64) throws(RowReadingError) -> JSONLine {
        JSONLine(try values(ofSet: set, session: session).map { ($0.name, $0.value) })
    }

    /// The names and values of a set and a session, in the order of the dimensions.
    func values(ofSet set: Int64, session: Int64) throws(RowReadingError) -> [(name: String, value: String)] {
        var values = try self.values(ofSet: set)
        if session != 0, let entry = answers.dimensions.entry(RowDimension.session) {
            let place = values.firstIndex { $0.id > entry.id } ?? values.count
            values.insert((entry.id, entry.name, try answers.texts.text(session)), at: place)
        }
        return values.map { ($0.name, $0.value) }
    }

    /// The dimensions and values of a set, without the session.
    func values(ofSet set: Int64) throws(RowReadingError) -> [(id: Int64, name: String, value: String)] {
        guard set != 0 else { return [] }
        if let known = sets[set] { return known }
        var numbers: [(Int64, Int64)] = []
        let statement = try answers.session.statement(Statements.set).bind(set)
        while try statement.next() { numbers.append((statement.number(0), statement.number(1))) }
        var values: [(id: Int64, name: String, value: String)] = []
        for (dimension, value) in numbers {
            guard let entry = answers.dimensions.entries.first(where: { $0.id == dimension }) else { continue }
            values.append((entry.id, entry.name, try answers.texts.text(value)))
        }
        if sets.count >= Self.mostRemembered { sets.removeAll() }
        sets[set] = values
        return values
    }

    /// What a kind says of its calls.
    func kind(_ id: Int64) throws(RowReadingError) -> StoredFacts.Kind {
        if let known = kinds[id] { return known }
        let statement = try answers.session.statement(SingleStatements.kind).bind(id)
        guard try statement.next() else { return StoredFacts.Kind() }
        let numbers = (1...12).map { statement.number(Int32($0)) }
        var line = StoredFacts.Line()
        let stored = try answers.session.statement(SingleStatements.line).bind(numbers[0])
        if try stored.next() {
            let own = (1...4).map { stored.number(Int32($0)) }
            line.model = try answers.texts.text(own[0])
            line.provider = try answers.texts.text(own[1])
            line.operation = try answers.texts.text(own[2])
            line.source = LineSource(rawValue: own[3]) ?? .nothing
        }
        let kind = try StoredFacts.Kind(numbers, line, answers.texts)
        if kinds.count >= Self.mostRemembered { kinds.removeAll() }
        kinds[id] = kind
        return kind
    }

    private func card(_ id: Int64) throws(RowReadingError) -> (id: String, book: String) {
        if let known = cards[id] { return known }
        let statement = try answers.session.statement(SingleStatements.card).bind(id)
        guard try statement.next() else { return ("", "") }
        let (model, book) = (statement.number(0), statement.number(2))
        let card = (id: try answers.texts.text(model), book: try answers.texts.text(book))
        if cards.count >= Self.mostRemembered { cards.removeAll() }
        cards[id] = card
        return card
    }

    /// The trace id of a row, in hexadecimal digits.
    func trace(_ row: Int64) throws(RowReadingError) -> String {
        if let known = traces[row] { return known }
        let statement = try answers.session.statement(Statements.traceID).bind(row)
        let text = try statement.next() ? HexID.trace(high: statement.number(0), low: statement.number(1)) : ""
        if traces.count >= Self.mostRemembered { traces.removeAll() }
        traces[row] = text
        return text
    }
}

extension ZoneCalendar {
    /// A time as RFC 3339 writes it, to the microsecond.
    ///
    /// - Parameter microseconds: Microseconds since 1970.
    /// - Returns: The time.
    func text(microseconds: Int64) -> String {
        let minute = microseconds.floorDivided(by: 60_000_000)
        let rest = microseconds.modulo(60_000_000)
        let whole = text(minute)
        let offset = offsetText(minute)
        let head = whole.dropLast(offset.utf8.count + 2)
        let fraction = rest % 1_000_000
        return head + Timestamp.padded(Int(rest / 1_000_000), 2)
            + (fraction == 0 ? "" : "." + Timestamp.padded(Int(fraction), 6)) + offset
    }
}
