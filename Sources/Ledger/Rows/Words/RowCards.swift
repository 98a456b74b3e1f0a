// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI
import Pricing

/// The rate cards of calls, by their number in a batch and by their identity.
struct RowCards {
    /// A card with what each call needs of it.
    struct Entry {
        let card: RateCard
        /// The id of its row; 0 if calls are not kept.
        let id: Int64
        /// In units of 1e-15 dollars per token, by class.
        var rates = InlineArray<15, Int64>(repeating: 0)
        /// What the cache saves per token, by class: below zero for writes that cost more than plain input.
        var savings = InlineArray<15, Int64>(repeating: 0)
        /// The classes with a saving, as bits.
        var saving: UInt16 = 0
        /// Whether calls cost something besides their tokens and billed units.
        let hasFees: Bool
        /// Whether the clock and not the calls pays for the machines.
        let isMetered: Bool

        init(_ card: RateCard, id: Int64) {
            (self.card, self.id) = (card, id)
            hasFees = card.requestFee != .zero || card.hourPrice != .zero
            isMetered = card.hosted == .capacity
            for tokenClass in TokenClass.allCases {
                var one = TokenUsage()
                one[tokenClass] = 1
                rates[tokenClass.index] = Int64(clamping: card.cost(of: tokenClass, in: one).femtodollars)
                let (saved, premium) = card.cacheEconomics(of: one)
                savings[tokenClass.index] = Int64(clamping: saved.femtodollars - premium.femtodollars)
                if savings[tokenClass.index] != 0 { saving |= 1 << UInt16(tokenClass.index) }
            }
        }

        /// What a call costs by this card, in 1e-15 dollars; 0 if the clock pays for the machines.
        ///
        /// - Parameters:
        ///   - call: The call.
        ///   - saved: Gets what the cache saved.
        /// - Returns: The cost, however large.
        @inline(__always)
        func cost(of call: borrowing ModelCall, _ saved: inout Int128) -> Int128 {
            guard !isMetered else { return 0 }
            var cost: Int128 = 0
            for tokenClass in call.usage.classes {
                cost &+= Int128(rates[tokenClass.index]) &* Int128(call.usage[tokenClass])
            }
            let hasUnits = call.units.word != 0
            if hasFees || hasUnits {
                cost = (Dollars(femtodollars: cost) + card.fee(of: call)).femtodollars
            }
            guard call.usage.classBits & saving != 0 else { return cost }
            for tokenClass in call.usage.classes {
                saved &+= Int128(savings[tokenClass.index]) &* Int128(call.usage[tokenClass])
            }
            saved = RowMoney.ofCall(saved)
            return cost
        }
    }

    private(set) var entries: [Entry] = []
    private var known: [ObjectIdentifier: Int32] = [:]
    /// The entries of the numbers of one generation.
    private var numbers: [UInt32: Int32] = [:]
    private var generation: UInt64 = 0
    private var latest: (number: UInt32, entry: Int32)?

    /// The number of entries at which all are forgotten.
    static let most = 16_384

    /// Begins a batch: numbers mean other cards if its generation is another one.
    mutating func begin(_ calls: borrowing PricedCalls) {
        // All batches of recorded prices have the last generation, and cards of their own.
        guard generation != calls.generation || generation == .max else { return }
        generation = calls.generation
        numbers.removeAll(keepingCapacity: true)
        latest = nil
    }

    /// The entry of a card.
    ///
    /// - Parameters:
    ///   - number: The number in the batch that was begun.
    ///   - calls: The batch.
    ///   - make: Makes the row of a card that is new here, and returns its id.
    /// - Returns: The index of the entry.
    @inline(__always)
    mutating func entry(
        _ number: UInt32, _ calls: borrowing PricedCalls, _ make: (RateCard) throws -> Int64
    ) rethrows -> Int32 {
        if let latest, latest.number == number { return latest.entry }
        let entry = try find(number, calls, make)
        latest = (number, entry)
        return entry
    }

    private mutating func find(
        _ number: UInt32, _ calls: borrowing PricedCalls, _ make: (RateCard) throws -> Int64
    ) rethrows -> Int32 {
        if let entry = numbers[number] { return entry }
        let card = calls.cards[Int(number)]
        let entry: Int32
        if let found = known[ObjectIdentifier(card)] {
            entry = found
        } else {
            entry = Int32(entries.count)
            entries.append(Entry(card, id: try make(card)))
            known[ObjectIdentifier(card)] = entry
        }
        numbers[number] = entry
        return entry
    }

    /// Finds or makes the row of a card.
    static func row(
        of card: RateCard, book: String, _ words: inout RowWords, _ database: Database
    ) throws -> Int64 {
        var bytes = RecordBytes()
        CardRecord.write(card.recorded, &bytes)
        let book = try words.id(of: book, database)
        let search = try BoundStatement(database, "SELECT id FROM cards WHERE rates = ? AND book = ?")
        search.bind(1, bytes.bytes)
        search.bind(2, book)
        if let found = try search.number() { return found }
        let insert = try BoundStatement(database, "INSERT INTO cards(model, provider, book, rates) VALUES (?, ?, ?, ?)")
        insert.bind(1, id: try words.id(of: card.modelID, database))
        insert.bind(2, id: try words.id(of: card.provider, database))
        insert.bind(3, book)
        insert.bind(4, bytes.bytes)
        try insert.run()
        return database.lastInsertedRowID
    }
}
