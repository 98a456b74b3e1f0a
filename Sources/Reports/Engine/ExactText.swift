// SPDX-License-Identifier: Apache-2.0

/// A text that only the same bytes equal.
///
/// Unicode can write a letter in several ways, and Swift takes such texts for equal. Senders that write a name in two ways have two
/// names in the ledger.
struct ExactText: Hashable, Comparable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: Self, right: Self) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    static func < (left: Self, right: Self) -> Bool { left.text.utf8.lexicographicallyPrecedes(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        // Two texts are not one.
        hasher.combine(0xFF as UInt8)
    }
}
