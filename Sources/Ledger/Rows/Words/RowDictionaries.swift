// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import GRDB
import GenAI
import Pricing

/// The rows that calls refer to: texts, lines, cards, kinds and sets.
///
/// Each day has kinds and sets of its own, and `ages` has their first ids. Only calls that arrived on a day use those of that
/// day. So retention removes kinds and sets together with the calls of their day. Texts, lines and cards are found again.
struct RowDictionaries {
    let texts: RowTexts
    /// Whether calls are kept, and so kinds, sets and cards.
    let keeps: Bool
    var words = RowWords()
    private(set) var cards = RowCards()
    private(set) var kinds = RowKinds()
    private(set) var sets = RowSets()
    /// The values of the calls of a batch.
    private var parts: [DimensionParts] = []
    /// Where the latest of them are, and the text of a session.
    private var held = HeldDimensions()
    private var session: [UInt8] = []
    /// The values of the set that is added, and their ids.
    private var values = DimensionValues()
    private var ids: [Int64] = []
    /// The day of kinds and sets, since 1970; `nil` before the first one.
    private var day: Int64?

    init(texts: RowTexts, keeps: Bool) { (self.texts, self.keeps) = (texts, keeps) }

    /// Begins a transaction.
    mutating func begin(_ now: UInt64, _ database: Database) throws {
        let today = Int64(now / 86_400_000_000_000)
        if day == nil {
            try sets.define(texts, database)
            ids = [Int64](repeating: 0, count: sets.dimensions.count)
            let latest = try Row.fetchOne(database, sql: "SELECT day, kind FROM ages ORDER BY day DESC LIMIT 1")
            if let latest, latest[0] >= today { try resume(latest[0], firstKind: latest[1], database) }
        }
        // A clock that goes back stays within the day.
        if day.map({ today > $0 }) ?? true { try beginDay(today, database) }
        words.begin()
        if cards.entries.count > RowCards.most || kinds.entries.count > RowKinds.most {
            forgetCards()
        }
        if sets.entries.count > RowSets.most { sets.forgetEntries() }
    }

    /// Forgets cards, since some were removed; only between two transactions.
    mutating func forgetCards() {
        cards = RowCards()
        kinds.forgetEntries()
        sets.forgetEntries()
    }

    private mutating func resume(_ day: Int64, firstKind: Int64, _ database: Database) throws {
        self.day = day
        let next = try Self.nextIDs(database)
        try kinds.begin(firstID: firstKind, nextID: next.kind, database)
        sets.begin(nextID: next.set)
    }

    private mutating func beginDay(_ day: Int64, _ database: Database) throws {
        self.day = day
        let next = try Self.nextIDs(database)
        try database.execute(
            sql: "INSERT INTO ages(day, kind, \"set\") VALUES (?, ?, ?)", arguments: [day, next.kind, next.set])
        try kinds.begin(firstID: next.kind, nextID: next.kind, database)
        sets.begin(nextID: next.set)
    }

    private static func nextIDs(_ database: Database) throws -> (kind: Int64, set: Int64) {
        func next(_ table: String, _ column: String) throws -> Int64 {
            let used = try Int64.fetchOne(database, sql: "SELECT max(id) FROM \(table)") ?? 0
            let begun = try Int64.fetchOne(database, sql: "SELECT max(\"\(column)\") FROM ages") ?? 1
            return max(used + 1, begun)
        }
        return (try next("kinds", "kind"), try next("sets", "set"))
    }

    // MARK: Calls

    /// Begins a batch of calls.
    mutating func begin(_ batch: borrowing PricedCalls) {
        cards.begin(batch)
        texts.split(batch.calls.span, by: &held, into: &parts)
    }

    /// The index of the card of a verdict; -1 without one.
    @inline(__always)
    mutating func card(_ number: UInt32?, _ calls: borrowing PricedCalls, _ database: Database) throws -> Int32 {
        guard let number else { return -1 }
        return try cards.entry(number, calls) { card in
            keeps ? try RowCards.row(of: card, book: texts.book(), &words, database) : 0
        }
    }

    /// The index of the kind of a call of a batch.
    @inline(__always)
    mutating func kind(
        _ key: KindKey, _ calls: borrowing PricedCalls, at index: Int, card: Int32, _ database: Database
    ) throws -> Int {
        let (number, isNew) = kinds.index(of: key)
        if isNew { try addKind(key, calls.calls[index], calls.verdicts[index], calls.cards, card: card, database) }
        return number
    }

    /// The index of the kind of a dropped span.
    mutating func kind(_ key: KindKey, of dropped: ModelCall, _ database: Database) throws -> Int {
        let (number, isNew) = kinds.index(of: key)
        if isNew { try addKind(key, dropped, nil, nil, card: -1, database) }
        return number
    }

    @inline(never)
    private mutating func addKind(
        _ key: KindKey, _ call: ModelCall, _ verdict: PriceVerdict?, _ batch: RateCards?, card: Int32,
        _ database: Database
    ) throws {
        func id(_ symbol: Symbol) throws -> Int64 { try words.id(of: texts.symbols.text(of: symbol), database) }
        let (model, provider): (String, String) =
            if let verdict, let batch {
                (texts.shown.model(of: call, verdict, batch), texts.shown.provider(of: call, verdict, batch))
            } else {
                // The names of dropped spans have no part in the limits of labels.
                (texts.symbols.text(of: call.model), texts.shown.provider(of: call))
            }
        let source = LineSource(verdict)
        let line = try words.line(
            model: words.id(of: model, database), provider: words.id(of: provider, database),
            operation: id(call.operation), source: source, database)
        guard keeps else { return try kinds.add(line: line, source, nil, database) }
        let reason = verdict?.reason?.rawValue ?? verdict?.estimate?.rawValue ?? ""
        try kinds.add(
            line: line, source,
            [
                line, id(call.responseModel), id(call.requestModel), id(call.tier), id(call.inferenceGeo),
                id(call.serverAddress), id(call.errorType), words.id(of: texts.dialect(call.dialect), database),
                key.flags, words.id(of: reason, database), card < 0 ? 0 : cards.entries[Int(card)].id,
                words.id(of: texts.tenant(call.tenantClass), database),
            ], database)
    }

    /// Prefetches what the look-up of the session of a batch's call begins with.
    @inline(__always)
    func fetchSession(at index: Int) {
        if let session = parts[index].session { words.fetch(session) }
    }

    /// The set and the session of a call of a batch.
    @inline(__always)
    mutating func set(
        of call: borrowing ModelCall, at index: Int, card: Int32, _ database: Database
    ) throws -> RowSets.Entry { try set(of: call, parts[index], card: card, database) }

    /// The set and the session of a dropped span.
    mutating func set(ofDropped call: ModelCall, _ database: Database) throws -> RowSets.Entry {
        try set(of: call, texts.parts(of: call), card: -1, database)
    }

    @inline(__always)
    private mutating func set(
        of call: borrowing ModelCall, _ parts: DimensionParts, card: Int32, _ database: Database
    ) throws -> RowSets.Entry {
        if sets.isEmpty { return RowSets.Entry() }
        let key = SetKey(numbers: UInt64(call.attribution.number) << 32 | UInt64(parts.base), card: card)
        let (number, isNew) = sets.index(of: key)
        if isNew { try addSet(copy call, parts.base, card: card, database) }
        var set = sets.entries[number]
        if keeps, let hash = parts.session {
            if let known = words.id(ofHash: hash) {
                set.session = known
            } else {
                set.session = try addSession(of: copy call, hash, database)
            }
        }
        return set
    }

    @inline(never)
    private mutating func addSession(of call: ModelCall, _ hash: UInt64, _ database: Database) throws -> Int64 {
        texts.readSession(of: call, by: &held, into: &session)
        return try words.add(String(decoding: session, as: UTF8.self), hash: hash, database)
    }

    @inline(never)
    private mutating func addSet(_ call: ModelCall, _ base: UInt32, card: Int32, _ database: Database) throws {
        for index in ids.indices { ids[index] = 0 }
        texts.read(base, into: &values)
        for value in values.values where keeps || sets.dimensions[value.rule].hasRollup {
            ids[value.rule] =
                try words.id(ofHash: value.hash) ?? words.add(values.text(of: value), hash: value.hash, database)
        }
        let labels = texts.labelValues(of: call, card: card < 0 ? nil : cards.entries[Int(card)].card)
        for (index, label) in labels.enumerated() {
            ids[ids.count - labels.count + index] = try words.id(of: label, database)
        }
        try sets.add(ids, keeps: keeps, database)
    }

    /// The line and the group of a charge, or of what texts like those of a charge describe.
    mutating func charge(
        _ charge: MachineCharge, source: LineSource = .machine, _ database: Database
    ) throws -> (line: Int64, group: Int32) {
        let line = try words.line(
            model: words.id(of: charge.model, database), provider: words.id(of: charge.provider, database),
            operation: words.id(of: charge.operation, database), source: source, database)
        guard charge.values.count == sets.dimensions.count else { return (line, 0) }
        return (line, sets.group(of: try charge.values.map { try words.id(of: $0, database) }))
    }
}

extension LineSource {
    /// What the figures of calls with a verdict are; those of dropped spans without one.
    init(_ verdict: PriceVerdict?) {
        self =
            switch verdict?.kind {
            case .computed: verdict?.estimate == nil ? .computed : .estimated
            case .reported: .reported
            case .unpriced, .nothingToPrice, nil:
                verdict?.reasonForUnknownCost == nil ? .nothing : .unpriced
            }
    }
}
