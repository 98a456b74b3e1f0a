// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import GenAI
import TestData
import TestRooms
import Testing

@Suite struct CallGroupsTests {
    private static let labels = ["team", "project"].map { LabelRule(name: $0, sources: [.span("app.\($0)")]) }

    private func replayed(groupLimit: Int) throws -> Replayed {
        var calls = ModelCallMetricsConfiguration()
        calls.groupLimit = groupLimit
        return try Replayed(calls: calls, labels: Self.labels, clock: HandClock())
    }

    private func body(_ number: Int, using generator: inout SeededGenerator) -> [TraceRequestWriter.Span] {
        (0..<UInt8(20)).map { index in
            var span = chat(
                index,
                usage(Int64.random(in: 0...5_000, using: &generator), Int64.random(in: 0...900, using: &generator)) + [
                    ("app.team", .string("team-\(Int.random(in: 0..<6, using: &generator))")),
                    ("app.project", .string("project-\(Int.random(in: 0..<4, using: &generator))")),
                    (
                        "gen_ai.response.model",
                        .string(["gpt-4o", "o3", "a-model"][Int.random(in: 0..<3, using: &generator)])
                    ),
                ])
            span.traceID = (0..<16).map { _ in UInt8.random(in: 1...255, using: &generator) }
            if Int.random(in: 0..<8, using: &generator) == 0 { span.status = 2 }
            return span
        }
    }

    @Test(arguments: [3, 17] as [UInt64])
    func `a low ceiling on groups changes no figure`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let (few, many) = (try replayed(groupLimit: 8), try replayed(groupLimit: 10_000))
        for number in 0..<30 {
            let body = body(number, using: &generator)
            try few.ingest(body)
            try many.ingest(body)
            // So that the calls of each body are counted before the next one.
            few.pass(seconds: 60)
            many.pass(seconds: 60)
            // A page writes the sums of some groups, so that others are written together with later calls.
            if number.isMultiple(of: 7) { _ = few.present("llm_requests_total") }
        }
        #expect(few.text == many.text)
        #expect(few.forgottenGroups > 100)
        #expect(many.forgottenGroups == 0)
        #expect(few.lines("llm_requests_total").count > 50)
    }

    @Test func `on each page the counters and the histograms are of the same calls, while workers add some`()
        async throws
    {
        let replayed = try replayed(groupLimit: 16)
        func sum(_ lines: [Substring], _ family: String) -> Int {
            lines.filter { $0.hasPrefix(family + "{") }
                .reduce(0) { $0 + (Int($1.split(separator: " ").last ?? "") ?? 0) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<3 {
                group.addTask {
                    var generator = SeededGenerator(seed: UInt64(worker + 1))
                    for number in 0..<25 {
                        try replayed.ingest(body(number, using: &generator))
                        let lines = replayed.text.split(separator: "\n")
                        #expect(
                            sum(lines, "llm_requests_total") == sum(lines, "llm_request_duration_seconds_count"))
                    }
                }
            }
            try await group.waitForAll()
        }
        let lines = replayed.text.split(separator: "\n")
        #expect(sum(lines, "llm_requests_total") == 3 * 25 * 20)
    }
}
