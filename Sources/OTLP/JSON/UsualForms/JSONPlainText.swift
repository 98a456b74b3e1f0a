// SPDX-License-Identifier: Apache-2.0
internal import CVector

/// The search for the end of a text, 16 bytes at a time. Every x86-64 CPU has vectors of this size, so one build is enough.
extension Span<UInt8> {
    /// The end of a text: the offset of the next quote, if no backslash is before it.
    ///
    /// - Parameters:
    ///   - start: The index of the text's first byte.
    ///   - end: The end of the JSON text; the caller guarantees that it is within the span.
    /// - Returns: The offset of the quote; -1 if there is none, or if `end` is below 16.
    @unsafe @inline(__always)
    func endOfPlainText(from start: Int, before end: Int) -> Int {
        let index = unsafe quoteOrBackslash(from: start, before: end)
        return unsafe index < end && self[unchecked: index] == JSONByte.quote ? index : -1
    }

    /// The offset of the first quote or backslash before the end.
    ///
    /// - Parameters:
    ///   - start: The index of the first byte.
    ///   - end: The end of the JSON text; the caller guarantees that it is within the span.
    /// - Returns: The offset; `end` if there is none, or if `end` is below 16.
    @unsafe @inline(__always)
    func quoteOrBackslash(from start: Int, before end: Int) -> Int {
        var index = start
        while index <= end &- 16 {
            let hits = unsafe quotesAndBackslashes(at: index)
            if hits != 0 { return index &+ hits.trailingZeroBitCount }
            index &+= 16
        }
        guard index < end, end >= 16 else { return end }
        // The last vector begins before the index; the shift drops the bits of the bytes before the index.
        let hits = unsafe quotesAndBackslashes(at: end &- 16) &>> UInt32(truncatingIfNeeded: index &- (end &- 16))
        return hits != 0 ? index &+ hits.trailingZeroBitCount : end
    }

    /// One bit for each of 16 bytes: whether it is a quote or a backslash.
    @unsafe @inline(__always)
    private func quotesAndBackslashes(at offset: Int) -> UInt32 {
        let sixteen = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: SIMD16<UInt8>.self)
        return llm_positions16(sixteen, JSONByte.quote, JSONByte.backslash)
    }

    /// Whether two parts of the bytes are equal.
    ///
    /// - Parameters:
    ///   - one: The index of the first part.
    ///   - other: The index of the second part.
    ///   - length: The length of the parts, in bytes, from 32 to 96; the caller guarantees that both are within the span.
    /// - Returns: Whether they are equal.
    @unsafe @inline(__always)
    func holdsTwice(_ one: Int, _ other: Int, length: Int) -> Bool {
        var difference = unsafe difference(one, other) | difference(one &+ 16, other &+ 16)
        // The last vectors overlap the ones before them, which costs less than reading a remainder of any length.
        difference |= unsafe self.difference(one &+ length &- 16, other &+ length &- 16)
        if length > 48 {
            difference |= unsafe self.difference(one &+ 32, other &+ 32)
            difference |= unsafe self.difference(one &+ length &- 32, other &+ length &- 32)
            if length > 80 { difference |= unsafe self.difference(one &+ 48, other &+ 48) }
        }
        return difference[0] | difference[1] == 0
    }

    /// The bits in which 16 bytes differ from 16 others.
    @unsafe @inline(__always)
    private func difference(_ one: Int, _ other: Int) -> SIMD2<UInt64> {
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: one, as: SIMD2<UInt64>.self)
            ^ bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: other, as: SIMD2<UInt64>.self)
    }
}
