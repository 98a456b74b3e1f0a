// SPDX-License-Identifier: Apache-2.0

/// SipHash-2-4 with a key of 128 bits: without the key, no one can recover a text from its hash, even by hashing likely texts.
///
/// - SeeAlso: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012, whose test vectors hold.
package struct KeyedTextHash: Sendable {
    private let key: (UInt64, UInt64)

    /// Makes a hash.
    ///
    /// - Parameter key: A secret of 16 bytes; fewer count as filled up with zeros.
    package init(key: [UInt8]) {
        func word(_ first: Int) -> UInt64 {
            key.dropFirst(first).prefix(8).enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
        }
        self.key = (word(0), word(8))
    }

    /// The hash of some bytes.
    package func callAsFunction(_ bytes: Span<UInt8>) -> UInt64 {
        var state = start
        var word: UInt64 = 0
        for index in bytes.indices {
            word |= UInt64(bytes[index]) << UInt64(8 * (index % 8))
            if index % 8 == 7 {
                state.take(word)
                word = 0
            }
        }
        // The last word has the length in its highest byte.
        state.take(word | UInt64(truncatingIfNeeded: bytes.count) << 56)
        return state.finish()
    }

    /// The hash of 16 bytes, as two words.
    ///
    /// - Parameters:
    ///   - first: The first eight bytes, little-endian.
    ///   - second: The others.
    /// - Returns: The hash.
    package func callAsFunction(_ first: UInt64, _ second: UInt64) -> UInt64 {
        var state = start
        state.take(first)
        state.take(second)
        state.take(16 << 56)
        return state.finish()
    }

    private var start: State {
        State(
            key.0 ^ 0x736F_6D65_7073_6575, key.1 ^ 0x646F_7261_6E64_6F6D, key.0 ^ 0x6C79_6765_6E65_7261,
            key.1 ^ 0x7465_6462_7974_6573)
    }

    /// The hash of some bytes as text: 16 lower-case hexadecimal digits.
    package func text(of bytes: Span<UInt8>) -> [UInt8] {
        let hash = self(bytes)
        return (0..<16).map { digit in Self.digits[Int(hash >> UInt64(60 - 4 * digit) & 0xF)] }
    }

    /// Whether a text has the form of ``text(of:)``.
    package static func isHash(_ text: String) -> Bool {
        text.utf8.count == 16 && text.utf8.allSatisfy(digits.contains)
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private struct State {
        private var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64)

        init(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) { (self.a, self.b, self.c, self.d) = (a, b, c, d) }

        mutating func take(_ word: UInt64) {
            d ^= word
            round()
            round()
            a ^= word
        }

        mutating func finish() -> UInt64 {
            c ^= 0xFF
            for _ in 0..<4 { round() }
            return a ^ b ^ c ^ d
        }

        private mutating func round() {
            a &+= b
            b = Self.turned(b, 13) ^ a
            a = Self.turned(a, 32)
            c &+= d
            d = Self.turned(d, 16) ^ c
            a &+= d
            d = Self.turned(d, 21) ^ a
            c &+= b
            b = Self.turned(b, 17) ^ c
            c = Self.turned(c, 32)
        }

        private static func turned(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
    }
}
