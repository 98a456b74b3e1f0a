// SPDX-License-Identifier: Apache-2.0
import Compression
import TestData
import Testing

@Suite struct InflaterTests {
    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...31, using: &random) }
    }

    private static func gzip(_ bytes: [UInt8]) throws -> [UInt8] { try #require(Gzip.compress(bytes)) }

    private static func inflate(
        _ body: [UInt8], limit: Int = 1 << 20, with inflater: inout Inflater, reserve: (Int) -> Bool = { _ in true }
    ) throws(InflateError) -> [UInt8] {
        let count = try inflater.inflateGzip(body.span, limit: limit, reserve: reserve)
        return inflater.withOutput(count: count) { bytes in bytes.indices.map { bytes[$0] } }
    }

    @Test(arguments: [0, 1, 17, 1000, 65_535, 65_536, 65_537, 300_000])
    func `what was compressed comes back`(count: Int) throws {
        let bytes = Self.noise(count, seed: UInt64(count))
        var inflater = Inflater()
        #expect(try Self.inflate(Self.gzip(bytes), with: &inflater) == bytes)
    }

    @Test func `one inflater serves many bodies`() throws {
        var inflater = Inflater(keptBytes: 70_000)
        for count in [10, 200_000, 0, 80_000, 5] {
            let bytes = Self.noise(count, seed: 7)
            #expect(try Self.inflate(Self.gzip(bytes), with: &inflater) == bytes)
            inflater.trim()
        }
    }

    @Test func `several members are one body, whatever the last one claims`() throws {
        let long = Self.noise(200_000, seed: 1)
        let short = Self.noise(3, seed: 2)
        var inflater = Inflater()
        let body = try Self.gzip(long) + Self.gzip([]) + Self.gzip(short)
        #expect(try Self.inflate(body, with: &inflater) == long + short)
    }

    @Test func `a body of exactly the limit is taken and one byte more is not`() throws {
        let bytes = Self.noise(100_000, seed: 3)
        var inflater = Inflater()
        #expect(try Self.inflate(Self.gzip(bytes), limit: 100_000, with: &inflater) == bytes)
        #expect(throws: InflateError.larger(limit: 99_999)) {
            try Self.inflate(Self.gzip(bytes), limit: 99_999, with: &inflater)
        }
    }

    @Test func `members that pass the limit together are refused although each is small`() throws {
        var inflater = Inflater()
        let member = try Self.gzip(Self.noise(60_000, seed: 4))
        #expect(throws: InflateError.larger(limit: 100_000)) {
            try Self.inflate(member + member, limit: 100_000, with: &inflater)
        }
    }

    @Test func `a bomb is refused at the limit, whatever it claims`() throws {
        let bomb = try Self.gzip([UInt8](repeating: 0, count: 64 << 20))
        var inflater = Inflater()
        var largest = 0
        #expect(throws: InflateError.larger(limit: 1 << 20)) {
            try Self.inflate(bomb, with: &inflater) { count in
                largest = max(largest, count)
                return true
            }
        }
        #expect(largest <= (1 << 20) + 1)
    }

    @Test func `a body that is cut short is damaged, not too large`() throws {
        let body = try Self.gzip(Self.noise(50_000, seed: 9))
        var inflater = Inflater()
        for end in stride(from: 100, to: body.count, by: 97) {
            #expect(throws: InflateError.damaged(offset: 0)) {
                try Self.inflate(Array(body[..<end]), limit: 60_000, with: &inflater)
            }
        }
    }

    @Test func `a claim of little room does not get a bomb past the limit`() throws {
        let bomb = try Self.gzip([UInt8](repeating: 0, count: 8 << 20)) + Self.gzip([1])
        var inflater = Inflater()
        var largest = 0
        #expect(throws: InflateError.larger(limit: 1 << 20)) {
            try Self.inflate(bomb, with: &inflater) { count in
                largest = max(largest, count)
                return true
            }
        }
        #expect(largest <= (1 << 20) + 1)
    }

    @Test func `a claim that deflate cannot reach takes no memory`() throws {
        var body = try Self.gzip([1, 2, 3])
        body[body.count - 2] = 0x0F  // claims 983,043 bytes
        var inflater = Inflater()
        var largest = 0
        #expect(throws: InflateError.self) {
            try Self.inflate(body, with: &inflater) { count in
                largest = max(largest, count)
                return true
            }
        }
        #expect(largest <= 64 << 10)
    }

    @Test func `no room is said as such`() throws {
        var inflater = Inflater()
        let body = try Self.gzip(Self.noise(1000, seed: 5))
        #expect(throws: InflateError.noRoom) { try Self.inflate(body, with: &inflater) { _ in false } }
    }

    @Test func `no prefix of a body is taken`() throws {
        let body = try Self.gzip(Self.noise(2000, seed: 6))
        var inflater = Inflater()
        for end in 0..<body.count {
            #expect(throws: InflateError.self) { try Self.inflate(Array(body[..<end]), with: &inflater) }
        }
    }

    @Test func `bytes behind the last member are refused`() throws {
        var inflater = Inflater()
        let body = try Self.gzip(Self.noise(50, seed: 8))
        #expect(throws: InflateError.damaged(offset: body.count)) {
            try Self.inflate(body + [0x1F, 0x8B, 8, 0], with: &inflater)
        }
    }
}
