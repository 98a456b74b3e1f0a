// SPDX-License-Identifier: Apache-2.0
import TestData
import Testing

@testable import Ledger

/// Packed sums are read as they were, and bytes that are not theirs are refused.
@Suite struct PackedSumsTests {
    /// Random sums in order, with numbers of all sizes.
    static func sums(seed: UInt64, most: Int = 300) -> LooseSums {
        var generator = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...most, using: &generator)
        // By column, how its numbers are.
        let kinds = RollupColumns.names.map { _ in Int.random(in: 0...7, using: &generator) }
        var sums = LooseSums()
        for _ in 0..<count {
            sums.append { column in
                switch (column, kinds[column]) {
                case (RollupColumns.value, _), (RollupColumns.line, _): .random(in: 0...Int64(count), using: &generator)
                case (RollupColumns.rest, _), (RollupColumns.savedRest, _):
                    .random(in: 0..<1_000, using: &generator) * 1_000_000
                case (_, 0): 0
                case (_, 1): .random(in: 0...1, using: &generator)
                case (_, 2): .random(in: 0...20_000, using: &generator) * 1_000
                case (_, 3): .random(in: 0..<12, using: &generator) == 0 ? .random(in: 1...9_999, using: &generator) : 0
                case (_, 4): .random(in: -9...9_000_000, using: &generator)
                case (RollupColumns.micros, _), (RollupColumns.savedMicros, _):
                    .random(in: -1 << 50...1 << 50, using: &generator)
                case (_, 5): [.min, .max, 0, -1, 1].randomElement(using: &generator) ?? 0
                default: .random(in: .min ... .max, using: &generator) >> Int64.random(in: 0..<64, using: &generator)
                }
            }
        }
        sums.combine()
        return sums
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `sums are read as they were packed`(seed: UInt64) throws {
        let sums = Self.sums(seed: seed)
        #expect(sums.isInOrder)
        let packed = try PackedSums(sums.packed)
        #expect(packed.count == sums.count)
        #expect(try LooseSums(packed) == sums)
        for column in 0..<RollupColumns.count {
            #expect(packed.has(column) == sums.columns[column].contains { $0 != 0 })
        }
    }

    @Test func `the largest and smallest numbers of every column are kept`() throws {
        var sums = LooseSums()
        for number in [Int64.min, -1, 0, 1, .max] { sums.append { $0 == RollupColumns.line ? 0 : number } }
        #expect(try LooseSums(PackedSums(sums.packed)) == sums)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `sums of the same value and line are added up`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var (sums, calls, cost): (LooseSums, [[Int64]: Int64], [[Int64]: Int128]) = (LooseSums(), [:], [:])
        for _ in 0..<200 {
            let key = [Int64.random(in: 0...9, using: &generator), .random(in: 0...3, using: &generator)]
            let (count, micros, rest) = (
                Int64.random(in: 1...5, using: &generator), Int64.random(in: -99...99, using: &generator),
                Int64.random(in: 0..<1_000_000_000, using: &generator)
            )
            calls[key, default: 0] += count
            cost[key, default: 0] += Int128(micros) * 1_000_000_000 + Int128(rest)
            sums.append { column in
                switch column {
                case RollupColumns.value, RollupColumns.line: key[column]
                case RollupColumns.counts: count
                case RollupColumns.micros: micros
                case RollupColumns.rest: rest
                default: 0
                }
            }
        }
        sums.combine()
        #expect(sums.isInOrder && sums.count == calls.count)
        for index in 0..<sums.count {
            let key = [sums.columns[RollupColumns.value][index], sums.columns[RollupColumns.line][index]]
            #expect(sums.columns[RollupColumns.counts][index] == calls[key])
            let money = RowMoney(
                micros: sums.columns[RollupColumns.micros][index], rest: sums.columns[RollupColumns.rest][index])
            #expect(money.femtodollars == cost[key] && (0..<1_000_000_000).contains(money.rest))
        }
    }

    /// Reads everything.
    private static func read(_ bytes: [UInt8]) throws(PackedSumsError) -> LooseSums {
        try LooseSums(PackedSums(bytes))
    }

    /// The bytes with a checksum that matches them.
    private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > PackedSums.headBytes else { return bytes }
        var bytes = bytes
        let checksum = PackedSums.checksum(bytes)
        for index in 0..<4 { bytes[1 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
        return bytes
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `bytes that are cut short are refused, also with a checksum that matches`(seed: UInt64) {
        let bytes = Self.sums(seed: seed, most: 90).packed
        for count in 0..<bytes.count {
            #expect(throws: PackedSumsError.self) { try Self.read(Array(bytes[..<count])) }
            #expect(throws: PackedSumsError.self) { try Self.read(Self.sealed(Array(bytes[..<count]))) }
        }
        #expect(throws: PackedSumsError.self) { try Self.read(bytes + [0]) }
        #expect(throws: PackedSumsError.self) { try Self.read(Self.sealed(bytes + [0])) }
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `changed bytes are refused, and with a checksum that matches they are read or refused`(seed: UInt64) {
        let bytes = Self.sums(seed: seed, most: 90).packed
        var generator = SeededGenerator(seed: seed &+ 77)
        for _ in 0..<600 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<min(bytes.count, 120), using: &generator)
                changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
            if changed != bytes { #expect(throws: PackedSumsError.self) { try Self.read(changed) } }
            _ = try? Self.read(Self.sealed(changed))
        }
        for _ in 0..<600 {
            _ = try? Self.read(
                Self.sealed([1, 0, 0, 0, 0] + (0..<60).map { _ in .random(in: 0...255, using: &generator) }))
        }
    }

    @Test func `a sum of one call takes some twenty bytes`() throws {
        var generator = SeededGenerator(seed: 7)
        var sums = LooseSums()
        for _ in 0..<680 {
            let (value, line) = (
                Int64.random(in: 1...5_000, using: &generator), Int64.random(in: 1...48, using: &generator)
            )
            let used = [0, 1, 2].map { _ in Int64.random(in: 100...9_999, using: &generator) }
            sums.append { column in
                switch column {
                case RollupColumns.value: value
                case RollupColumns.line: line
                case RollupColumns.counts: 1
                case RollupColumns.classes.lowerBound..<RollupColumns.classes.lowerBound + 3:
                    used[column - RollupColumns.classes.lowerBound]
                case RollupColumns.micros - 1: .random(in: 100_000...9_999_999, using: &generator)
                case RollupColumns.micros, RollupColumns.savedMicros: .random(in: 0...99_999, using: &generator)
                case RollupColumns.rest, RollupColumns.savedRest: .random(in: 0...99, using: &generator) * 10_000_000
                default: 0
                }
            }
        }
        sums.combine()
        #expect(sums.packed.count < 20 * sums.count, "\(sums.packed.count) bytes for \(sums.count) sums")
    }

    @Test func `the bytes of a sum are those that the format says`() throws {
        var sums = LooseSums()
        sums.append { column in
            switch RollupColumns.names[column] {
            case "value": 5
            case "line": 2
            case "calls": 1
            case "input": 1_200
            case "saved_micros": -3
            default: 0
            }
        }
        let columns: [UInt8] = [0, 0x40, 2, 1, 0, 2, 2, 0, 2, 10, 0x10, 2, 32, 2, 2]
        #expect(Array(sums.packed.dropFirst(5)) == [1, 5] + columns + [3, 5, 2, 2, 1, 1, 3, 5, 4, 12] as [UInt8])
    }
}
