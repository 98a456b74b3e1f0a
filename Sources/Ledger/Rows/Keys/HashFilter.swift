// SPDX-License-Identifier: Apache-2.0
import OTLP

/// A Bloom filter over hashes of 32 bits, two bits for each, both in one block of eight words.
struct HashFilter {
    private var bits: [UInt64]
    /// The places of bits, less one; a power of two less one.
    private let mask: UInt64

    private let bitsOfHash: Int
    private let mostBytes: Int

    private static let leastBytes = 2 << 20

    /// Makes an empty filter of at least 2 MiB.
    ///
    /// - Parameters:
    ///   - hashes: How many it is to have; with more, more of the others pass.
    ///   - bitsOfHash: The bits for each hash if it has as many: with 16 about 1 in 70 other hashes passes, with 8 1 in 20.
    ///   - mostBytes: The most bytes; a power of two.
    init(hashes: Int, bitsOfHash: Int = 16, mostBytes: Int = 32 << 20) {
        var bytes = Self.leastBytes
        while bytes < mostBytes, bytes * 8 < hashes * bitsOfHash { bytes *= 2 }
        bits = [UInt64](repeating: 0, count: bytes / 8)
        mask = UInt64(bytes * 8 - 1)
        (self.bitsOfHash, self.mostBytes) = (bitsOfHash, mostBytes)
    }

    /// How many hashes it can have; the largest filter takes any number.
    var room: Int { bits.count * 8 >= mostBytes ? .max : bits.count * 64 / bitsOfHash }

    /// Whether it may have a hash.
    ///
    /// - Parameter hash: The hash.
    /// - Returns: `false` only if it was never entered.
    @inline(__always)
    func mayHave(_ hash: UInt32) -> Bool {
        let (first, second) = places(of: hash)
        return bits[first >> 6] >> UInt64(first & 63) & bits[second >> 6] >> UInt64(second & 63) & 1 != 0
    }

    /// Notes a hash.
    @inline(__always)
    mutating func enter(_ hash: UInt32) {
        let (first, second) = places(of: hash)
        bits[first >> 6] |= 1 << UInt64(first & 63)
        bits[second >> 6] |= 1 << UInt64(second & 63)
    }

    @inline(__always)
    private func places(of hash: UInt32) -> (Int, Int) {
        let mixed = mix64(UInt64(hash) ^ 0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93)
        let first = Int(mixed & mask)
        return (first, first & ~511 | Int(mixed >> 32 & 511))
    }
}
