// SPDX-License-Identifier: Apache-2.0
import Ledger

/// Reads the rows of a plan and adds them up by group.
struct GroupScan {
    private let question: CostQuestion
    private let session: RowSession
    private let texts: StoredTexts
    private let traces: StoredTraces
    private let table: StoredDimensions
    private let facts: StoredFacts
    private let dimensions: [String]
    private let columns: [SumColumn]
    /// The begins of the rows' periods.
    let begins: [Int64]
    private(set) var groups: GroupTable
    private(set) var samples: SampleTable
    private var factSets = Combinations<ExactText>()
    private var valueSets = Combinations<Int64>()
    /// The number of the facts of a line or kind; -1 if the filter refuses it.
    private var factsOfLine: [Int64: Int32] = [:]
    private var factsOfKind: [Int64: Int32] = [:]
    /// The number of the values of a set of values; -1 if the filter refuses it.
    private var valuesOfSet: [Int64: Int64] = [:]
    /// Whether the filter accepts a value of the only dimension.
    private var accepted: [Int64: Bool] = [:]
    private let factKeys: [GroupKey.Fact]
    /// The indices in ``dimensions`` of those that are grouped by.
    private let grouped: [Int]
    private let factClauses: [(fact: GroupKey.Fact, clause: QuestionFilter.Clause)]
    private let valueClauses: [(index: Int, clause: QuestionFilter.Clause)]
    private let groupsByTrace: Bool
    /// The measures that follow from the kind of a call, such as whether it failed.
    private let kindColumns: [(column: Int, adds: @Sendable (StoredFacts.Kind) -> Bool)]

    init(
        _ question: CostQuestion, _ plan: CostPlan, columns: [SumColumn], begins: [Int64], _ session: RowSession,
        _ texts: StoredTexts, _ table: StoredDimensions
    ) throws(RowReadingError) {
        (self.question, self.session, self.texts, self.table) = (question, session, texts, table)
        (self.columns, self.begins, dimensions) = (columns, begins, plan.dimensions)
        traces = StoredTraces(session)
        facts = try StoredFacts(session, texts, withKinds: plan.needsKinds)
        groups = GroupTable(width: columns.count)
        samples = SampleTable(question.samples)
        factKeys = question.keys.compactMap(\.fact).filter { $0 != .trace }
        groupsByTrace = question.keys.contains(.fact(.trace))
        let dimensions = plan.dimensions
        grouped = question.keys.compactMap(\.dimension).compactMap { dimensions.firstIndex(of: $0) }
        factClauses = question.filter.clauses.compactMap { clause in clause.key.fact.map { ($0, clause) } }
        valueClauses = question.filter.clauses.compactMap { clause in
            clause.key.dimension.flatMap { dimensions.firstIndex(of: $0) }.map { ($0, clause) }
        }
        kindColumns = columns.enumerated().compactMap { index, column in
            switch column {
            case .failed: (index, { $0.flags.contains(.failed) })
            case .failedWithoutUsage: (index, { $0.hasFailedWithoutUsage })
            case .streamed: (index, { $0.flags.contains(.streamed) })
            case .estimated: (index, { $0.line.source == .estimated })
            default: nil
            }
        }
        table.want(dimensions)
        for (id, line) in facts.lines { factsOfLine[id] = number(of: { line.value($0) }) }
        for (id, kind) in facts.kinds { factsOfKind[id] = number(of: { kind.value($0) }) }
    }

    /// Reads one part of a plan.
    ///
    /// - Throws: ``AnswerFailure`` when there are too many groups, or the rows cannot be read.
    mutating func read(_ part: CostPlan.Part) throws(AnswerFailure) {
        do {
            switch part {
            case .rollups(let dimension, let quarters): try readRollups(dimension, quarters)
            case .machines(let dimension, let quarters): try readRollups(dimension, quarters, onlyMachines: true)
            case .calls(let minutes): try readCalls(minutes, Statements.calls(columns, question.samples))
            case .adjustments(let minutes): try readCalls(minutes, Statements.adjustments(columns), areCounted: true)
            }
        } catch let error as RowReadingError {
            throw .reading(error)
        } catch let error as QuestionError {
            throw .question(error)
        } catch {
            throw .reading(.failed("\(error)"))
        }
    }

    /// The values of a group's keys, in the order of the question.
    func names(of key: GroupTable.Key) throws(RowReadingError) -> [String] {
        var ofFacts = factSets.all[Int(key.facts)][...]
        var ofValues = try values(key.values)[...]
        var names: [String] = []
        for groupKey in question.keys {
            switch groupKey {
            case .fact(.trace): names.append(traces.text(key.trace))
            case .fact: names.append(ofFacts.popFirst()?.text ?? "")
            case .dimension: names.append(ofValues.popFirst() ?? "")
            }
        }
        return names
    }

    // MARK: Roll-ups

    /// Reads the roll-ups of a dimension; what those of all calls have more is that of calls without a value.
    private mutating func readRollups(
        _ dimension: Int64, _ quarters: Range<Int64>, onlyMachines: Bool = false
    ) throws {
        let factsOfLine = FactsOfLines(
            factsOfLine.filter { !onlyMachines || facts.lines[$0.key]?.source == .machine })
        guard dimension != RowDimension.all, try accepts(0) else {
            return try addRollups(dimension, quarters, factsOfLine, columns) { _, _ in }
        }
        var remainder = RollupRemainder(columns, factsOfLine, facts.lines)
        try addRollups(dimension, quarters, factsOfLine, remainder.columns) { remainder.subtract($0, period: $1) }
        var rows = try RollupScan(session, remainder.columns, RowDimension.all, quarters)
        while try rows.next() { remainder.add(rows, period: period(ofQuarter: rows.quarter)) }
        let none = valuesNumber(0, of: place(of: dimension))
        try remainder.forEach { key, numbers in
            let group = try group(of: GroupTable.Key(period: key.period, facts: key.facts, values: none))
            for (column, number) in numbers.enumerated() { groups.add(number, to: column, of: group) }
        }
    }

    /// Adds up roll-ups.
    ///
    /// - Parameters:
    ///   - dimension: Their dimension.
    ///   - quarters: Their quarters of an hour.
    ///   - factsOfLine: The lines that count.
    ///   - read: The columns to read, first those of the question.
    ///   - visit: Gets what was read, some sums of one quarter at a time, and their period.
    /// - Throws: ``RowReadingError``, or ``QuestionError`` for too many groups.
    private mutating func addRollups(
        _ dimension: Int64, _ quarters: Range<Int64>, _ factsOfLine: FactsOfLines, _ read: [SumColumn],
        _ visit: (RollupScan, Int32) -> Void
    ) throws {
        let hasValues = !grouped.isEmpty && dimension != RowDimension.all
        let place = place(of: dimension)
        let failedWithoutUsage = columns.firstIndex(of: .failedWithoutUsage)
        let linesOfNothing = FactsOfLines(self.factsOfLine.filter { facts.lines[$0.key]?.source == .nothing })
        var rows = try RollupScan(session, read, dimension, quarters)
        var groupsOfRows: [Int32] = []
        while try rows.next() {
            let period = period(ofQuarter: rows.quarter)
            visit(rows, period)
            var key = GroupTable.Key(period: period, facts: -1, values: 0)
            var (latest, isAccepted): (Int64?, Bool) = (nil, true)
            groupsOfRows.removeAll(keepingCapacity: true)
            for row in rows.lines.indices {
                key.facts = factsOfLine[rows.lines[row]]
                guard key.facts >= 0 else {
                    groupsOfRows.append(-1)
                    continue
                }
                let value = dimension == RowDimension.all ? 0 : rows.values[row]
                // The rows of a value follow one another.
                if value != latest {
                    latest = value
                    isAccepted = try accepts(value)
                    if isAccepted { key.values = valuesNumber(hasValues ? value : 0, of: place) }
                }
                groupsOfRows.append(isAccepted ? Int32(truncatingIfNeeded: try group(of: key)) : -1)
            }
            for column in columns.indices where column != failedWithoutUsage {
                groups.add(rows.sums[column], to: column, of: groupsOfRows)
            }
            guard let failedWithoutUsage else { continue }
            for (row, line) in rows.lines.enumerated() where linesOfNothing[line] < 0 { groupsOfRows[row] = -1 }
            groups.add(rows.sums[failedWithoutUsage], to: failedWithoutUsage, of: groupsOfRows)
        }
    }

    /// The index in ``dimensions`` of a dimension.
    private func place(of dimension: Int64) -> Int? { dimensions.firstIndex { table.entry($0)?.id == dimension } }

    /// The index of the period that contains a quarter of an hour.
    private func period(ofQuarter quarter: Int64) -> Int32 {
        Int32(truncatingIfNeeded: period(of: StoredTime.minute(ofQuarter: quarter)).index)
    }

    /// The number of the values when there is at most one dimension: the number of its text.
    ///
    /// Otherwise that of a combination, which has the value of the dimension at an index of ``dimensions``.
    private mutating func valuesNumber(_ value: Int64, of place: Int?) -> Int64 {
        dimensions.count < 2 ? value : Int64(valueSets.number(of: grouped.map { $0 == place ? value : 0 }))
    }

    /// The index of the period that contains a minute, and the first quarter behind the period.
    private func period(of minute: Int64) -> (index: Int, end: Int64) {
        var range = 0..<begins.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            range = begins[middle] <= minute ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        let index = max(0, range.lowerBound - 1)
        return (index, index + 1 < begins.count ? StoredTime.quarter(from: begins[index + 1]) : .max)
    }

    private mutating func accepts(_ value: Int64) throws -> Bool {
        guard !valueClauses.isEmpty else { return true }
        if let known = accepted[value] { return known }
        let text = try texts.text(value)
        let result = valueClauses.allSatisfy { $0.clause.accepts(text) }
        if accepted.count >= Self.mostSets { accepted.removeAll() }
        accepted[value] = result
        return result
    }

    // MARK: Calls

    /// Reads calls, or with `areCounted` what is to be added to the sums of calls that are in them already.
    private mutating func readCalls(_ minutes: Range<Int64>, _ sql: String, areCounted: Bool = false) throws {
        let statement = try session.statement(sql)
            .bind(StoredTime.id(ofMinute: minutes.lowerBound), StoredTime.id(ofMinute: minutes.upperBound))
        var period = 0
        var end = Int64.min
        while try statement.next() {
            let (id, kind, set) = (statement.number(0), statement.number(1), statement.number(2))
            guard let combination = factsOfKind[kind], combination >= 0 else { continue }
            let values = dimensions.isEmpty ? 0 : try valuesNumber(ofSet: set, session: statement.number(3))
            guard values >= 0 else { continue }
            let quarter = StoredTime.quarter(of: StoredTime.minute(ofID: id))
            if quarter >= end { (period, end) = self.period(of: StoredTime.minute(ofID: id)) }
            let key = GroupTable.Key(
                period: Int32(truncatingIfNeeded: period), facts: combination, values: values,
                trace: groupsByTrace ? try traces.first(of: id - statement.number(4)) : 0)
            let group = try group(of: key)
            for column in 0..<columns.count { groups.add(statement.number(Int32(column + 5)), to: column, of: group) }
            guard !areCounted else { continue }
            let known = facts.kinds[kind]
            if !question.samples.isEmpty {
                let hasPrice = known?.hasFailedWithoutUsage != true
                guard samples.add(statement, from: columns.count + 5, to: group, hasPrice: hasPrice) else {
                    throw SampleTable.full
                }
            }
            guard !kindColumns.isEmpty, let known else { continue }
            for (column, adds) in kindColumns where adds(known) { groups.add(1, to: column, of: group) }
        }
    }

    /// The number of the values of a set and a session; -1 if the filter refuses them.
    private mutating func valuesNumber(ofSet set: Int64, session: Int64) throws -> Int64 {
        guard table.sessionPlace != nil else { return try valuesNumber(ofSet: set) }
        // There may be as many sessions as calls, so nothing is remembered of each.
        guard dimensions.count > 1 else {
            guard try accepts(session) else { return -1 }
            return grouped.isEmpty ? 0 : session
        }
        return try number(of: table.values(ofSet: set, session: session))
    }

    /// The number of the values of a set; -1 if the filter refuses them.
    private mutating func valuesNumber(ofSet set: Int64) throws -> Int64 {
        if let known = valuesOfSet[set] { return known }
        let number = try number(of: table.values(ofSet: set, session: 0))
        if valuesOfSet.count >= Self.mostSets { valuesOfSet.removeAll() }
        valuesOfSet[set] = number
        return number
    }

    private mutating func number(of values: [Int64]) throws -> Int64 {
        var number: Int64 = -1
        if try valueClauses.allSatisfy({ try $0.clause.accepts(texts.text(values[$0.index])) }) {
            let own = grouped.map { values[$0] }
            number = dimensions.count < 2 ? own.first ?? 0 : Int64(valueSets.number(of: own))
        }
        return number
    }

    private static let mostSets = 500_000

    // MARK: Groups

    private mutating func group(of key: GroupTable.Key) throws -> Int {
        if let group = groups.group(of: key) { return group }
        throw QuestionError(
            "group_by",
            "the answer has more than \(GroupTable.mostGroups) rows; choose a shorter period, fewer keys or a filter",
            example: "model")
    }

    private mutating func number(of value: (GroupKey.Fact) -> String) -> Int32 {
        guard factClauses.allSatisfy({ $0.clause.accepts(value($0.fact)) }) else { return -1 }
        return Int32(truncatingIfNeeded: factSets.number(of: factKeys.map { ExactText(value($0)) }))
    }

    private func values(_ number: Int64) throws(RowReadingError) -> [String] {
        guard !grouped.isEmpty else { return [] }
        guard dimensions.count > 1 else { return [try texts.text(number)] }
        var names: [String] = []
        for value in valueSets.all[Int(number)] { names.append(try texts.text(value)) }
        return names
    }
}

extension GroupKey {
    /// The fact; `nil` for a dimension.
    var fact: Fact? { if case .fact(let fact) = self { fact } else { nil } }

    /// The name of the dimension; `nil` for a fact.
    var dimension: String? { if case .dimension(let name) = self { name } else { nil } }
}
