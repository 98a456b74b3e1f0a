// SPDX-License-Identifier: Apache-2.0
import OTLP

/// The first and the last eight bytes of a text, and its length: two words that can be compared without a loop.
///
/// A shorter text is both, so that the ends of a text of up to sixteen bytes are all of it.
struct TextEnds: Sendable {
    var first: UInt64 = 0
    var last: UInt64 = 0
    var length: UInt32 = 0

    /// The length up to which texts with equal ends are equal.
    static var longestWhole: Int { 16 }

    /// The ends of no text.
    init() {}

    /// Reads the ends of a text that is not empty and has eight bytes of the body from its start on.
    @inline(__always)
    init?(of range: ByteRange, in body: Span<UInt8>) {
        let (offset, length) = (Int(range.offset), Int(range.length))
        guard length > 0, offset <= body.count &- max(length, 8) else { return nil }
        self.length = range.length
        // Sound: eight bytes from `offset` on, and all bytes of the text, lie within the body.
        first = unsafe body.uncheckedWord(at: offset)
        if length >= 8 {
            last = unsafe body.uncheckedWord(at: offset &+ length &- 8)
        } else {
            first &= .max &>> UInt64(truncatingIfNeeded: 64 &- length &* 8)
            last = first
        }
    }

    @inline(__always)
    func isEqual(to other: TextEnds) -> Bool {
        first == other.first && last == other.last && length == other.length
    }

    /// A number that mostly differs between different texts.
    @inline(__always)
    var hash: UInt32 { UInt32(truncatingIfNeeded: mix64(first ^ UInt64(length), last)) }

    /// The same with ASCII letters in lower case.
    func lowercased() -> TextEnds {
        var ends = self
        ends.first = Self.lowercased(first)
        ends.last = Self.lowercased(last)
        return ends
    }

    private static func lowercased(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // In the top bit of each byte: whether its lower seven bits are beyond `Z`, and whether they are `A` or more.
        let low = word & (0x7F &* ones)
        let isBeyond = low &+ (0x7F - 0x5A) &* ones
        let isAtLeast = low &+ (0x80 - 0x41) &* ones
        let isUpper = (isAtLeast ^ isBeyond) & ~word & (0x80 &* ones)
        return word | isUpper &>> 2
    }
}
