// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import GenAI
import OTLP
@testable import Overview
import Pricing
import TestData
import TestRooms
import Testing

/// The sums by model and by time, which are kept apart from the series.
@Suite struct SpendTotalsTests {
    private static let models = ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", "unheard-of-1", "unheard-of-2"]

    /// Random calls: priced, unpriced, cached, failed, and with a cost of their own.
    private func calls(_ count: Int, seed: UInt64) -> [TraceRequestWriter.Span] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { index in
            let model = Self.models[Int.random(in: 0..<Self.models.count, using: &generator)]
            let input = Int64.random(in: 1...5_000, using: &generator)
            var span = chat(0, usage(input, .random(in: 0...500, using: &generator))).asking(model)
            span.spanID = [0, 0, 0, 0, 0, 1, UInt8(index >> 8), UInt8(index & 255)]
            span.traceID[0] = UInt8(index & 63)
            span.traceID[1] = UInt8(index >> 6)
            if model.hasPrefix("claude") { span.attributes[1].value = .string("anthropic") }
            if Bool.random(using: &generator) {
                span.attributes.append(("gen_ai.usage.cache_read.input_tokens", .int(input / 2)))
            }
            if Int.random(in: 0..<8, using: &generator) == 0 { span.status = 2 }
            return span
        }
    }

    private func total(_ lines: [String]) throws -> Dollars {
        try lines.reduce(.zero) { try $0 + Dollars(String($1.split(separator: " ").last ?? "")) }
    }

    private func count(_ lines: [String]) -> Int64 {
        lines.reduce(0) { $0 + (Int64($1.split(separator: " ").last ?? "") ?? 0) }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `the sums are those of the series, to the last digit`(seed: UInt64) throws {
        let spend = SpendTotals()
        let replayed = try Replayed(clock: HandClock(), sums: spend)
        for body in 0..<4 {
            try replayed.ingest(
                calls(200, seed: seed * 10 + UInt64(body)), arrivalNanoseconds: 1_790_000_002_000_000_000)
        }
        let dollars = try total(replayed.samples("llm_cost_dollars_total"))
        let (models, sums) = spend.figures(of: [0..<(1 << 40)])
        let all = models.reduce(into: ModelSum(row: 0)) { $0.add($1.sum) }
        #expect(all.cost == dollars)
        #expect(all.cost > .zero)
        #expect(sums == [PeriodSum(calls: all.calls, cost: dollars)])
        #expect(all.calls == count(replayed.samples("llm_requests_total")))
        #expect(all.failures == count(replayed.samples("llm_request_errors_total")))
        #expect(all.unpriced == count(replayed.samples("llm_unpriced_requests_total")))
        let tokens = replayed.samples("llm_tokens_used_total")
        #expect(all.input + all.output == count(tokens))
        #expect(all.cached == count(tokens.filter { $0.contains(#"token_type="cache_read"#) }))
        let saved = try total(replayed.samples("llm_cache_savings_dollars_total"))
        #expect(all.saved == saved)
        // The rows are the values of the label.
        #expect(Set(models.map(\.model)) == Set(Self.models))
    }

    @Test func `dollars of machines that are paid by the hour are in the sums`() throws {
        let (spend, clock) = (SpendTotals(), HandClock())
        let replayed = try Replayed(
            book: book(
                "models: [{id: vllm/m, provider: vllm, names: [m], hosted: {gpu_hour: 60, mode: capacity}}]"),
            clock: clock, sums: spend)
        var span = chat(1, usage(100, 10)).asking("m")
        span.attributes[1].value = .string("vllm")
        try replayed.ingest([span], arrivalNanoseconds: clock.moment.wallNanoseconds)
        for _ in 0..<3 { replayed.pass(seconds: 60) }
        let dollars = try total(replayed.samples("llm_cost_dollars_total"))
        let models = spend.figures(of: []).models
        #expect(models.reduce(.zero) { $0 + $1.sum.cost } == dollars)
        #expect(try dollars == Dollars("3"))
        #expect(models.map(\.sum.calls) == [1])
        #expect(models.map(\.price) == [.machines])
    }

    @Test func `models that find no room share a row`() {
        let spend = SpendTotals(limit: 2)
        let rows = (0..<5).map { spend.row(of: "m\($0)", provider: "p", card: nil) }
        #expect(rows == [0, 1, 2, 2, 2])
        #expect(spend.row(of: "m1", provider: "p", card: nil) == 1)
        for row in rows {
            var sum = ModelSum(row: row)
            sum.calls = 1
            spend.add([sum, sum], at: nil)
        }
        let models = spend.figures(of: []).models
        #expect(models.map(\.model) == ["m0", "m1", "__overflow__"])
        #expect(models.map(\.sum.calls) == [2, 2, 6])
    }

    @Test func `counts that do not fit stay at the largest one`() {
        var sum = ModelSum(row: 0)
        sum.input = .max - 1
        sum.cost = .largest
        var more = ModelSum(row: 0)
        (more.input, more.calls) = (5, 3)
        sum.add(more)
        #expect(sum.input == .max)
        #expect(sum.calls == 3)
        #expect(sum.cost.isSaturated)
    }
}
