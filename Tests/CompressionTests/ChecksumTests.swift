// SPDX-License-Identifier: Apache-2.0
import CChecksum
import CDeflate
import TestData
import Testing

@Suite struct ChecksumTests {
    /// The widths that this CPU has: 0 is libdeflate's own checksum.
    private static let widths = [0, 32, 64].filter { $0 <= llm_crc32_widest() }

    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    /// The definition, bit by bit.
    private static func checksumByDefinition(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { remainder, byte in
            (0..<8).reduce(remainder ^ UInt32(byte)) { word, _ in (word >> 1) ^ (word & 1 == 0 ? 0 : 0xEDB8_8320) }
        }
    }

    private static func checksum(_ bytes: [UInt8], width: Int) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer { unsafe llm_crc32_of_width(width, $0.baseAddress, $0.count) }
    }

    @Test func `the checksum of nine digits is the published one`() {
        let digits = Array("123456789".utf8)
        #expect(unsafe llm_crc32(digits, digits.count) == 0xCBF4_3926)
        #expect(llm_crc32(nil, 0) == 0)
    }

    @Test(arguments: widths)
    func `each length at each alignment has libdeflate's checksum`(width: Int) {
        let bytes = Self.noise(1024 + 63, seed: 1)
        let area = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 64)
        defer { unsafe area.deallocate() }
        let start = unsafe area.initializeMemory(as: UInt8.self, from: bytes, count: bytes.count)
        var differing: [String] = []
        for alignment in 0..<64 {
            for count in 0...1024 {
                let ours = unsafe llm_crc32_of_width(width, start + alignment, count)
                if unsafe ours != libdeflate_crc32(0, start + alignment, count) {
                    differing.append("\(count) bytes at \(alignment)")
                }
            }
        }
        #expect(differing.isEmpty)
    }

    @Test(arguments: widths, [4095, 4096, 65_537, 353_000, (1 << 20) + 255])
    func `many bytes have libdeflate's checksum`(width: Int, count: Int) {
        let bytes = Self.noise(count, seed: UInt64(count))
        #expect(unsafe Self.checksum(bytes, width: width) == libdeflate_crc32(0, bytes, count))
    }

    @Test(arguments: widths)
    func `the checksum is that of the definition`(width: Int) {
        for count in [1, 17, 511, 512, 513, 767, 768, 5000] {
            for bytes in [Self.noise(count, seed: 3), .init(repeating: 0, count: count)] {
                #expect(Self.checksum(bytes, width: width) == Self.checksumByDefinition(bytes))
            }
        }
    }

    @Test func `the constants of the folding are powers of x`() {
        /// x^power mod P, bit i for x^(63-i), as `crc32.c` has them.
        func constant(_ power: Int) -> UInt64 {
            let remainder = (0..<power).reduce(UInt32(1)) { word, _ in
                (word << 1) ^ (word >> 31 == 0 ? 0 : 0x04C1_1DB7)
            }
            return (0..<32).reduce(0) { $0 | UInt64(remainder >> $1 & 1) << (63 - UInt64($1)) }
        }
        let bits = Int(LLM_CRC32_BLOCK) * 8
        #expect(UInt64(LLM_CRC32_FOLD_FIRST) == constant(bits + 63))
        #expect(UInt64(LLM_CRC32_FOLD_LAST) == constant(bits - 1))
    }
}
