// SPDX-License-Identifier: Apache-2.0

// Public because only public declarations are inlined into other rooms, and these run for every attribute.
extension Span<UInt8> {
    /// Eight bytes as a little-endian number.
    ///
    /// - Parameter offset: Where they begin; `offset + 8` must lie within the span, anything else is our own mistake.
    /// - Returns: The number.
    @inlinable @inline(__always)
    public func littleEndian64(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset <= count - 8)
        return unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Whether the bytes from `offset` on, as many as `other` has, equal it.
    @inlinable @inline(__always)
    public func matches(_ other: Span<UInt8>, at offset: Int) -> Bool {
        let length = other.count
        guard offset >= 0, length <= count - offset else { return false }
        guard length >= 8 else {
            for index in 0..<length where self[offset + index] != other[index] { return false }
            return true
        }
        var index = 0
        while index <= length - 8 {
            guard littleEndian64(at: offset + index) == other.littleEndian64(at: index) else { return false }
            index += 8
        }
        // The last words overlap, which costs less than a tail byte by byte.
        return littleEndian64(at: offset + length - 8) == other.littleEndian64(at: length - 8)
    }

    /// A 64-bit hash of a part of the bytes, for tables kept in memory.
    ///
    /// - Parameters:
    ///   - offset: Where the part begins.
    ///   - length: How many bytes it has.
    ///   - salt: A secret where an outsider chooses the bytes, so that nobody can aim at one slot.
    /// - Returns: The hash; equal bytes with an equal salt have an equal one.
    @inlinable @inline(__always)
    public func hash(at offset: Int, length: Int, salt: UInt64) -> UInt64 {
        var state = salt ^ (UInt64(truncatingIfNeeded: length) &* 0x9E37_79B9_7F4A_7C15)
        if length >= 8 {
            var index = 0
            while index < length - 8 {
                state = mix64(state ^ littleEndian64(at: offset + index), 0xA076_1D64_78BD_642F)
                index += 8
            }
            state = mix64(state ^ littleEndian64(at: offset + length - 8), 0xE703_7ED1_A0B4_28DB)
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
