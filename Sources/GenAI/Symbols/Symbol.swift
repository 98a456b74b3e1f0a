// SPDX-License-Identifier: Apache-2.0

/// A label value as a small number: equal text has an equal symbol for as long as the process runs.
///
/// Model calls carry symbols instead of strings so that they are plain memory: comparing, hashing and copying them
/// never touches a reference count. ``SymbolTable`` gives the text back.
@frozen public struct Symbol: Hashable, Sendable {
    // Public like `TokenCounts`: symbols are compared dozens of times a span, in every room.

    /// The place of the text in the ``SymbolTable`` that made this symbol.
    public let number: UInt32

    @inlinable @inline(__always)
    public init(number: UInt32) { self.number = number }

    /// The symbol of a value that was not sent; its text is empty.
    @inlinable public static var absent: Symbol {
        @inline(__always) get { Symbol(number: 0) }
    }

    /// The symbol of every value that came after the table was full; its text is `__overflow__`.
    @inlinable public static var overflow: Symbol {
        @inline(__always) get { Symbol(number: 1) }
    }

    /// The symbol, or another where it is ``absent``.
    @inlinable @inline(__always)
    public func or(_ other: Symbol) -> Symbol { number == 0 ? other : self }

    @inlinable @inline(__always)
    public static func == (left: Symbol, right: Symbol) -> Bool { left.number == right.number }

    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(number) }
}
