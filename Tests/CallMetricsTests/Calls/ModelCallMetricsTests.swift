// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import GenAI
import TestData
import Testing
import TestRooms

@Suite struct ModelCallMetricsTests {
    @Test func `a call is counted with its tokens, dollars and duration`() throws {
        let replayed = try Replayed()
        try replayed.ingest([
            chat(1, usage(1_000, 100) + [("gen_ai.usage.cache_read.input_tokens", .int(400))])
        ])
        #expect(
            replayed.lines("llm_tokens_used_total") == [
                #"llm_tokens_used_total{model="gpt-4o",operation="chat",token_type="cache_read"} 400"#,
                #"llm_tokens_used_total{model="gpt-4o",operation="chat",token_type="input"} 600"#,
                #"llm_tokens_used_total{model="gpt-4o",operation="chat",token_type="output"} 100"#,
            ])
        // 600 at $2.50, 400 at $1.25, 100 at $10 a million.
        #expect(
            replayed.lines("llm_cost_dollars_total") == [
                #"llm_cost_dollars_total{model="gpt-4o",operation="chat"} 0.003"#
            ])
        #expect(replayed.lines("llm_cost_by_source") == [#"llm_cost_by_source_dollars_total{source="computed"} 0.003"#])
        #expect(
            replayed.lines("llm_cost_by_provider") == [#"llm_cost_by_provider_dollars_total{provider="openai"} 0.003"#])
        #expect(
            replayed.lines("llm_request_duration_seconds_sum")
                == [#"llm_request_duration_seconds_sum{model="gpt-4o",operation="chat"} 1.5"#])
        #expect(
            replayed.lines("llm_request_duration_seconds_bucket{model=\"gpt-4o\",operation=\"chat\",le=\"2.0\"}")
                == [#"llm_request_duration_seconds_bucket{model="gpt-4o",operation="chat",le="2.0"} 1"#])
    }

    @Test func `a failed call is a request, an error and a duration, and lacks no usage`() throws {
        var span = chat(1, [("error.type", .string("RateLimitError"))])
        span.status = 2
        let replayed = try Replayed()
        try replayed.ingest([span])
        #expect(replayed.lines("llm_requests_total") == [#"llm_requests_total{model="gpt-4o",operation="chat"} 1"#])
        #expect(
            replayed.lines("llm_request_errors_total") == [
                #"llm_request_errors_total{model="gpt-4o",operation="chat",error_type="RateLimitError"} 1"#
            ])
        #expect(replayed.lines("llm_request_duration_seconds_count").count == 1)
        #expect(replayed.lines("llm_requests_without_usage_total").isEmpty)
        #expect(replayed.lines("llm_unpriced").isEmpty)
    }

    @Test func `absent usage is not zero`() throws {
        let replayed = try Replayed()
        try replayed.ingest([chat(1), chat(2, usage(0, 0))])
        #expect(
            replayed.lines("llm_requests_without_usage_total") == [
                #"llm_requests_without_usage_total{model="gpt-4o",operation="chat"} 1"#
            ])
        #expect(replayed.lines("llm_tokens_used_total").isEmpty)
    }

    @Test func `an unknown model is unpriced with a reason, and its tokens are shown`() throws {
        let replayed = try Replayed()
        var span = chat(1, usage(7, 3))
        span.attributes[2].value = .string("acme-9")
        try replayed.ingest([span])
        let labels = #"model="acme-9",provider="openai",reason="unknown_model""#
        #expect(replayed.lines("llm_unpriced_requests_total") == ["llm_unpriced_requests_total{\(labels)} 1"])
        #expect(
            replayed.lines("llm_unpriced_tokens_total") == [
                "llm_unpriced_tokens_total{\(labels),token_type=\"input\"} 7",
                "llm_unpriced_tokens_total{\(labels),token_type=\"output\"} 3",
            ])
        #expect(replayed.lines("llm_tokens_used_total").count == 2)
        #expect(replayed.lines("llm_cost").filter { $0.contains("dollars") }.isEmpty)
    }

    @Test func `streams show the time to their first token and between the others`() throws {
        let stream =
            usage(10, 11) + [
                ("gen_ai.request.stream", .bool(true)), ("gen_ai.response.time_to_first_chunk", .double(0.5)),
            ]
        let replayed = try Replayed()
        try replayed.ingest([chat(1, stream), chat(2, usage(10, 11))])
        #expect(
            replayed.lines("llm_time_to_first_token_seconds_sum")
                == [#"llm_time_to_first_token_seconds_sum{model="gpt-4o",operation="chat"} 0.5"#])
        // 1.0 s for the ten tokens after the first.
        #expect(
            replayed.lines("llm_time_per_output_token_seconds_sum")
                == [#"llm_time_per_output_token_seconds_sum{model="gpt-4o",operation="chat"} 0.1"#])
        #expect(
            replayed.lines("llm_time_per_output_token_seconds_count")
                == [#"llm_time_per_output_token_seconds_count{model="gpt-4o",operation="chat"} 1"#])
    }

    @Test(
        arguments: [
            (0, 1_790_000_001_000_000_000), (1_790_000_001_000_000_000, 1_790_000_000_000_000_000),
            (1_790_000_000_000_000_000, 4_200_000_000_000_000_000), (1_000, 2_000),
        ] as [(UInt64, UInt64)])
    func `with an absurd clock a call is counted and priced, and not observed`(start: UInt64, end: UInt64) throws {
        var span = chat(1, usage(1_000, 0))
        span.startNanoseconds = start
        span.endNanoseconds = end
        let replayed = try Replayed()
        try replayed.ingest([span])
        #expect(replayed.lines("llm_requests_total").count == 1)
        #expect(
            replayed.lines("llm_cost_dollars_total") == [
                #"llm_cost_dollars_total{model="gpt-4o",operation="chat"} 0.0025"#
            ])
        #expect(
            replayed.lines("llm_request_duration_seconds_count")
                == [#"llm_request_duration_seconds_count{model="gpt-4o",operation="chat"} 0"#])
    }

    @Test func `prices in force are shown for models that were seen`() throws {
        let replayed = try Replayed()
        try replayed.ingest([chat(1, usage(1, 1))])
        #expect(
            replayed.lines("llm_price_dollars_per_million_tokens").contains(
                #"llm_price_dollars_per_million_tokens{model="gpt-4o",provider="openai",token_type="input"} 2.5"#))
    }

    @Test(arguments: [([true, false, true], "3"), ([false, true, false], "2"), ([true, true, false, true], "3")])
    func `the prices in force are those of the latest call, whatever came before it`(
        areNew: [Bool], shown: String
    ) throws {
        let book = try book(
            """
            models:
              - id: openai/m
                provider: openai
                names: [gpt-4o]
                prices: [{rates: {input: "2"}}, {from: 2026-09-22, rates: {input: "3"}}]
            """)
        let replayed = try Replayed(book: book)
        for (index, isNew) in areNew.enumerated() {
            var span = chat(UInt8(index + 1), usage(1, 0))
            span.startNanoseconds = isNew ? 1_790_100_000_000_000_000 : 1_790_000_000_000_000_000
            span.endNanoseconds = span.startNanoseconds + 1_000_000_000
            try replayed.ingest([span])
        }
        #expect(
            replayed.samples("llm_price_dollars_per_million_tokens")
                == ["{model=\"gpt-4o\",provider=\"openai\",token_type=\"input\"} \(shown)"])
    }

    @Test func `the conventions' view includes cache in the input and reasoning in the output`() throws {
        var configuration = ModelCallMetricsConfiguration()
        configuration.conventionsView = true
        let replayed = try Replayed(calls: configuration)
        try replayed.ingest([
            chat(
                1,
                usage(1_000, 100) + [
                    ("gen_ai.usage.cache_read.input_tokens", .int(400)), ("gen_ai.usage.reasoning_tokens", .int(60)),
                    ("gen_ai.response.model", .string("gpt-4o-2024-08-06")),
                ])
        ])
        let labels =
            #"gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_request_model="gpt-4o","#
            + #"gen_ai_response_model="gpt-4o-2024-08-06""#
        #expect(
            replayed.lines("gen_ai_client_token_usage_sum") == [
                "gen_ai_client_token_usage_sum{\(labels),gen_ai_token_type=\"input\"} 1000",
                "gen_ai_client_token_usage_sum{\(labels),gen_ai_token_type=\"output\"} 100",
            ])
        #expect(
            replayed.lines("gen_ai_client_operation_duration_seconds_sum")
                == ["gen_ai_client_operation_duration_seconds_sum{\(labels),error_type=\"\"} 1.5"])
        #expect(try Replayed().lines("gen_ai_").isEmpty)
    }

    @Test func `over the ceiling models become overflow and no token is lost`() throws {
        let replayed = try Replayed(seriesCeiling: 200)
        let spans = (0..<100).map { number in
            var span = chat(UInt8(number), usage(10, 1))
            span.attributes[2].value = .string("model-\(number)")
            return span
        }
        try replayed.ingest(spans)
        let tokens = replayed.lines("llm_tokens_used_total{").compactMap { Int($0.split(separator: " ").last ?? "") }
        #expect(tokens.reduce(0, +) == 1_100)
        #expect(
            replayed.lines("llm_tokens_used_total{model=\"__overflow__\",operation=\"chat\",token_type=\"input\"}")
                .count == 1)
        #expect(
            replayed.lines("llm_cost_exporter_series_overflowed_total") != [
                "llm_cost_exporter_series_overflowed_total 0"
            ])
    }
}
