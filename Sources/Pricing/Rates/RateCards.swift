// SPDX-License-Identifier: Apache-2.0

/// The cards that verdicts refer to, by their numbers.
///
/// Numbers ascend and are never reused, so that old cards can be evicted while the numbers of others stay valid.
package struct RateCards: Sendable {
    private var cards: [RateCard] = []
    /// The number of the oldest card.
    private(set) var first = 0

    init() {}

    /// The number that the next card will have.
    var end: Int { first + cards.count }

    /// The number of cards.
    var count: Int { cards.count }

    /// The card with a number of a verdict of the same batch.
    package subscript(number: Int) -> RateCard { cards[number - first] }

    /// Adds a card and numbers it.
    mutating func append(_ card: RateCard) -> UInt32 {
        cards.append(card)
        return UInt32(end - 1)
    }

    /// Evicts the older half.
    mutating func forgetOlder() {
        let forgotten = cards.count / 2
        cards.removeFirst(forgotten)
        first += forgotten
    }

    /// Adds a later state of the same cards; a number that is in both means the same card.
    ///
    /// - Returns: Whether the later numbers continue these. If cards in between were evicted, nothing is added.
    mutating func extend(with later: RateCards) -> Bool {
        guard later.first <= end else { return false }
        if later.end > end { cards = Array(cards.prefix(later.first - first)) + later.cards }
        return true
    }
}
