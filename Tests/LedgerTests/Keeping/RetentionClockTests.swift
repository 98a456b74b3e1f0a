// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI
import OTLP
import Testing

@testable import Ledger

/// A wall clock that is wrong for a while removes nothing, and the calls of after have their own times.
@Suite struct RetentionClockTests {
    private static let hour: UInt64 = 3_600_000_000_000
    private static let day = 24 * hour

    /// The wall clock from which a step begins, how far it is ahead of that after some time, and by what rows age.
    private struct Step {
        let after: UInt64
        let wall: UInt64
        let expected: UInt64
    }

    private static func expect(_ steps: [Step], _ clock: inout RetentionClock) {
        let (wall, monotonic) = (1_000 * day, 7 * hour)
        for step in steps {
            let time = clock.time(wall: wall + step.wall, monotonic: monotonic + step.after)
            #expect(time == wall + step.expected, "after \(step.after / 60_000_000_000) minutes")
        }
    }

    @Test func `a clock that goes on, is set back, or ahead by less than an hour is believed at once`() {
        var clock = RetentionClock(patience: Self.hour)
        Self.expect(
            [
                Step(after: 0, wall: 0, expected: 0), Step(after: Self.day, wall: Self.day, expected: Self.day),
                Step(after: Self.day + 1, wall: Self.day + Self.hour, expected: Self.day + Self.hour),
                Step(after: Self.day + 2, wall: Self.hour, expected: Self.hour),
            ], &clock)
    }

    @Test func `a clock that is set far ahead is believed after an hour, and not if it comes back before`() {
        var clock = RetentionClock(patience: Self.hour)
        let ahead = 120 * Self.day
        Self.expect(
            [
                Step(after: 0, wall: 0, expected: 0), Step(after: 5, wall: ahead + 5, expected: 5),
                Step(after: Self.hour, wall: ahead + Self.hour, expected: Self.hour),
                Step(after: Self.hour + 1, wall: Self.hour + 1, expected: Self.hour + 1),
                Step(after: 2 * Self.hour, wall: ahead, expected: 2 * Self.hour),
                Step(after: 3 * Self.hour, wall: ahead + Self.hour, expected: ahead + Self.hour),
                Step(after: 3 * Self.hour + 1, wall: ahead + Self.hour + 1, expected: ahead + Self.hour + 1),
            ], &clock)
    }

    @Test func `a start that is long after the latest transaction waits as well`() {
        var clock = RetentionClock(patience: Self.hour)
        clock.begin(at: 990 * Self.day, monotonic: 7 * Self.hour)
        let latest = UInt64(0) &- 10 * Self.day
        let wall = 1_000 * Self.day
        #expect(clock.time(wall: wall, monotonic: 7 * Self.hour) == wall &+ latest)
        #expect(clock.time(wall: wall + Self.hour, monotonic: 8 * Self.hour) == wall + Self.hour)
    }

    private static func call(_ span: UInt64, _ folder: RowFolder, before: UInt64 = 0) -> ModelCall {
        var call = folder.call(span, trace: span / 2)
        call.endNanoseconds = Outside(folder.clock.now - before)
        call.startNanoseconds = Outside(folder.clock.now - before - 1_000_000_000)
        return call
    }

    /// The minutes of all calls, counted from the folder's first time.
    private static func minutes(_ folder: RowFolder) throws -> [Int64?] {
        let first = Int64(RowFolder.wall / 60_000_000_000) - 26_297_280
        return try folder.rows("SELECT (id >> 22) - \(first) FROM calls ORDER BY id").map { $0[0] }
    }

    @Test(arguments: [true, false])
    func `a clock that is wrong for less than an hour removes no call`(betweenStarts: Bool) throws {
        let folder = try RowFolder()
        var store: RowStore?
        for number in 0..<3 as Range<UInt64> {
            if betweenStarts {
                store?.stop()
                store = nil
            }
            let open = try store ?? folder.store { $0.clockPatienceSeconds = 3_600 }
            if store == nil { open.start() }
            store = open
            if number == 1 { folder.clock.advance(days: 120) }
            // The sender's clock is right.
            let call = Self.call(number, folder, before: number == 1 ? 120 * Self.day : 0)
            open.append(folder.priced([call]), arrivalNanoseconds: folder.clock.now, number: number + 1)
            #expect(open.settles())
            if number == 1 { folder.clock.setBack(days: 120) }
        }
        store?.stop()
        #expect(try Self.minutes(folder) == [0, 0, 0])
        #expect(try folder.value("SELECT value FROM meta WHERE key = 'calls_from'") == nil)
    }

    @Test func `once a clock that was far ahead is right again, calls have their own times, and all agrees`() throws {
        let folder = try RowFolder(labels: [LabelRule(name: "session", sources: [.span("session.id")])])
        let store = try folder.store()
        store.start()
        func send(_ spans: ClosedRange<UInt64>, number: UInt64) {
            let text = AttributionTable.Value(text: folder.symbols.symbol(for: "s", in: .label), rank: 0)
            let calls = spans.map { span in
                var call = Self.call(span, folder)
                call.attribution = folder.attributions.attribution(
                    of: AttributionTable.Entry(own: [text], offers: [.none]))
                return call
            }
            store.append(folder.priced(calls), arrivalNanoseconds: folder.clock.now, number: number)
            #expect(store.settles())
        }
        send(1...6, number: 1)
        folder.clock.advance(days: 300)
        send(7...9, number: 2)
        #expect(try Self.minutes(folder) == [432_000, 432_000, 432_000])
        folder.clock.setBack(days: 300)
        send(20...25, number: 3)
        send(26...27, number: 4)
        store.stop()
        let minutes = [Int64?](repeating: 0, count: 8) + [432_000, 432_000, 432_000]
        #expect(try Self.minutes(folder) == minutes)
        try RowReader(path: folder.file).read { database in
            var findings = CheckFindings()
            try ReferenceCheck.run(database, &findings) { _, _ in }
            #expect(findings.all.filter { $0.level == .wrong } == [])
        }
    }
}
