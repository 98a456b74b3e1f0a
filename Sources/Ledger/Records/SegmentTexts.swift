// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing

/// What the records of one segment have defined so far, by the numbers of this process.
struct SegmentTexts {
    private var symbols: [Bool] = []
    private var attributions: [Bool] = []
    private var tenants: Set<UInt32> = []
    private var dimensionSets = NumberWindow()
    private var hasSets = false
    /// The text of the session that was defined last.
    var session: [UInt8] = []
    private var cards: [ObjectIdentifier: UInt32] = [:]
    /// The latest cards of batches, found without hashing; their numbers are valid within a generation.
    private var latestCards = [LatestCard](repeating: LatestCard(), count: Self.rememberedCards)
    /// Keeps the cards alive, so that no other one gets the identity of one of them.
    private var kept: [RateCard] = []

    /// Notes a symbol.
    ///
    /// - Returns: Whether it is new and has to be defined.
    @inline(__always)
    mutating func isNew(_ symbol: Symbol) -> Bool {
        symbol.number > 1 && Self.isNew(symbol.number, in: &symbols)
    }

    @inline(__always)
    mutating func isNew(_ attribution: Attribution) -> Bool {
        attribution.number != 0 && Self.isNew(attribution.number, in: &attributions)
    }

    @inline(__always)
    mutating func isNew(tenantClass: UInt32) -> Bool { tenantClass != 0 && tenants.insert(tenantClass).inserted }

    @inline(__always)
    mutating func isNew(setOrBase number: UInt32) -> Bool { dimensionSets.insert(number) }

    /// Notes a set.
    ///
    /// - Returns: Whether it is the first one, before which the names of the dimensions have to be defined.
    mutating func isFirstSet() -> Bool {
        defer { hasSets = true }
        return !hasSets
    }

    /// The number of a card in this segment, and whether it is new.
    mutating func number(of card: RateCard) -> (number: UInt32, isNew: Bool) {
        if let known = cards[ObjectIdentifier(card)] { return (known, false) }
        let number = UInt32(kept.count)
        cards[ObjectIdentifier(card)] = number
        kept.append(card)
        return (number, true)
    }

    /// The number of a card that was defined.
    ///
    /// - Parameters:
    ///   - number: The number of the card among those of a batch.
    ///   - calls: The batch.
    /// - Returns: The number; `nil` if it was not defined.
    @inline(__always)
    func number(ofKnown number: UInt32, in calls: borrowing PricedCalls) -> UInt32? {
        let latest = latestCards[Int(number) & (Self.rememberedCards - 1)]
        if latest.generation == calls.generation, latest.card == number { return latest.number }
        return cards[ObjectIdentifier(calls.cards[Int(number)])]
    }

    /// Whether a card of a batch is among the latest, so that it is defined.
    @inline(__always)
    func remembers(_ card: UInt32, _ generation: UInt64) -> Bool {
        let latest = latestCards[Int(card) & (Self.rememberedCards - 1)]
        return latest.generation == generation && latest.card == card
    }

    /// Remembers the number of a card of a batch.
    mutating func remember(_ card: UInt32, _ generation: UInt64, as number: UInt32) {
        // Each batch of that generation has cards of its own.
        guard generation != .max else { return }
        latestCards[Int(card) & (Self.rememberedCards - 1)] = LatestCard(
            card: card, number: number, generation: generation)
    }

    private struct LatestCard {
        var card = UInt32.max
        var number: UInt32 = 0
        var generation: UInt64 = 0
    }

    /// A power of two.
    private static let rememberedCards = 256

    @inline(__always)
    private static func isNew(_ number: UInt32, in known: inout [Bool]) -> Bool {
        let index = Int(number)
        if index < known.count {
            if known[index] { return false }
            known[index] = true
            return true
        }
        grow(&known, to: index)
        return true
    }

    @inline(never)
    private static func grow(_ known: inout [Bool], to index: Int) {
        known += repeatElement(false, count: max(64, index + 1 - known.count))
        known[index] = true
    }
}
