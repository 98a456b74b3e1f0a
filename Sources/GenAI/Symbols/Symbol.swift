// SPDX-License-Identifier: Apache-2.0

/// A label value as a small number: equal text has an equal symbol for as long as the process runs.
///
/// Model calls have symbols instead of strings so that they are plain memory: comparing, hashing and copying them never changes
/// a reference count. ``SymbolTable`` has the texts.
@frozen public struct Symbol: Hashable, Sendable {
    // Public like `TokenCounts`: symbols are compared dozens of times a span, in every room.

    /// The index of the text in the ``SymbolTable`` that made this symbol.
    public let number: UInt32

    @inlinable @inline(__always)
    public init(number: UInt32) { self.number = number }

    /// The symbol of a value that was not sent; its text is empty.
    @inlinable public static var absent: Symbol {
        @inline(__always) get { Symbol(number: 0) }
    }

    /// The symbol of all values for which the table has no room; its text is `__overflow__`.
    @inlinable public static var overflow: Symbol {
        @inline(__always) get { Symbol(number: 1) }
    }

    /// The symbol, or another one if it is ``absent``.
    @inlinable @inline(__always)
    public func or(_ other: Symbol) -> Symbol { number == 0 ? other : self }

    @inlinable @inline(__always)
    public static func == (left: Symbol, right: Symbol) -> Bool { left.number == right.number }

    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(number) }
}
