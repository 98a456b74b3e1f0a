// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import GRDB
import GenAI
import Notation
import OTLP
import Pricing

/// Sums of calls by quarter of an hour, line and values of dimensions, without a database: all that roll-ups need of calls that
/// get no rows.
///
/// Calls are compared by the numbers that they carry. A new combination of numbers gets its texts once.
///
/// There is a ceiling on sums. At the ceiling, calls with further combinations count as `__overflow__` in every dimension.
struct RollupSums {
    /// What roll-ups have in common, except the values of dimensions.
    struct Line: Hashable {
        var model: String
        var provider: String
        var operation: String
        var source: LineSource
    }

    /// What is needed of a kind of calls.
    private struct Kind {
        let line: Int64
        let source: LineSource
        /// The index of the card; -1 without one.
        let card: Int
    }

    private var table = KeyTable<RollupKey>()
    private var sums: [RollupSum] = []
    private var latest: (key: RollupKey, index: Int)?
    private var lines: [Line] = []
    private var lineNumbers: [Line: Int64] = [:]
    /// The values of the dimensions with roll-ups, in the order of all dimensions; the first group has none.
    private var groups: [[String]]
    private var groupNumbers: [[String]: Int32]

    private var kindTable = KeyTable<KindKey>()
    private var kinds: [Kind] = []
    private var setTable = KeyTable<SetKey>()
    private var groupsOfSets: [Int32] = []
    private var cards: [RowCards.Entry] = []
    private var cardNumbers: [ObjectIdentifier: Int] = [:]
    /// The number of the table that cards have their numbers of.
    private var cardTable = 0

    /// The values of the call that was read last.
    private var values = DimensionValues()
    private let texts: RowTexts
    /// Whether there are roll-ups of each dimension.
    private let isRolled: [Bool]
    /// The values of the calls of a chunk, and where the latest of them are.
    private var sets: [DimensionParts] = []
    private var held = HeldDimensions()
    let most: Int
    /// The latest minute of a call, since 2020; `nil` before the first one.
    private(set) var latestMinute: Int64?
    /// The number of calls at the ceiling.
    private(set) var overflows: UInt64 = 0
    /// The number of calls whose cost was cut down to the largest one that fits.
    private(set) var saturatedCosts: UInt64 = 0

    /// Not a setting: some 20 MB.
    static let usualCeiling = 65_536
    /// The kinds, and the sets of values, at which those are forgotten; they are found again by their texts.
    private static let mostKinds = 16_384
    private static let mostSets = 65_536

    /// Makes sums of nothing.
    ///
    /// - Parameters:
    ///   - texts: The texts of calls.
    ///   - most: The ceiling.
    init(texts: RowTexts, most: Int = Self.usualCeiling) {
        (self.texts, self.most) = (texts, most)
        isRolled = texts.dimensions.map(\.hasRollup)
        let none = isRolled.map { _ in "" }
        (groups, groupNumbers) = ([none], [none: 0])
    }

    /// The number of sums.
    var count: Int { sums.count }

    /// Adds the calls of a chunk.
    ///
    /// - Parameters:
    ///   - chunk: The chunk.
    ///   - table: The cards of its verdicts.
    ///   - seconds: How long calls are kept, which decides about the time of very old ones; `nil` for ever.
    mutating func add(_ chunk: borrowing CallRing.Chunk, _ table: RateCards, keptFor seconds: Int64?) {
        forgetNumbers(unless: chunk.table)
        let (calls, verdicts) = (chunk.calls.span, chunk.verdicts.span)
        texts.split(calls, by: &held, into: &sets)
        var index = 0
        for run in chunk.runs where run.content == .calls {
            let arrived = Int64(run.arrival / 1_000) - RowTime.epochMicroseconds
            let oldest = seconds.map { max(0, arrived / RowTime.minuteMicroseconds - $0 / 60) } ?? 0
            while index < run.end {
                let set = sets[index].base
                add(calls[index], verdicts[index], set, table, arrival: run.arrival, oldest: oldest)
                index += 1
            }
        }
    }

    @inline(__always)
    private mutating func add(
        _ call: borrowing ModelCall, _ verdict: PriceVerdict, _ setNumber: UInt32, _ table: RateCards, arrival: UInt64,
        oldest: Int64
    ) {
        let time = RowTime(end: call.endNanoseconds.asSent, arrival: arrival, oldest: oldest)
        latestMinute = max(latestMinute ?? time.minute, time.minute)
        let card = verdict.card.map { Int32(bitPattern: $0) } ?? -1
        let key = KindKey(call, verdict, card: card, isArrival: false)
        let (kindNumber, isNewKind) = kindTable.number(of: key)
        if isNewKind { addKind(copy call, verdict, table) }
        let kind = kinds[kindNumber]
        let group = group(of: call, setNumber, card, kind)
        let index = index(of: RollupKey(quarter: time.minute / 15, line: kind.line, group: group))

        sums[index].calls &+= 1
        if call.hasFailed { sums[index].failed &+= 1 }
        if kind.source == .unpriced { sums[index].unpriced &+= 1 }
        if kind.source == .estimated { sums[index].estimated &+= 1 }
        if call.isStream { sums[index].streamed &+= 1 }
        for tokenClass in call.usage.classes {
            sums[index].tokens[tokenClass.index] &+= call.usage[tokenClass]
        }
        if call.units.word != 0 {
            for unit in BilledUnits.Unit.allCases { sums[index].units[Int(unit.rawValue)] &+= call.units[unit] }
        }
        if let nanoseconds = call.plausibleDuration(now: arrival) { sums[index].duration &+= nanoseconds / 1_000 }
        switch verdict.kind {
        case .nothingToPrice, .unpriced: break
        case .reported: sums[index].cost &+= Int128(call.reportedFemtodollars ?? 0)
        case .computed:
            guard kind.card >= 0 else { break }
            var saved: Int128 = 0
            let cost = cards[kind.card].cost(of: call, &saved)
            if cost.magnitude > UInt128(RowMoney.largestOfCall) { saturatedCosts += 1 }
            sums[index].cost &+= RowMoney.ofCall(cost)
            sums[index].saved &+= saved
        }
    }

    /// The index of the sum of a key.
    @inline(__always)
    private mutating func index(of key: RollupKey) -> Int {
        if let latest, latest.key == key { return latest.index }
        let index = table.known(key) ?? addSum(key)
        latest = (key, index)
        return index
    }

    @inline(never)
    private mutating func addSum(_ key: RollupKey) -> Int {
        var key = key
        // The sums of calls without values stay right.
        if sums.count >= most, key.group != 0 {
            overflows += 1
            key = RollupKey(quarter: key.quarter, line: key.line, group: overflowGroup())
        }
        let (index, isNew) = table.number(of: key)
        if isNew { sums.append(RollupSum()) }
        return index
    }

    // MARK: What numbers mean

    /// Forgets what numbers of cards mean if they are those of another table, and everything of which there is too much.
    private mutating func forgetNumbers(unless table: Int) {
        let isOther = table != cardTable
        cardTable = table
        if isOther || kinds.count > Self.mostKinds {
            kindTable.removeAll()
            kinds.removeAll(keepingCapacity: true)
            cards.removeAll()
            cardNumbers.removeAll()
        }
        if isOther || groupsOfSets.count > Self.mostSets {
            setTable.removeAll()
            groupsOfSets.removeAll(keepingCapacity: true)
        }
    }

    @inline(never)
    private mutating func addKind(_ call: ModelCall, _ verdict: PriceVerdict, _ table: RateCards) {
        let line = Line(
            model: texts.shown.model(of: call, verdict, table),
            provider: texts.shown.provider(of: call, verdict, table),
            operation: texts.shown.operation(of: call), source: LineSource(verdict))
        var number = Int64(lines.count)
        if let known = lineNumbers[line] {
            number = known
        } else {
            lines.append(line)
            lineNumbers[line] = number
        }
        var index = -1
        if let card = verdict.card.map({ table[Int($0)] }) {
            if let known = cardNumbers[ObjectIdentifier(card)] {
                index = known
            } else {
                index = cards.count
                cards.append(RowCards.Entry(card, id: 0))
                cardNumbers[ObjectIdentifier(card)] = index
            }
        }
        kinds.append(Kind(line: number, source: line.source, card: index))
    }

    @inline(__always)
    private mutating func group(
        of call: borrowing ModelCall, _ setNumber: UInt32, _ card: Int32, _ kind: Kind
    ) -> Int32 {
        if isRolled.isEmpty { return 0 }
        let numbers = UInt64(call.attribution.number) << 32 | UInt64(setNumber)
        let (number, isNew) = setTable.number(of: SetKey(numbers: numbers, card: card))
        if isNew {
            groupsOfSets.append(groupNumber(of: rolledValues(of: copy call, setNumber, kind)))
        }
        return groupsOfSets[number]
    }

    /// The values of the dimensions with roll-ups; empty for the others.
    private mutating func rolledValues(of call: ModelCall, _ setNumber: UInt32, _ kind: Kind) -> [String] {
        var rolled = isRolled.map { _ in "" }
        texts.read(setNumber, into: &values)
        for value in values.values where isRolled[value.rule] { rolled[value.rule] = values.text(of: value) }
        let labels = texts.labelValues(of: call, card: kind.card < 0 ? nil : cards[kind.card].card)
        for (index, label) in labels.enumerated() { rolled[rolled.count - labels.count + index] = label }
        return rolled
    }

    private mutating func groupNumber(of values: [String]) -> Int32 {
        if let known = groupNumbers[values] { return known }
        guard groups.count < most else { return overflowGroup() }
        return addGroup(values)
    }

    private mutating func overflowGroup() -> Int32 {
        let values = isRolled.map { $0 ? OverflowValue.text : "" }
        return groupNumbers[values] ?? addGroup(values)
    }

    private mutating func addGroup(_ values: [String]) -> Int32 {
        let number = Int32(groups.count)
        groups.append(values)
        groupNumbers[values] = number
        return number
    }

    // MARK: Reading

    /// Calls a function with each sum, its quarter of an hour, and its texts.
    fileprivate func forEach(_ body: (RollupSum, _ quarter: Int64, Line, _ values: [String]) throws -> Void) rethrows {
        for (index, key) in table.keys.enumerated() {
            try body(sums[index], key.quarter, lines[Int(key.line)], groups[Int(key.group)])
        }
    }
}

extension RowWriter {
    /// Adds sums of calls that get no rows.
    mutating func add(_ calls: RollupSums, _ database: Database) throws {
        saturatedCosts += calls.saturatedCosts
        try calls.forEach { sum, quarter, line, values in
            let described = MachineCharge(
                model: line.model, provider: line.provider, operation: line.operation, values: values, amount: .zero)
            let place = try words.charge(described, source: line.source, database)
            let index = sums.rollup(RollupKey(quarter: quarter, line: place.line, group: place.group))
            sums.changeRollup(index) { $0.add(sum) }
        }
    }
}
