// SPDX-License-Identifier: Apache-2.0

/// A label value as a small number: equal text has an equal symbol for as long as the process runs.
///
/// Model calls carry symbols instead of strings so that they are plain memory: comparing, hashing and copying them
/// never touches a reference count. ``SymbolTable`` gives the text back.
package struct Symbol: Hashable, Sendable {
    /// The place of the text in the ``SymbolTable`` that made this symbol.
    package let number: UInt32

    package init(number: UInt32) { self.number = number }

    /// The symbol of a value that was not sent; its text is empty.
    package static let absent = Symbol(number: 0)

    /// The symbol of every value that came after the table was full; its text is `__overflow__`.
    package static let overflow = Symbol(number: 1)
}
