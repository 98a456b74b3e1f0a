// SPDX-License-Identifier: Apache-2.0

extension Capture {
    /// The answers that will do for a scenario: one, or a few where its `expected.json` calls it contested.
    ///
    /// - Returns: The answer that follows from the `consumer` block first.
    /// - Throws: When the file is absent or not in its form.
    package func acceptedTotals() throws -> [CallTotals] {
        let calls = try callsWithStreamedFirstTokens()
        var plain = CallTotals()
        for total in try expected().totals_by_model {
            let parts = [
                ("input", total.input_tokens), ("output", total.output_tokens), ("cache_read", total.cache_read_tokens),
                ("cache_write", total.cache_write_tokens), ("cache_write_1h", total.cache_write_1h_tokens),
                ("reasoning", total.reasoning_tokens),
            ]
            for (what, tokens) in parts { plain.add(Double(tokens), total.model, total.kind, what) }
        }
        for call in calls { plain.add(call) }

        var accepted = [plain]
        /// Adds a second form of every answer so far.
        func alternatively(_ change: (inout CallTotals) -> Void) {
            accepted += accepted.map { answer in
                var other = answer
                change(&other)
                return other
            }
        }
        switch testDescription {
        case "openinference-llama-index/agent":
            // Three spans that prepare a call say that they are one: 6 requests, 3 of them without usage, or 3.
            alternatively { other in
                for call in calls where !call.usage_present { other.add(call, sign: -1) }
            }
        case "litellm/stream_nousage":
            // Zeros are sent for a usage that is not known.
            alternatively { other in
                for call in calls { other.add(1, call.model, call.kind, "without_usage") }
            }
        case "traceloop-anthropic+sdk-native/a_stream":
            // Two spans tell of one call; one says 412 output tokens, which were billed, the other 413.
            alternatively { other in
                for call in calls { other.add(1, call.model, call.kind, "output") }
            }
        default: break
        }
        // Some failed calls name their model only deep within the JSON of another attribute.
        for call in calls where call.model == nil {
            var named = call
            named.model = try refusedModel()
            alternatively { other in
                other.add(call, sign: -1)
                other.add(named)
            }
        }
        // A first token that came after the end may be shown or refused.
        for call in calls where (call.ttft_seconds ?? 0) > call.duration_seconds {
            alternatively { $0.addFirstToken(of: call, sign: -1) }
        }
        return accepted
    }

    /// The calls, first tokens left out where nothing was streamed.
    ///
    /// Some senders tell a time to first token of every call; then it is the call's duration.
    private func callsWithStreamedFirstTokens() throws -> [ExpectedReading.Call] {
        let unstreamed = try unstreamedResponses()
        return try expected().model_calls.map { call in
            var call = call
            if call.kind == "embeddings" || unstreamed.contains(call.response_id ?? "") { call.ttft_seconds = nil }
            return call
        }
    }
}

extension CallTotals {
    /// The sums that will do for several scenarios together.
    ///
    /// - Parameter parts: The answers that will do for each.
    /// - Returns: One sum for each way to choose among them.
    package static func sums(of parts: [[CallTotals]]) -> [CallTotals] {
        // What has one answer goes first, so that only the others are tried in every combination.
        parts.sorted { $0.count < $1.count }.reduce([CallTotals()]) { sums, answers in
            sums.flatMap { sum in
                answers.map { answer in
                    var more = sum
                    more.add(answer)
                    return more
                }
            }
        }
    }
}
