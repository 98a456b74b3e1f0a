// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import GenAI

/// The hash of users.
@Suite struct KeyedTextHashTests {
    @Test func `it is SipHash-2-4, by vectors of its authors`() {
        let hash = KeyedTextHash(key: Array(0..<16))
        for (count, expected) in [
            (0, 0x726F_DB47_DD0E_0E31), (1, 0x74F8_39C5_93DC_67FD), (7, 0xAB02_00F5_8B01_D137),
            (8, 0x93F5_F579_9A93_2462), (15, 0xA129_CA61_49BE_45E5), (63, 0x958A_324C_EB06_4572),
        ] as [(UInt8, UInt64)] {
            #expect(hash(Array(0..<count).span) == expected, "\(count) bytes")
        }
    }

    @Test func `two words hash as their bytes do`() {
        let hash = KeyedTextHash(key: Array(0..<16))
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8]
        #expect(hash(0x0807_0605_0403_0201, 0xF8F7_F6F5_F4F3_F2F1) == hash(bytes.span))
    }

    @Test func `another key gives another text`() {
        let user = Array("ada@example.com".utf8)
        let texts = (0..<100).map { KeyedTextHash(key: [UInt8](repeating: $0, count: 16)).text(of: user.span) }
        #expect(Set(texts).count == 100)
        #expect(texts.allSatisfy { $0.count == 16 })
        let none: [UInt8] = []
        let text = KeyedTextHash(key: Array(0..<16)).text(of: none.span)
        #expect(String(decoding: text, as: UTF8.self) == "726fdb47dd0e0e31")
    }
}
