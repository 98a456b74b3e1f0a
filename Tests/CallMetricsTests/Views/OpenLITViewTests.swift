// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import GenAI
import TestData
import TestRooms
import Testing

@Suite struct OpenLITViewTests {
    private static let on: ModelCallMetricsConfiguration = {
        var configuration = ModelCallMetricsConfiguration()
        configuration.openLITView = true
        return configuration
    }()

    private static let labels =
        #"telemetry_sdk_name="openlit",gen_ai_application_name="test",gen_ai_environment="default","#
        + #"service_name="test",deployment_environment="default",gen_ai_operation_name="chat",gen_ai_type="chat","#
        + #"gen_ai_system="openai",gen_ai_provider_name="openai",gen_ai_request_model="gpt-4o",gen_ai_response_model="""#

    @Test func `a call has its cost, tokens and times under OpenLIT's names`() throws {
        let replayed = try Replayed(calls: Self.on)
        let stream =
            [
                ("gen_ai.request.stream", .bool(true)), ("gen_ai.response.time_to_first_chunk", .double(0.5)),
                ("gen_ai.usage.cache_read.input_tokens", .int(400)),
            ] as [(key: String, value: TraceRequestWriter.Value)]
        try replayed.ingest([chat(1, usage(1_000, 101) + stream)])
        // 600 at $2.50, 400 at $1.25, 101 at $10 a million.
        let sums = [
            "gen_ai_usage_cost_USD_sum": "0.00301", "gen_ai_usage_cost_USD_count": "1", "gen_ai_requests_total": "1",
            "gen_ai_usage_tokens_total": "1101", "gen_ai_usage_input_tokens_total": "1000",
            "gen_ai_usage_output_tokens_total": "101", "gen_ai_usage_completion_tokens_total": "101",
            "gen_ai_server_time_to_first_token_seconds_sum": "0.5",
            "gen_ai_server_time_per_output_token_seconds_sum": "0.01",
        ]
        for (name, value) in sums { #expect(replayed.samples(name) == ["{\(Self.labels)} \(value)"], "\(name)") }
        #expect(
            replayed.samples("gen_ai_server_request_duration_seconds_sum") == [#"{\#(Self.labels),error_type=""} 1.5"#])
        let bucket = #"gen_ai_usage_cost_USD_bucket{\#(Self.labels),le=""#
        #expect(replayed.lines(bucket + #"0.003""#) == [bucket + #"0.003"} 0"#])
        #expect(replayed.lines(bucket + #"0.01""#) == [bucket + #"0.01"} 1"#])
    }

    @Test func `a call without a price is a request and has no cost; a failed one is no request`() throws {
        var unpriced = chat(1, usage(10, 1))
        unpriced.attributes[2].value = .string("no-such-model")
        var failed = chat(2, usage(10, 1) + [("error.type", .string("timeout"))])
        failed.status = 2
        let replayed = try Replayed(calls: Self.on)
        try replayed.ingest([unpriced, failed])
        #expect(replayed.samples("gen_ai_requests_total").count == 1)
        #expect(replayed.samples("gen_ai_requests_total")[0].contains("no-such-model"))
        #expect(replayed.samples("gen_ai_usage_cost_USD_count") == ["{\(Self.labels)} 1"])
        #expect(replayed.samples("gen_ai_usage_tokens_total").allSatisfy { $0.hasSuffix(" 11") })
    }

    @Test func `the service and its environment come from the resource, or from OpenLIT's own attributes`() throws {
        let replayed = try Replayed(calls: Self.on)
        try replayed.ingest(
            TraceRequestWriter().request(
                resource: [("service.name", .string("shop")), ("deployment.environment", .string("staging"))],
                spans: [chat(1, usage(1, 1))]))
        let own: [(key: String, value: TraceRequestWriter.Value)] = [
            ("gen_ai.application_name", .string("bot")), ("gen_ai.environment", .string("test")),
        ]
        try replayed.ingest(TraceRequestWriter().request(resource: [], spans: [chat(2, usage(1, 1) + own)]))
        try replayed.ingest(TraceRequestWriter().request(resource: [], spans: [chat(3, usage(1, 1))]))
        let lines = replayed.samples("gen_ai_requests_total")
        #expect(lines.count == 3)
        for (service, place) in [("bot", "test"), ("shop", "staging"), ("default", "default")] {
            let names = #"gen_ai_application_name="\#(service)",gen_ai_environment="\#(place)","#
            let newer = #"service_name="\#(service)",deployment_environment="\#(place)","#
            #expect(lines.contains { $0.contains(names + newer) }, "\(service)")
        }
    }

    @Test func `with both views the conventions' families have the labels by which dashboards of OpenLIT select`()
        throws
    {
        var both = Self.on
        both.conventionsView = true
        let replayed = try Replayed(calls: both)
        try replayed.ingest([chat(1, usage(1, 1))])
        let selected = #"service_name="test",deployment_environment="default",telemetry_sdk_name="openlit","#
        let lines = replayed.lines("gen_ai_client_")
        #expect(!lines.isEmpty)
        #expect(lines.allSatisfy { $0.contains(selected) })
    }

    @Test func `it is off by default, and reads no attribute then`() throws {
        let replayed = try Replayed()
        try replayed.ingest([chat(1, usage(1, 1))])
        #expect(replayed.lines("gen_ai_").isEmpty)
        #expect(ModelCallMetricsConfiguration().viewLabels == [])
    }

    @Test func `labels of the settings are the same with and without the view`() throws {
        let labels = [LabelRule(name: "team", sources: [.span("team")])]
        let span = chat(1, usage(1, 1) + [("team", .string("search")), ("gen_ai.application_name", .string("bot"))])
        let pages = try [ModelCallMetricsConfiguration(), Self.on].map { configuration in
            let replayed = try Replayed(calls: configuration, labels: labels)
            try replayed.ingest([span])
            return replayed.lines("llm_").filter {
                !$0.hasPrefix("llm_cost_exporter_series ") && !$0.hasPrefix("llm_cost_exporter_unknown_series ")
            }
        }
        #expect(pages[0] == pages[1])
        #expect(pages[0].contains { $0.contains(#"team="search""#) })
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>, [400, 100_000])
    func `sums are those of the other families, to the last digit and also at the series limit`(
        seed: UInt64, seriesCeiling: Int
    ) throws {
        var random = SeededGenerator(seed: seed)
        let replayed = try Replayed(calls: Self.on, seriesCeiling: seriesCeiling)
        for body in 0..<20 {
            let service = "app-\(Int.random(in: 0..<5, using: &random))"
            try replayed.ingest(
                TraceRequestWriter().request(
                    resource: [("service.name", .string(service))],
                    spans: (0..<10).map { Self.span(UInt8(body * 10 + $0), &random) }))
        }
        let lines = replayed.lines("")
        func sum(_ family: String) -> Int128 {
            lines.filter { $0.hasPrefix(family + "{") }.map(Self.femto).reduce(0, +)
        }
        #expect(sum("gen_ai_usage_cost_USD_sum") == sum("llm_cost_dollars_total"))
        #expect(sum("gen_ai_usage_cost_USD_sum") > 0)
        #expect(sum("gen_ai_usage_tokens_total") == sum("llm_tokens_used_total"))
        #expect(
            sum("gen_ai_usage_tokens_total")
                == sum("gen_ai_usage_input_tokens_total") + sum("gen_ai_usage_output_tokens_total"))
        #expect(sum("gen_ai_usage_output_tokens_total") == sum("gen_ai_usage_completion_tokens_total"))
        #expect(sum("gen_ai_requests_total") == sum("llm_requests_total") - sum("llm_request_errors_total"))
        #expect(sum("gen_ai_server_request_duration_seconds_count") == sum("llm_request_duration_seconds_count"))
        #expect(sum("gen_ai_server_request_duration_seconds_sum") == sum("llm_request_duration_seconds_sum"))
        let buckets = lines.filter { $0.hasPrefix("gen_ai_usage_cost_USD_bucket") }.filter {
            $0.contains(#"le="+Inf""#)
        }
        #expect(buckets.map(Self.femto).reduce(0, +) == sum("gen_ai_usage_cost_USD_count"))
    }

    /// A random call: with and without price, usage, a reported cost, a search, a failure, or a price beyond 64 bits.
    private static func span(_ number: UInt8, _ random: inout SeededGenerator) -> TraceRequestWriter.Span {
        func odds(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        let models = [
            "gpt-4o", "gpt-4o-mini", "o1-pro", "claude-sonnet-4-5",
            "no-such-model-\(Int.random(in: 0..<30, using: &random))",
        ]
        var more: [(key: String, value: TraceRequestWriter.Value)] = []
        if odds(90) {
            let input = Int64.random(in: 0...(odds(5) ? 1_000_000_000 : 100_000), using: &random)
            let output = Int64.random(in: 0...(odds(5) ? 1_000_000_000 : 10_000), using: &random)
            more += usage(input, output)
            if odds(30) {
                more.append(("gen_ai.usage.cache_read.input_tokens", .int(Int64.random(in: 0...input, using: &random))))
            }
        }
        if odds(20) { more.append(("gen_ai.usage.cost", .double(Double.random(in: 0...2, using: &random)))) }
        let isFailed = odds(10)
        if isFailed { more.append(("error.type", .string("timeout"))) }
        var span = chat(number, more)
        span.attributes[2].value = .string(models.randomElement(using: &random) ?? "")
        if isFailed { span.status = 2 }
        return span
    }

    /// The value of a sample line in 1e-15, exactly.
    private static func femto(_ line: String) -> Int128 {
        let parts = (line.split(separator: " ").last ?? "").split(separator: ".").map(String.init)
        let fraction = parts.count > 1 ? parts[1] : ""
        let zeros = String(repeating: "0", count: 15 - fraction.count)
        return Int128("\(parts[0])\(fraction)\(zeros)") ?? -1
    }
}
