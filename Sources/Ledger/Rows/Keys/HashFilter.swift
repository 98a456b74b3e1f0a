// SPDX-License-Identifier: Apache-2.0
import OTLP

/// A Bloom filter of 2 MiB over hashes of 32 bits, two bits for each.
struct HashFilter {
    private var bits: [UInt64]

    private static let words = 1 << 18

    /// Makes a filter.
    ///
    /// - Parameter hashes: What it has; `nil` for everything.
    init(_ hashes: [UInt32]?) {
        bits = [UInt64](repeating: hashes == nil ? .max : 0, count: Self.words)
        for hash in hashes ?? [] { enter(hash) }
    }

    /// Whether it may have a hash.
    ///
    /// - Parameter hash: The hash.
    /// - Returns: `false` only if it was never entered.
    @inline(__always)
    func mayHave(_ hash: UInt32) -> Bool {
        let (first, second) = Self.places(of: hash)
        return bits[first >> 6] >> UInt64(first & 63) & bits[second >> 6] >> UInt64(second & 63) & 1 != 0
    }

    /// Notes a hash.
    @inline(__always)
    mutating func enter(_ hash: UInt32) {
        let (first, second) = Self.places(of: hash)
        bits[first >> 6] |= 1 << UInt64(first & 63)
        bits[second >> 6] |= 1 << UInt64(second & 63)
    }

    @inline(__always)
    private static func places(of hash: UInt32) -> (Int, Int) {
        let mixed = mix64(UInt64(hash) ^ 0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93)
        return (Int(mixed & 0xFF_FFFF), Int(mixed >> 40))
    }
}
