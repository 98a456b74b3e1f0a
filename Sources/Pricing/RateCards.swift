// SPDX-License-Identifier: Apache-2.0

/// The cards that verdicts refer to, by their numbers.
///
/// Numbers ascend and are never given twice, so that old cards can be forgotten while the numbers of others stay.
package struct RateCards: Sendable {
    private var cards: [RateCard] = []
    /// The number of the oldest card that is kept.
    private(set) var first = 0

    init() {}

    /// The number that the next card will have.
    var end: Int { first + cards.count }

    /// How many cards are kept.
    var count: Int { cards.count }

    /// The card with a number that a verdict of the same batch has.
    package subscript(number: Int) -> RateCard { cards[number - first] }

    /// Takes a card in and numbers it.
    mutating func append(_ card: RateCard) -> UInt32 {
        cards.append(card)
        return UInt32(end - 1)
    }

    /// Forgets the older half.
    mutating func forgetOlder() {
        let forgotten = cards.count / 2
        cards.removeFirst(forgotten)
        first += forgotten
    }

    /// Adds the cards of a later moment; those of the two that have a number in common are the same.
    ///
    /// - Returns: Whether they follow on these; otherwise some were made and forgotten in between, and these stay as they
    ///   are.
    mutating func extend(with later: RateCards) -> Bool {
        guard later.first <= end else { return false }
        if later.end > end { cards = Array(cards.prefix(later.first - first)) + later.cards }
        return true
    }
}
