// SPDX-License-Identifier: Apache-2.0

/// A text that only the same bytes equal, as in the ledger.
///
/// Unicode can write a letter in several ways, and Swift takes such texts for equal. Senders that write a name in two ways have two
/// names in the ledger.
package struct ExactText: Hashable, Comparable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (left: Self, right: Self) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    package static func < (left: Self, right: Self) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        // Two texts are not one.
        hasher.combine(0xFF as UInt8)
    }
}
