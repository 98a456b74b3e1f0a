// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import GenAI
import OTLP
import Pricing
import TestData
import Testing

/// The sums of traces and sessions, observed once they have ended.
@Suite struct TraceMetricsTests {
    private typealias Counted = TraceProcess.Counted
    private static let (wall, second) = (TraceProcess.wall, TraceProcess.second)
    /// 2.5 dollars for a million tokens.
    private static let rate: Int128 = 2_500_000_000

    /// Random calls of some traces and sessions, with pauses around both quiet times.
    private static func history(_ seed: UInt64) -> [Counted] {
        var generator = SeededGenerator(seed: seed)
        var time = wall
        var session: [UInt64: String] = [:]
        return (0..<500).map { _ in
            let pauses = [0, second / 10, second, 20 * second, 60 * second, 61 * second, 900 * second, 1_800 * second]
            if Int.random(in: 0..<4, using: &generator) == 0 { time += pauses.randomElement(using: &generator) ?? 0 }
            let trace = UInt64.random(in: 1...80, using: &generator)
            let known = session[trace] ?? "s\(Int.random(in: 1...6, using: &generator))"
            session[trace] = known
            return Counted(
                trace: trace, model: Int.random(in: 0..<30, using: &generator) == 0 ? "no-such-model" : "gpt-4o",
                input: .random(in: 1...5_000, using: &generator), session: trace % 5 == 0 ? "" : known, time: time)
        }
    }

    private static func end(_ calls: [Counted]) -> UInt64 { (calls.last?.time ?? wall) + 2_000 * second }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `each trace and session is observed once, to the last digit`(seed: UInt64) throws {
        let calls = Self.history(seed)
        let process = try TraceProcess()
        process.count(calls)
        process.advance(to: Self.end(calls))
        let shown = process.shown
        #expect(ExpectedTraces(shown) == ExpectedTraces(calls, rate: Self.rate))
        #expect(shown["llm_traces_observed_early_total"] == "0")
        #expect(shown["llm_sessions_observed_early_total"] == "0")
        #expect(shown["llm_cost_exporter_open_traces"] == "0")
    }

    @Test(arguments: 21...40 as ClosedRange<UInt64>)
    func `it does not matter when someone looks, nor that a later process goes on from a saved state`(
        seed: UInt64
    ) throws {
        var generator = SeededGenerator(seed: seed)
        let calls = Self.history(seed)
        let process = try TraceProcess(outlivesProcess: true)
        let saved = Int.random(in: 100..<400, using: &generator)
        for index in 0..<saved {
            process.count([calls[index]])
            if Bool.random(using: &generator) {
                process.advance(to: .random(in: calls[index].time...calls[index + 1].time, using: &generator))
            }
        }
        let state = process.traces.save {}
        let before = ExpectedTraces(process.shown)
        // The first process counts on and is killed; the next one counts the same calls again.
        process.count(Array(calls[saved...]))
        let next = try TraceProcess(outlivesProcess: true)
        next.traces.restore(state)
        next.count(Array(calls[saved...]))
        next.advance(to: Self.end(calls))
        let after = ExpectedTraces(next.shown)
        var sum = ExpectedTraces([], rate: 0)
        (sum.traces, sum.calls) = (before.traces + after.traces, before.calls + after.calls)
        (sum.tokens, sum.late) = (before.tokens + after.tokens, before.late + after.late)
        (sum.cost, sum.sessionCost) = (before.cost + after.cost, before.sessionCost + after.sessionCost)
        sum.sessions = before.sessions + after.sessions
        sum.unpricedTraces = before.unpricedTraces + after.unpricedTraces
        sum.unpricedSessions = before.unpricedSessions + after.unpricedSessions
        #expect(sum == ExpectedTraces(calls, rate: Self.rate))
    }

    @Test func `what ends while nothing comes asks once for the time, at its very end`() throws {
        let process = try TraceProcess(outlivesProcess: true)
        func needsTime(_ seconds: UInt64) -> Bool {
            process.traces.needsTime(
                at: ClockMoment(monotonicNanoseconds: 0, wallNanoseconds: Self.wall + seconds * Self.second))
        }
        #expect(!needsTime(0))
        process.count([Counted(trace: 1, session: "s", time: Self.wall)])
        #expect(!needsTime(59))
        #expect(needsTime(60) && !needsTime(60))
        #expect(process.shown["llm_trace_cost_dollars_count"] == "0")
        process.traces.receive(.none, arrivalNanoseconds: Self.wall + 60 * Self.second)
        #expect(process.shown["llm_trace_cost_dollars_sum"] == "2.5")
        #expect(!needsTime(1_860) && needsTime(1_861))
        process.traces.receive(.none, arrivalNanoseconds: Self.wall + 1_861 * Self.second)
        #expect(process.shown["llm_session_cost_dollars_sum"] == "2.5")
        #expect(!needsTime(4_000))
    }

    @Test func `a call after the end of its trace is late, and in no histogram`() throws {
        let process = try TraceProcess()
        process.count([
            Counted(trace: 1, time: Self.wall), Counted(trace: 1, time: Self.wall + 59 * Self.second),
            Counted(trace: 1, time: Self.wall + 119 * Self.second),
            Counted(trace: 1, time: Self.wall + 120 * Self.second),
        ])
        process.advance(to: Self.wall + 300 * Self.second)
        let shown = process.shown
        #expect(shown["llm_trace_calls_count"] == "1")
        #expect(shown["llm_trace_calls_sum"] == "2")
        #expect(shown["llm_trace_late_calls_total"] == "2")
    }

    @Test func `a trace with a call without a price has no cost, and is counted as such`() throws {
        let process = try TraceProcess()
        process.count([
            Counted(trace: 1, input: 10, session: "s", time: Self.wall),
            Counted(trace: 1, model: "no-such-model", input: 20, session: "s", time: Self.wall),
            Counted(trace: 2, session: "s", time: Self.wall),
            Counted(trace: 3, session: "t", time: Self.wall),
        ])
        process.advance(to: Self.wall + Self.second, isLast: true)
        let shown = process.shown
        #expect(shown["llm_trace_cost_dollars_count"] == "2")
        #expect(shown["llm_trace_cost_dollars_sum"] == "5")
        #expect(shown["llm_trace_calls_sum"] == "4")
        #expect(shown["llm_trace_tokens_sum"] == "2000030")
        #expect(shown["llm_unpriced_traces_total"] == "1")
        #expect(shown["llm_unpriced_sessions_total"] == "1")
        #expect(shown["llm_session_cost_dollars_count"] == "1")
        #expect(shown["llm_session_cost_dollars_sum"] == "2.5")
    }

    @Test func `a trace with a call that reports no usage has no known cost, unless the call failed`() throws {
        let process = try TraceProcess()
        process.count([
            Counted(trace: 1, time: Self.wall), Counted(trace: 1, input: nil, time: Self.wall),
            Counted(trace: 2, time: Self.wall), Counted(trace: 2, input: nil, hasFailed: true, time: Self.wall),
        ])
        process.advance(to: Self.wall + 60 * Self.second)
        #expect(process.shown["llm_trace_calls_count"] == "2")
        #expect(process.shown["llm_trace_cost_dollars_count"] == "1")
        #expect(process.shown["llm_unpriced_traces_total"] == "1")
    }

    @Test func `a process with a folder leaves open traces to the next one`() throws {
        let process = try TraceProcess(outlivesProcess: true)
        process.count([Counted(trace: 1, time: Self.wall)])
        process.advance(to: Self.wall + Self.second, isLast: true)
        #expect(process.shown["llm_trace_calls_count"] == "0")
        #expect(process.traces.save {}.traces.map(\.calls) == [1])
    }

    @Test func `at the ceiling the half that is quiet for longest is observed early`() throws {
        let process = try TraceProcess { $0.most = 8 }
        for trace in 1...9 as ClosedRange<UInt64> {
            process.count([Counted(trace: trace, session: "s\(trace)", time: Self.wall + trace)])
        }
        var shown = process.shown
        #expect(shown["llm_traces_observed_early_total"] == "4")
        #expect(shown["llm_trace_calls_count"] == "4")
        #expect(shown["llm_cost_exporter_open_traces"] == "5")
        #expect(shown["llm_sessions_observed_early_total"] == "0")
        process.advance(to: Self.wall + 70 * Self.second)
        shown = process.shown
        #expect(shown["llm_traces_observed_early_total"] == "4")
        #expect(shown["llm_sessions_observed_early_total"] == "4")
        #expect(shown["llm_session_cost_dollars_count"] == "4")
    }

    @Test func `traces have the labels on histograms of their first call`() throws {
        let team = LabelRule(name: "team", sources: [.span("team")], isOnHistograms: true)
        let process = try TraceProcess(labels: [LabelRule(name: "app", sources: [.span("app")]), team])
        process.count([
            Counted(trace: 1, team: "search", time: Self.wall), Counted(trace: 1, team: "ads", time: Self.wall),
            Counted(trace: 2, time: Self.wall),
        ])
        // The settings change between the two processes.
        let next = try TraceProcess(
            labels: [LabelRule(name: "tier", sources: [.span("tier")], isOnHistograms: true), team])
        next.traces.restore(process.traces.save {})
        for (one, label) in [(process, #"team="search""#), (next, #"tier="",team="search""#)] {
            one.advance(to: Self.wall, isLast: true)
            #expect(one.shown["llm_trace_calls_sum{\(label)}"] == "2", "\(one.shown)")
            #expect(one.shown["llm_trace_calls_sum{\(label.replacing("search", with: ""))}"] == "1")
        }
    }

    @Test func `only the labels of open traces and sessions go on to the next process`() throws {
        let team = LabelRule(name: "team", sources: [.span("team")], isOnHistograms: true)
        let process = try TraceProcess(outlivesProcess: true, labels: [team])
        for trace in 1...50 as ClosedRange<UInt64> {
            process.count([Counted(trace: trace, team: "team \(trace)", time: Self.wall)])
        }
        let later = Self.wall + 61 * Self.second
        process.count([Counted(trace: 51, team: "ads", time: later), Counted(trace: 52, team: "search", time: later)])
        let saved = process.traces.save {}
        #expect(saved.labels == [["ads"], ["search"]])
        let next = try TraceProcess(labels: [team])
        next.traces.restore(saved)
        next.advance(to: later, isLast: true)
        for name in ["ads", "search"] { #expect(next.shown["llm_trace_calls_sum{team=\"\(name)\"}"] == "1") }
    }

    @Test func `a clock that is set back does not keep traces open`() throws {
        let process = try TraceProcess()
        process.count([Counted(trace: 1, time: Self.wall + 86_400 * Self.second)])
        process.advance(to: Self.wall + 86_500 * Self.second)
        process.count([Counted(trace: 2, time: Self.wall)])
        process.advance(to: Self.wall + 70 * Self.second)
        #expect(process.shown["llm_trace_calls_count"] == "2")
    }
}
