// SPDX-License-Identifier: Apache-2.0

/// Numbers in blocks of 64, each number with as many bits as the largest of its block needs.
///
/// A block is a byte with the number of bits, from 0 to 64, then the numbers one after the other, the lowest bits first. The last
/// block has the remaining numbers. Each block is filled up to a whole byte.
enum BitBlocks {
    /// The numbers of a block.
    static let length = 64
    /// The bytes behind the last block that reading may look at.
    static let padding = 16

    /// The number of bits of the numbers of each block.
    private static func width(_ block: ArraySlice<UInt64>) -> Int {
        64 - block.reduce(0, |).leadingZeroBitCount
    }

    /// The bytes that numbers take.
    static func size(of numbers: [UInt64]) -> Int {
        var size = 0
        for start in stride(from: 0, to: numbers.count, by: length) {
            let block = numbers[start..<min(start + length, numbers.count)]
            size += 1 + (block.count * width(block) + 7) / 8
        }
        return size
    }

    /// Appends numbers.
    static func append(_ numbers: [UInt64], to bytes: inout [UInt8]) {
        for start in stride(from: 0, to: numbers.count, by: length) {
            let block = numbers[start..<min(start + length, numbers.count)]
            let width = width(block)
            bytes.append(UInt8(width))
            guard width > 0 else { continue }
            var (word, used): (UInt64, Int) = (0, 0)
            for number in block {
                word |= number << UInt64(used)
                used += width
                guard used >= 64 else { continue }
                append(word, bytes: 8, to: &bytes)
                used -= 64
                // Swift's shift by 64 bits leaves nothing.
                word = number >> UInt64(width - used)
            }
            append(word, bytes: (used + 7) / 8, to: &bytes)
        }
    }

    private static func append(_ word: UInt64, bytes count: Int, to bytes: inout [UInt8]) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * index))) }
    }

    /// Reads numbers.
    ///
    /// - Parameters:
    ///   - numbers: Where they go.
    ///   - bytes: Has ``padding`` bytes behind the range.
    ///   - range: The bytes of the blocks.
    /// - Returns: Whether the range has exactly as many numbers.
    static func read(
        _ numbers: UnsafeMutableBufferPointer<Int64>, _ bytes: UnsafeRawBufferPointer, in range: Range<Int>
    ) -> Bool {
        var (at, first) = (range.lowerBound, 0)
        while first < numbers.count {
            guard at < range.upperBound else { return false }
            let width = unsafe Int(bytes[at])
            let count = min(length, numbers.count - first)
            let start = at + 1
            at = start + (count * width + 7) / 8
            guard width <= 64, at <= range.upperBound else { return false }
            let mask = width == 64 ? UInt64.max : 1 &<< UInt64(width) &- 1
            var bit = 0
            for index in first..<first + count {
                let (byte, shift) = (start &+ bit >> 3, UInt64(bit & 7))
                // Sound: the first of these bytes is within the range, or right behind it, and the padding follows.
                let low = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: byte, as: UInt64.self))
                var word = low &>> shift
                if width &+ Int(shift) > 64 { word |= unsafe UInt64(bytes[byte &+ 8]) &<< (64 &- shift) }
                unsafe numbers[index] = Int64(bitPattern: word & mask)
                bit &+= width
            }
            first += count
        }
        return at == range.upperBound
    }
}
