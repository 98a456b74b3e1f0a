// SPDX-License-Identifier: Apache-2.0

/// The cards that verdicts refer to, by their numbers.
///
/// Numbers ascend and are never reused, so that old cards can be evicted while the numbers of others stay valid.
package struct RateCards: Sendable {
    private var cards: [RateCard] = []
    /// The number of the oldest card.
    package private(set) var first = 0

    package init() {}

    /// The number that the next card will have.
    package var end: Int { first + cards.count }

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

    /// Appends the cards that a later state of the same cards has in addition, for those who keep numbers of many batches.
    ///
    /// Unlike ``extend(with:)`` it does not keep the later state, whose next card would then have to copy all of them.
    ///
    /// - Parameter later: The later state.
    /// - Returns: Whether the later numbers continue these; otherwise nothing is appended.
    package mutating func append(newOf later: RateCards) -> Bool {
        if cards.isEmpty { first = later.first }
        guard later.first <= end else { return false }
        for number in end..<max(end, later.end) { cards.append(later[number]) }
        return true
    }

    /// Removes the cards before a number.
    package mutating func forget(before number: Int) {
        guard number > first else { return }
        let forgotten = min(number - first, cards.count)
        cards.removeFirst(forgotten)
        first += forgotten
    }
}
