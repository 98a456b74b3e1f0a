// SPDX-License-Identifier: Apache-2.0

extension UInt8 {
    /// The value of a hexadecimal digit of either case, `nil` for any other byte.
    var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Span<UInt8> {
    /// Sixteen hexadecimal digits as a number, `nil` when one of them is none.
    ///
    /// - Parameter offset: The index of the first digit; traps unless 16 bytes follow.
    /// - Returns: The number that an id of eight bytes is read as.
    func hex64(at offset: Int) -> UInt64? {
        guard let high = hex32(littleEndian64(at: offset)), let low = hex32(littleEndian64(at: offset + 8)) else {
            return nil
        }
        return UInt64(high) << 32 | UInt64(low)
    }
}

/// Eight hexadecimal digits, the first in the lowest byte, as a number.
@inline(__always)
private func hex32(_ word: UInt64) -> UInt32? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let high = ones &* 0x80
    /// The high bit of each byte of `word`, all below 0x80, that is `limit` or more.
    @inline(__always) func atLeast(_ limit: UInt8, _ word: UInt64) -> UInt64 {
        (word | high) &- (ones &* UInt64(limit))
    }
    let lowercase = word | (ones &* 0x20)
    let digit = atLeast(UInt8(ascii: "0"), word) & ~atLeast(UInt8(ascii: "9") + 1, word)
    let letter = atLeast(UInt8(ascii: "a"), lowercase) & ~atLeast(UInt8(ascii: "f") + 1, lowercase)
    guard word & high == 0, (digit | letter) & high == high else { return nil }
    // Letters have bit 6 set, and their low bits count from 1.
    let nibbles = (word & (ones &* 0x0F)) &+ (((word >> 6) & ones) &* 9)
    var bytes = ((nibbles << 4) | (nibbles >> 8)) & 0x00FF_00FF_00FF_00FF
    bytes = (bytes | (bytes >> 8)) & 0x0000_FFFF_0000_FFFF
    return UInt32(truncatingIfNeeded: bytes | (bytes >> 16)).byteSwapped
}
