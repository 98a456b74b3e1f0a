// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import Pricing
import TestData
import Testing

@testable import Ledger

/// The next process observes the traces that are open at a kill, each once.
@Suite struct TraceRecoveryTests {
    private static let second: UInt64 = 1_000_000_000
    private static let bodies: UInt64 = 40

    private static func rooms(_ folder: MemoryFolder, now: UInt64 = 1 << 60) throws -> LedgerRooms {
        try LedgerRooms(folder, now: now, settle: 1_000_000, traces: TraceMetricsConfiguration()) {
            ($0.segmentBytes, $0.checkpointBytes) = (20_000, 5_000)
        }
    }

    /// Takes a body, and counts it at the time of its number.
    private static func take(_ number: UInt64, seed: UInt64, _ rooms: LedgerRooms) {
        var generator = SeededGenerator(seed: seed << 32 | number)
        let pauses: [UInt64] = [1, 20, 55, 65]
        let pause = pauses.randomElement(using: &generator) ?? 0
        rooms.arrival = LedgerRooms.wall + (number * 70 + pause) * second
        rooms.take(SpanMaker.body(number, seed: seed, rooms.symbols))
        // Until no span waits: calls that are undecided at a kill would wait anew, and be counted later.
        for _ in 0..<4 {
            rooms.now += second
            rooms.settle(at: rooms.now)
        }
        #expect(rooms.biller.levels.waitingSpans == 0)
    }

    /// Lets time pass, until the sinks have it.
    private static func advance(_ rooms: LedgerRooms, by nanoseconds: UInt64) async throws {
        let last = rooms.keeper.journal.lastRecord
        rooms.gate.advance(
            to: ClockMoment(monotonicNanoseconds: rooms.now, wallNanoseconds: rooms.arrival + nanoseconds),
            isLast: false)
        guard rooms.keeper.journal.lastRecord > last else { return }
        try await rooms.keeper.journal.ticket().committed()
        while rooms.gate.counted < rooms.keeper.journal.lastRecord { await Task.yield() }
    }

    private static func finish(_ rooms: LedgerRooms) async throws -> [String] {
        try await advance(rooms, by: 4_000 * second)
        return try await rooms.shown()
    }

    private static func count(_ name: String, _ shown: [String]) -> Int {
        shown.first { $0.hasPrefix(name + " ") }.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `killed at random moments, traces are those of an undisturbed run`(seed: UInt64) async throws {
        let undisturbed = try Self.rooms(MemoryFolder())
        for number in 0..<Self.bodies { Self.take(number, seed: seed, undisturbed) }
        let expected = try await Self.finish(undisturbed)
        undisturbed.keeper.close()
        #expect(Self.count("llm_trace_calls_count", expected) > 8)
        #expect(Self.count("llm_trace_late_calls_total", expected) > 0)
        #expect(Self.count("llm_unpriced_traces_total", expected) > 0)

        var generator = SeededGenerator(seed: seed)
        var (folder, kills, shownBefore) = (MemoryFolder(), 0, 0)
        var rooms = try Self.rooms(folder)
        for number in 0..<Self.bodies {
            Self.take(number, seed: seed, rooms)
            if Bool.random(using: &generator) {
                try await Self.advance(rooms, by: .random(in: 0...5 * Self.second, using: &generator))
            }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                kills += 1
                shownBefore = Self.count("llm_trace_calls_count", try await rooms.shown())
                let found = MemoryFolder(afterCrashOf: folder)
                let now = rooms.now
                rooms.keeper.close()
                folder = found
                // The clock of the next process is before the first call.
                rooms = try Self.rooms(folder, now: now)
            }
            // What a scrape has shown never falls.
            let shown = Self.count("llm_trace_calls_count", try await rooms.shown())
            #expect(shown >= shownBefore)
            shownBefore = shown
        }
        let shown = try await Self.finish(rooms)
        #expect(Set(shown).symmetricDifference(expected).sorted() == [], "after \(kills) kills")
        rooms.keeper.close()
        #expect(kills > 2)
    }

    @Test func `a checkpoint brings back open traces, and refuses those with labels that it does not have`() throws {
        var checkpoint = Checkpoint()
        #expect(try Checkpoint(checkpoint.bytes).traces == nil)
        var trace = OpenSum(high: 1, low: 2, latest: 3)
        trace.cost = Dollars(femtodollars: Int128(1) << 90)
        (trace.calls, trace.tokens, trace.unpriced, trace.session, trace.labels) = (4, 5, 6, 7, 1)
        var state = TraceState()
        (state.traces, state.sessions, state.ended) = ([trace], [OpenSum(high: 8, low: 0, latest: 9)], [10, 11])
        (state.labelNames, state.labels, state.swept) = (["team"], [[""], ["search"]], 12)
        checkpoint.traces = state
        #expect(try Checkpoint(checkpoint.bytes) == checkpoint)
        checkpoint.traces?.labels.removeLast()
        #expect(throws: JournalError.self) { try Checkpoint(checkpoint.bytes) }
    }

    @Test func `a user who is forgotten is in no label of an open trace`() {
        var checkpoint = Checkpoint()
        var state = TraceState()
        (state.labelNames, state.labels) = (["team", "user"], [["ann", "ann"], ["ann", "ben"]])
        checkpoint.traces = state
        _ = checkpoint.forget(ForgottenUser(texts: ["ann"], labels: ["user"]))
        #expect(checkpoint.traces?.labels == [["ann", ""], ["ann", "ben"]])
    }
}
