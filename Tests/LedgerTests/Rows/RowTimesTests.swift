// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import GenAI
import OTLP
import Testing

@testable import Ledger

/// Every span has a place in time, whatever its sender says about its end.
@Suite struct RowTimesTests {
    private static let wall = RowFolder.wall
    private static let minute: Int64 = (1_785_000_000 - 1_577_836_800) / 60

    @Test func `the end of a span decides, to the microsecond`() {
        let time = RowTime(end: Self.wall - 61_000_001_500, arrival: Self.wall, oldest: 0)
        #expect(time.minute == Self.minute - 2)
        #expect(time.finish == 58_999_998)
        #expect(!time.isArrival)
    }

    @Test(
        arguments: [
            0, 1_577_836_799_999_999_999, wall + 3_600_000_001_000, .max, wall - 3_600_000_000_000,
        ] as [UInt64])
    func `an implausible end, or one of before what is kept, is replaced by the arrival`(end: UInt64) {
        let time = RowTime(end: end, arrival: Self.wall, oldest: Self.minute - 59)
        #expect(time.isArrival)
        #expect((time.minute, time.finish) == (Self.minute, 0))
    }

    @Test func `an end of up to an hour after the arrival holds`() {
        #expect(!RowTime(end: Self.wall + 3_600_000_000_000, arrival: Self.wall, oldest: 0).isArrival)
    }

    @Test(arguments: [0, 5, .max] as [UInt64])
    func `no clock of this process is implausible enough to stop it`(arrival: UInt64) {
        let time = RowTime(end: arrival, arrival: arrival, oldest: 77)
        #expect(time.minute >= 77)
        #expect(time.microseconds == Int64(arrival / 1_000) - RowTime.epochMicroseconds)
    }

    @Test func `no id is given twice in a transaction of more minutes than are remembered`() throws {
        let folder = try RowFolder()
        let queue = try RowDatabase.open(folder.file)
        try queue.write { database in
            var numbers = RowNumbers()
            numbers.begin()
            var ids: Set<Int64> = []
            for _ in 0..<2 {
                for minute in 0..<Int64(10_000) {
                    var time = RowTime(minute: minute, finish: 0)
                    ids.insert(try numbers.id(for: &time, database))
                }
            }
            #expect(ids.count == 20_000)
        }
    }

    @Test func `a full minute continues in the next one that has room, with the same time`() throws {
        let folder = try RowFolder()
        let queue = try RowDatabase.open(folder.file)
        try queue.write { database in
            for minute in [Self.minute, Self.minute + 1] {
                try database.execute(
                    sql: "INSERT INTO calls(id) VALUES (?)", arguments: [minute << 22 | (RowTime.sequenceLength - 1)])
            }
            try database.execute(sql: "INSERT INTO drops(id) VALUES (?)", arguments: [(Self.minute + 2) << 22 | 6])
            var numbers = RowNumbers()
            for expected in [7, 8] as [Int64] {
                var time = RowTime(end: Self.wall, arrival: Self.wall, oldest: 0)
                let before = time.microseconds
                #expect(try numbers.id(for: &time, database) == (Self.minute + 2) << 22 | expected)
                #expect(time.microseconds == before)
            }
        }
    }
}
