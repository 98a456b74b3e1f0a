// SPDX-License-Identifier: Apache-2.0
import CDeflate
import Compression
import TestData
import Testing

/// Headers and trailers of gzip members.
@Suite struct GzipMemberTests {
    private static let flagCombinations = (UInt8(0)..<32).map(Flags.init)

    /// A header's flags, as RFC 1952 numbers them.
    struct Flags: OptionSet {
        let rawValue: UInt8
        static let headerChecksum = Flags(rawValue: 2)
        static let extra = Flags(rawValue: 4)
        static let name = Flags(rawValue: 8)
        static let comment = Flags(rawValue: 16)
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 { unsafe libdeflate_crc32(0, bytes, bytes.count) }

    /// A member whose header has the fields that the flags name.
    private static func member(_ bytes: [UInt8], _ flags: Flags, extraBytes: Int = 5) throws -> [UInt8] {
        var header: [UInt8] = [0x1F, 0x8B, 8, flags.rawValue, 1, 2, 3, 4, 0, 255]
        if flags.contains(.extra) {
            header += [UInt8(extraBytes & 255), UInt8(extraBytes >> 8)]
            header += [UInt8](repeating: 0xAA, count: extraBytes)
        }
        if flags.contains(.name) { header += Array("spans.binpb".utf8) + [0] }
        if flags.contains(.comment) { header += [0] }
        if flags.contains(.headerChecksum) {
            let checksum = crc32(header)
            header += [UInt8(checksum & 255), UInt8(checksum >> 8 & 255)]
        }
        return try header + #require(Gzip.compress(bytes))[10...]
    }

    private static func noise(_ count: Int) -> [UInt8] {
        var random = SeededGenerator(seed: UInt64(count))
        return (0..<count).map { _ in UInt8.random(in: 0...31, using: &random) }
    }

    private static func inflate(_ body: [UInt8]) throws(InflateError) -> [UInt8] {
        var inflater = Inflater()
        let count = try inflater.inflateGzip(body.span, limit: 1 << 20) { _ in true }
        return inflater.withOutput(count: count) { bytes in bytes.indices.map { bytes[$0] } }
    }

    @Test(arguments: flagCombinations)
    func `a member with any of the optional fields is read`(flags: Flags) throws {
        let (first, second) = (Self.noise(600), Self.noise(3))
        let body = try Self.member(first, flags) + Self.member(second, flags)
        #expect(try Self.inflate(body) == first + second)
    }

    @Test(arguments: [0, 1, 255, 256, 65_535])
    func `an extra field may have any length`(extraBytes: Int) throws {
        let bytes = Self.noise(100)
        #expect(try Self.inflate(Self.member(bytes, [.extra, .name], extraBytes: extraBytes)) == bytes)
    }

    @Test(arguments: flagCombinations)
    func `a member that is cut short at any byte is damaged`(flags: Flags) throws {
        let member = try Self.member(Self.noise(20), flags)
        for end in member.indices {
            #expect(throws: InflateError.damaged(offset: 0)) { try Self.inflate(Array(member[..<end])) }
        }
        for end in member.indices.dropFirst() {
            #expect(throws: InflateError.damaged(offset: member.count)) { try Self.inflate(member + member[..<end]) }
        }
    }

    @Test(arguments: [[.name], [.comment], [.name, .comment]] as [Flags])
    func `a text without an end is damaged`(flags: Flags) {
        let header: [UInt8] = [0x1F, 0x8B, 8, flags.rawValue, 0, 0, 0, 0, 0, 255]
        #expect(throws: InflateError.damaged(offset: 0)) {
            try Self.inflate(header + [UInt8](repeating: 65, count: 50))
        }
    }

    @Test func `an extra field that is longer than the body is damaged`() throws {
        var member = try Self.member(Self.noise(20), .extra)
        (member[10], member[11]) = (255, 255)
        #expect(throws: InflateError.damaged(offset: 0)) { try Self.inflate(member) }
    }

    @Test(arguments: [5, 6, 7])
    func `a flag that is reserved is damage`(bit: Int) throws {
        var member = try Self.member(Self.noise(20), [])
        member[3] |= 1 << bit
        #expect(throws: InflateError.damaged(offset: 0)) { try Self.inflate(member) }
    }

    @Test func `what does not begin as a gzip member is damaged`() throws {
        for place in 0..<3 {
            var member = try Self.member(Self.noise(20), [])
            member[place] ^= 1
            #expect(throws: InflateError.damaged(offset: 0)) { try Self.inflate(member) }
        }
    }

    @Test func `a trailer with another checksum or size is damaged`() throws {
        let member = try Self.member(Self.noise(600), [])
        for bit in 0..<64 {
            var second = member
            second[member.count - 8 + bit / 8] ^= 1 << (bit % 8)
            #expect(throws: InflateError.damaged(offset: member.count)) { try Self.inflate(member + second) }
        }
    }

    @Test func `a differing bit in a member with a header checksum is damage or padding`() throws {
        let bytes = Self.noise(40)
        let member = try Self.member(bytes, [.headerChecksum, .extra, .name, .comment])
        var accepted = 0
        for bit in 0..<(member.count * 8) {
            var other = member
            other[bit / 8] ^= 1 << (bit % 8)
            guard let inflated = try? Self.inflate(other) else { continue }
            #expect(inflated == bytes)
            accepted += 1
        }
        // Deflate data ends within a byte, and no checksum includes the bits that fill it.
        #expect(accepted < 8)
    }

    /// A member that Python 3.11 with zlib 1.2.13 made of the digits of the first square numbers.
    struct PythonMember: CustomTestStringConvertible {
        let testDescription: String
        let squares: Int
        let bytes: [UInt8]

        init(_ name: String, squares: Int, _ hex: String) {
            testDescription = name
            self.squares = squares
            let digits = hex.utf8.map { UInt8(Character(UnicodeScalar($0)).hexDigitValue ?? 0) }
            bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        }
    }

    private static let pythonMembers = [
        PythonMember(
            "gzip.GzipFile with a name", squares: 100,
            "1f8b080800f1536502ff7370616e732e62696e7062001d90c911043108c452e26837907f62ab9d97cb1c4210a94bd76bebac"
                + "cd8cc8ca94d297e7aa57cfb5d7a5762a828c56afee8de9f378ea6689e5459c219432f6329f93fe2c820d4db43ed866849934"
                + "562ed3af5d515fa62aae3a54c2e245947987ff12c7b3a96b60d85ca3dc1837bc9eca5ea9cf2724c45cf5b3b4279734b8a3f7"
                + "020586bec69f20abbd37bcd01dfb2f4db32489642f79f7265812de009fe79b017795cba9b6161a77e37abb2c891fa94f0220"
                + "c1c81f935c1fde62010000"),
        PythonMember(
            "gzip.compress", squares: 0,
            "1f8b080000000000020303000000000000000000"),
        PythonMember(
            "zlib, fixed codes", squares: 30,
            "1f8b0800000000000203333034b134343332353633b13433b1303434303034323434313134b334b43433323235323533b2b0"
                + "34363231363334313000ca985898981a599a9a9b01f599999b991b599a5b00c50c01ed2a570e4c000000"),
        PythonMember(
            "zlib, stored", squares: 20,
            "1f8b0800000000000403012e00d1ff3031343931363235333634393634383131303031323131343431363931393632323532"
                + "3536323839333234333631e52357562e000000"),
        PythonMember(
            "zlib, with a full flush", squares: 60,
            "1f8b080000000000000304c1011100300c02314b3ca5dceadfd81291a3de69ae79206148e871b5d75bbf1b674aa47c000000"
                + "ffff1d8cc10d004108025b024456fb6fecccbd083304d3e3d6f64bd47979da37c7b8c086844ccc921d4a4d1dac2c6db34506"
                + "60867c31c7cbad08fa8d8455c132a80694cb777d8e2f53b7ab3b2b79abe2f2f003dc9607d4c2000000"),
    ]

    @Test(arguments: pythonMembers)
    func `members that Python makes are read`(member: PythonMember) throws {
        let digits = (0..<member.squares).flatMap { Array(String($0 * $0).utf8) }
        #expect(try Self.inflate(member.bytes) == digits)
        #expect(try Self.inflate(member.bytes + Self.member(digits, .name) + member.bytes) == digits + digits + digits)
    }
}
