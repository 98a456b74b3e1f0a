// SPDX-License-Identifier: Apache-2.0

/// Calls, tokens and first tokens by model: what an exposition shows, or what it should.
package struct CallTotals: Sendable {
    /// Numbers by a key that reads `gpt-4o-mini inference output`; what is absent is 0.
    ///
    /// `input` and `output` are the two sides, cache and reasoning included; `cache_write` is of all lifetimes.
    private var numbers: [String: Double] = [:]

    private static let families = [
        "llm_requests_total": "requests",
        "llm_request_errors_total": "errors",
        "llm_requests_without_usage_total": "without_usage",
        "llm_time_to_first_token_seconds_count": "first_tokens",
        "llm_time_to_first_token_seconds_sum": firstTokenSeconds,
    ]

    private static let firstTokenSeconds = "first_token_seconds"

    package init() {}

    /// Reads what an exposition shows.
    ///
    /// - Parameter exposition: All of it; families that do not tell of calls are passed over.
    package init(_ exposition: Exposition) {
        for sample in exposition.samples {
            let kind = sample.labels["operation"] == "embeddings" ? "embeddings" : "inference"
            func add(_ what: String) { self.add(sample.value, sample.labels["model"], kind, what) }
            if let what = Self.families[sample.name] {
                add(what)
            } else if sample.name == "llm_tokens_used_total", let type = sample.labels["token_type"] {
                add(TokenSide(sample.labels) == .input ? "input" : "output")
                // `cache_read_audio` is a `cache_read`, `cache_write_1h` a `cache_write`.
                for part in ["cache_read", "cache_write", "reasoning"] where "\(type)_".hasPrefix("\(part)_") {
                    add(part)
                }
                if type == "cache_write_1h" { add(type) }
            }
        }
    }

    /// Adds the numbers of others.
    ///
    /// - Parameter other: The others.
    package mutating func add(_ other: CallTotals) { numbers.merge(other.numbers, uniquingKeysWith: +) }

    /// Adds to one number.
    ///
    /// - Parameters:
    ///   - number: What is added; less than 0 to take away.
    ///   - model: The model; no model is shown as an empty name.
    ///   - kind: `inference` or `embeddings`.
    ///   - what: A class of tokens, a side, or one of `requests`, `errors`, `without_usage`.
    package mutating func add(_ number: Double, _ model: String?, _ kind: String, _ what: String) {
        numbers["\(model ?? "") \(kind) \(what)", default: 0] += number
    }

    /// Adds a call's counts and its first token, its tokens left out.
    ///
    /// - Parameters:
    ///   - call: The call.
    ///   - sign: -1 to take it away.
    package mutating func add(_ call: ExpectedReading.Call, sign: Double = 1) {
        add(sign, call.model, call.kind, "requests")
        if call.error {
            add(sign, call.model, call.kind, "errors")
        } else if !call.usage_present {
            add(sign, call.model, call.kind, "without_usage")
        }
        addFirstToken(of: call, sign: sign)
    }

    /// Adds a call's first token, if one was told.
    ///
    /// - Parameters:
    ///   - call: The call.
    ///   - sign: -1 to take it away.
    package mutating func addFirstToken(of call: ExpectedReading.Call, sign: Double = 1) {
        guard let seconds = call.ttft_seconds else { return }
        add(sign, call.model, call.kind, "first_tokens")
        add(sign * seconds, call.model, call.kind, Self.firstTokenSeconds)
    }

    /// Only what is told of one model.
    ///
    /// - Parameter model: The model.
    /// - Returns: Its numbers.
    package func of(_ model: String) -> CallTotals {
        var own = self
        own.numbers = numbers.filter { $0.key.hasPrefix("\(model) ") }
        return own
    }

    /// Compares with what is expected.
    ///
    /// - Parameter accepted: One or more answers, of which any will do.
    /// - Returns: A line for each number that differs from the answer that comes closest.
    package func differences(from accepted: [CallTotals]) -> [String] {
        accepted.map(differences(from:)).min { $0.count < $1.count } ?? ["nothing is expected"]
    }

    /// Compares with what is expected.
    ///
    /// - Parameter expected: The one answer.
    /// - Returns: A line for each number that differs.
    package func differences(from expected: CallTotals) -> [String] {
        Set(numbers.keys).union(expected.numbers.keys).sorted().compactMap { key in
            let (got, wanted) = (numbers[key] ?? 0, expected.numbers[key] ?? 0)
            // Durations are recorded to a tenth of a millisecond; the sums here have at most 100 of them.
            let slack = key.hasSuffix(Self.firstTokenSeconds) ? 0.0055 : 0
            return abs(got - wanted) <= slack ? nil : "\(key): \(wanted) expected, \(got) shown"
        }
    }
}
