// SPDX-License-Identifier: Apache-2.0

// Public because only public declarations are inlined into other rooms, and these run for every attribute.
extension Span<UInt8> {
    /// Eight bytes as a little-endian number.
    ///
    /// - Parameter offset: The index of the first byte, from 0 to `count - 8`; traps otherwise.
    /// - Returns: The number.
    @inlinable @inline(__always)
    public func littleEndian64(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset <= count - 8)
        return unsafe uncheckedWord(at: offset)
    }

    /// Eight bytes as a little-endian number, without a bounds check.
    ///
    /// - Parameter offset: The index of the first byte; the caller guarantees that it is from 0 to `count - 8`.
    /// - Returns: The number.
    @unsafe @inlinable @inline(__always)
    public func uncheckedWord(at offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
    }

    /// Whether this span has the bytes of a part of another span at an index.
    ///
    /// - Parameters:
    ///   - other: The other span.
    ///   - start: The index of the part in `other`; traps if the part is not within it.
    ///   - length: The length of the part, in bytes.
    ///   - offset: The index in this span.
    /// - Returns: Whether the bytes are equal; `false` if fewer than `length` bytes follow `offset`.
    @inlinable @inline(__always)
    public func matches(_ other: Span<UInt8>, from start: Int, length: Int, at offset: Int) -> Bool {
        precondition(start >= 0 && length >= 0 && start <= other.count - length)
        guard offset >= 0, length <= count - offset else { return false }
        guard length >= 8 else {
            for index in 0..<length where self[offset &+ index] != other[start &+ index] { return false }
            return true
        }
        // Sound: `length` bytes, at least eight, follow both offsets.
        return unsafe holdsUnchecked(other, start, length, at: offset)
    }

    /// Whether this span has the bytes of a part of another span at an index, without a bounds check.
    ///
    /// - Parameters:
    ///   - other: The other span.
    ///   - start: The index of the part in `other`; the caller guarantees that the part is within it.
    ///   - length: The length of the part, at least 8 bytes.
    ///   - offset: The index in this span; the caller guarantees that `length` bytes follow.
    /// - Returns: Whether the bytes are equal.
    @unsafe @inlinable @inline(__always)
    public func holdsUnchecked(_ other: Span<UInt8>, _ start: Int, _ length: Int, at offset: Int) -> Bool {
        // No sum overflows, since all bytes exist.
        var index = 0
        while index < length &- 8 {
            guard unsafe uncheckedWord(at: offset &+ index) == other.uncheckedWord(at: start &+ index) else {
                return false
            }
            index &+= 8
        }
        // The last words overlap, which costs less than a tail byte by byte.
        return unsafe uncheckedWord(at: offset &+ length &- 8) == other.uncheckedWord(at: start &+ length &- 8)
    }

    /// Whether this span has the bytes of a part of another span at an index, given that the first and last 16 bytes are equal.
    ///
    /// - Parameters:
    ///   - other: The other span.
    ///   - start: The index of the part in `other`; the caller guarantees that the part is within it.
    ///   - length: The length of the part, at least 32 bytes.
    ///   - offset: The index in this span; the caller guarantees that `length` bytes follow.
    /// - Returns: Whether the bytes between the first and the last 16 are equal.
    @unsafe @inlinable @inline(__always)
    public func holdsMiddle(_ other: Span<UInt8>, _ start: Int, _ length: Int, at offset: Int) -> Bool {
        var index = 16
        while index < length &- 16 {
            guard unsafe uncheckedWord(at: offset &+ index) == other.uncheckedWord(at: start &+ index) else {
                return false
            }
            index &+= 8
        }
        return true
    }

    /// A 64-bit hash of a part of the bytes, for tables kept in memory.
    ///
    /// - Parameters:
    ///   - offset: The index of the part's first byte.
    ///   - length: The length of the part, in bytes.
    ///   - salt: A secret if a sender chooses the bytes, so that no sender can aim at one slot of a table.
    /// - Returns: The hash, equal for equal bytes and salts.
    @inlinable @inline(__always)
    public func hash(at offset: Int, length: Int, salt: UInt64) -> UInt64 {
        precondition(offset >= 0 && length >= 0 && offset <= count - length)
        var state = salt ^ (UInt64(truncatingIfNeeded: length) &* 0x9E37_79B9_7F4A_7C15)
        if length >= 8 {
            var index = 0
            // Sound: the part lies within the span, and has at least eight bytes.
            while index < length - 8 {
                state = unsafe mix64(state ^ uncheckedWord(at: offset + index), 0xA076_1D64_78BD_642F)
                index += 8
            }
            state = unsafe mix64(state ^ uncheckedWord(at: offset + length - 8), 0xE703_7ED1_A0B4_28DB)
        } else {
            var tail: UInt64 = 0
            for index in 0..<length { tail = tail << 8 | UInt64(self[offset + index]) }
            state = mix64(state ^ tail, 0xE703_7ED1_A0B4_28DB)
        }
        return mix64(state, 0x8EBC_6AF0_9C88_C6E3)
    }
}

/// Folds the 128-bit product of two words into one: one multiplication spreads every bit over the whole word.
///
/// A zero on either side gives zero, so one side is a constant, a secret, or mixed with one.
@inlinable @inline(__always)
public func mix64(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
}
