// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// `replay --step`: what a server would have scraped, as blocks for Prometheus.
@Suite struct SteppedReplayTests {
    /// 2026-11-02 12:00 UTC.
    private static let noon = 1_793_620_800

    /// A body with one call that ends some seconds after noon and has as many input tokens as its number says.
    private static func body(_ number: Int, at seconds: Int, model: String = "gpt-4o") -> String {
        let end = (noon + seconds) * 1_000_000_000
        return """
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"\(String(format: "%032x", number))",\
            "spanId":"\(String(format: "%016x", number))","name":"chat","kind":3,"startTimeUnixNano":"\(end - 500_000_000)",\
            "endTimeUnixNano":"\(end)","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},\
            {"key":"gen_ai.provider.name","value":{"stringValue":"openai"}},\
            {"key":"gen_ai.request.model","value":{"stringValue":"\(model)"}},\
            {"key":"gen_ai.usage.input_tokens","value":{"intValue":"\(number)"}}]}]}]}]}
            """
    }

    private static func replay(_ bodies: [String], _ arguments: [String]) throws -> ProgramResult {
        try run(Repository.service, ["replay"] + arguments + ["-"], input: Array(bodies.joined(separator: "\n").utf8))
    }

    private static func samples(_ name: String, in text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix(name + "{") }.map(String.init)
    }

    @Test func `a step may be as long as the longest that is accepted`() throws {
        let result = try Self.replay([Self.body(1, at: 5), Self.body(2, at: 45)], ["--step", "366d"])
        #expect(result.status == 0, "\(result.log)")
        #expect(Self.samples("llm_tokens_used_total", in: result.text).last?.contains("} 3 ") == true)
    }

    @Test func `each page has what a scrape at its time would have had, and the first has zeros`() throws {
        // The last call is older than the newest span so far: it counts at the time of that span.
        let bodies = [(1, 5), (2, 45), (3, 125), (4, 110)].map { Self.body($0, at: $1) }
        let result = try Self.replay(bodies, ["--step", "1m", "--label", "job=j", "--label", "instance=h:1"])
        #expect(result.status == 0, "\(result.log)")
        let labels = #"job="j",instance="h:1",model="gpt-4o",operation="chat""#
        let times = (1...5).map { Self.noon + $0 * 60 }
        #expect(
            Self.samples("llm_tokens_used_total", in: result.text)
                == zip([0, 3, 10, 10, 10], times).map {
                    "llm_tokens_used_total{\(labels),token_type=\"input\"} \($0) \($1)"
                })
        #expect(
            Self.samples("llm_request_duration_seconds_count", in: result.text)
                == zip([0, 2, 4, 4, 4], times).map { "llm_request_duration_seconds_count{\(labels)} \($0) \($1)" })
        #expect(
            Self.samples("llm_cost_exporter_spans_total", in: result.text).filter { $0.contains(#""counted""#) }
                == zip([0, 2, 2, 4, 4, 4], [Self.noon] + times).map {
                    #"llm_cost_exporter_spans_total{job="j",instance="h:1",outcome="counted"} \#($0) \#($1)"#
                })

        // prometheus_client loses the later points of a histogram.
        let lines = result.text.split(separator: "\n").filter { !$0.contains("duration_seconds") }
        let read = try run(
            Repository.tool("python"), [Repository.scripts.appending(path: "read_openmetrics.py").path],
            input: Array((lines.joined(separator: "\n") + "\n").utf8))
        #expect(read.status == 0, "\(read.log)")
        #expect(read.text.contains("counter llm_tokens_used 5\n"))
    }

    @Test func `the last page has the figures of a replay without steps`() throws {
        let bodies = (1...300).map { Self.body($0, at: $0 * 97 % 7_200, model: ["gpt-4o", "gpt-4.1", "none"][$0 % 3]) }
        let whole = try Self.replay(bodies, []).text.split(separator: "\n").filter { $0.hasPrefix("llm_") }
        let stepped = try Self.replay(bodies, ["--step", "5m"])
        #expect(stepped.status == 0, "\(stepped.log)")
        var last: [Substring: Substring] = [:]
        for line in stepped.text.split(separator: "\n") where line.hasPrefix("llm_") {
            let parts = line.split(separator: " ")
            last[parts.dropLast(2).joined(separator: " ")[...]] = parts[parts.count - 2]
        }
        for line in whole where !line.contains("exporter_settle_") && !line.contains("exporter_series") {
            let parts = line.split(separator: " ")
            let name = parts.dropLast().joined(separator: " ")[...]
            #expect(last[name] == parts.last, "\(name)")
        }
    }

    @Test func `promtool makes blocks of it`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (pages, blocks) = (folder.appending(path: "pages"), folder.appending(path: "blocks"))
        let bodies = (1...20).map { Self.body($0, at: $0 * 60) }
        let result = try Self.replay(bodies, ["--step", "30s", "--output", pages.path])
        #expect(result.status == 0, "\(result.log)")
        let made = try run(
            Repository.tool("promtool"), ["tsdb", "create-blocks-from", "openmetrics", pages.path, blocks.path])
        #expect(made.status == 0, "\(made.log)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: blocks.path).count == 1)
    }

    @Test(
        arguments: [
            (["--step", "0s"], 64, "--step must be a duration in whole seconds such as 10s, 1m or 1h, not 0s"),
            (["--step", "1500ms"], 64, "--step must be a duration in whole seconds such as 10s, 1m or 1h, not 1500ms"),
            (["--label", "job=j"], 64, "--label needs --step"),
            (
                ["--step", "1m", "--label", "9=j"], 64,
                "--label must be a name and a value such as job=llm-cost-exporter, not 9=j"
            ),
            (["--step", "1m", "--label", "a=1", "--label", "a=2"], 64, "--label a is given twice"),
            (
                ["--step", "1m", "--label", "model=m"], 1,
                "llm_cost_dollars_total has a label 'model' of its own; give --label another name"
            ),
            (
                ["--step", "1s"], 1,
                "there would be more than 100000 pages until 2026-12-30T08:53:20Z; choose a longer --step, or correct the times "
                    + "of the spans"
            ),
        ] as [([String], Int32, String)])
    func `what cannot be printed is an error`(arguments: [String], status: Int32, message: String) throws {
        let result = try Self.replay([Self.body(1, at: 0), Self.body(2, at: 5_000_000)], arguments)
        #expect(result.status == status)
        #expect(result.log.contains("Error: \(message)\n"), "\(result.log)")
        #expect(result.text.isEmpty)
    }

    @Test func `spans without times have no page`() throws {
        let result = try Self.replay([Self.body(1, at: -Self.noon + 1)], ["--step", "1m"])
        #expect(result.status == 1)
        #expect(
            result.log.contains(
                "Error: no span has an end between 2020 and 2099, so there is no page; leave out --step\n"))
    }
}
