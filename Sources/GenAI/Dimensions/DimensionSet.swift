// SPDX-License-Identifier: Apache-2.0

/// The values of the ledger's dimensions that one span has, as a number of a ``DimensionTable``.
///
/// Small, since every waiting call carries one. A number whose values the table has forgotten stands for no values.
package struct DimensionSet: Hashable, Sendable {
    /// The number, and in the upper bits what billing needs to know.
    package var word: UInt32

    /// Makes a set from its word.
    package init(word: UInt32) { self.word = word }

    /// Makes a set.
    ///
    /// - Parameters:
    ///   - number: Its number, below 2^30; 0 for no values.
    ///   - seeksAncestors: Whether an ancestor may add values that this span does not have.
    ///   - offersToDescendants: Whether descendants may inherit values of this span.
    package init(number: UInt32, seeksAncestors: Bool, offersToDescendants: Bool) {
        word =
            number & Self.numbers | (seeksAncestors ? Self.seeks : 0)
            | (offersToDescendants ? Self.offers : 0)
    }

    /// No values, and none to be sought.
    package static let none = DimensionSet(word: 0)

    /// The number; 0 for no values.
    package var number: UInt32 { word & Self.numbers }

    /// Whether an ancestor may add values that this span does not have.
    package var seeksAncestors: Bool { word & Self.seeks != 0 }

    /// Whether descendants may inherit values of this span.
    package var offersToDescendants: Bool { word & Self.offers != 0 }

    /// The set with another number and the same flags.
    @inline(__always)
    func with(number: UInt32) -> DimensionSet { DimensionSet(word: word & ~Self.numbers | number & Self.numbers) }

    /// The bits of the number.
    static var numbers: UInt32 { 0x3FFF_FFFF }
    private static var seeks: UInt32 { 1 << 30 }
    private static var offers: UInt32 { 1 << 31 }
}

/// A set split into base and session: sets that differ only in the session have the same base.
package struct DimensionParts: Sendable, Equatable {
    /// The number of the set without its session; 0 for no values.
    ///
    /// Calls of one set may get a new number after a while. A number is not used for other values before a billion others were.
    package var base: UInt32 = 0
    /// The hash of the text of the span's own session, by the secret of the process; `nil` if it has none, or if the base has it.
    package var session: UInt64?

    package init() {}

    /// Takes a set that stays whole.
    package init(whole number: UInt32) { base = number }
}
