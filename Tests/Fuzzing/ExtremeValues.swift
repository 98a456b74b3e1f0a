// SPDX-License-Identifier: Apache-2.0

/// Numbers and texts at the bounds of what a field holds, of what is believed, and just beyond.
enum ExtremeValues {
    static let integers: [Int64] = [
        0, 1, 2, -1, 10, 999, 4_095, 4_096, 9_000, 9_001, 1_000_000, 86_400_000, 86_400_001, 999_999_999, 1_000_000_000,
        1_000_000_001, 1 << 31 - 1, 1 << 31, 1 << 32 - 1, 1 << 32, 1 << 50, 1 << 53, 9_000_000_000_000_000_000, .max,
        .min,
        .min + 1,
    ]

    static let doubles: [Double] = [
        0, -0.0, 1, 0.5, 1e-9, 1e9, 1e9 + 1, 8_999.999999, 9_000, 9_000.1, 1e15, 1e18, 9.3e18, 1.7e308,
        .leastNonzeroMagnitude,
        .infinity,
        -.infinity, .nan, 86_400, 86_400.1, 0.1 + 0.2, -1, 2e9, 1e6,
    ]

    static let counts: [Int64] = [1, 2, 5, 10, 100, 999, 999_999_999, 1_000_000_000]

    /// Numbers as texts and JSON write them.
    static let numbers: [String] = [
        "0", "1", "-1", "5", "12", "12.0", "12.5", "1e9", "1E9", "999999999", "1000000000", "1000000001", "9000",
        "9000.0",
        "9000.1", "8999.9999999999999", "0.00000000000000000001", "20000", "18447", "1844674407370.9551616", "1e-999",
        "1e999",
        "1e30", "9e15", "-0", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551615", "18446744073709551616", "NaN", "Infinity", "-Infinity", "null", "None", "true", "false",
        "True",
        String(repeating: "9", count: 18), String(repeating: "9", count: 19), String(repeating: "9", count: 64),
        "0." + String(repeating: "9", count: 60), String(repeating: "1", count: 300), "1.8446744073709551616e3", "+7",
        "07", ".5",
    ]

    static let texts: [String] =
        numbers + [
            "", "\"5\"", "\"", "\"\"", "{", "}", "[", "ERROR", "error", "usd", "eur", "USD", "batch", "flex",
            "priority",
            "fast", "standard", "us", "eu", "global", "default", "auto", "openai", "anthropic", "aws.bedrock", "x",
            "langchain",
            "chatcmpl-1", "chatcmpl-2", "msg_1", "msg_bdrk_1", "resp_123456789", "gen-1234567890", "run-123456789012",
            "http://", "https://u:p@[::1]:80/x", "https://api.openai.com/v1", "eu.api.openai.com", "http://[",
            "us-central1-aiplatform.googleapis.com", "t1", "t2",
        ] + times

    /// Times as RFC 3339 has them, among them those that do not fit into 63 or 64 bits of nanoseconds.
    static let times: [String] = [
        "2026-11-28T00:00:00Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00+23:59",
        "2262-04-11T23:47:16.854775807Z", "2262-04-11T23:47:16.854775808Z", "2270-01-01T00:00:00Z",
        "2286-11-20T17:46:39.999999999Z", "2554-07-21T23:34:33.709551615Z", "2554-07-21T23:34:33.709551616Z",
        "9999-12-31T23:59:60.999999999+23:59", "9999-12-31T23:59:59-23:59", "2026-11-28T00:00:00.123456789012345678Z",
        "2026-02-31T25:61:61Z", "0000-00-00T00:00:00Z",
    ]

    static let models: [String] = [
        "gpt-4o", "gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", "gemini-2.5-pro", "text-embedding-3-small", "sonar",
        "gpt-4o-audio-preview", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "deepseek-chat", "command-r",
        "projects/x/locations/us/publishers/google/models/gemini-2.5-pro", "ft:gpt-4o:o:n:id",
        "openrouter/openai/gpt-4o:free",
        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku", "m", "busy", "clock", "tokens", "dear",
        String(repeating: "x", count: 256), "", "__overflow__", "\"gpt-4o\"", "gpt-4o\0",
        String(repeating: "é", count: 100), String(repeating: "a/", count: 40),
    ]

    /// Bytes that are no UTF-8.
    static let broken: [[UInt8]] = [
        [0xFF, 0xFE], [0xED, 0xA0, 0x80], [0], [0x61, 0, 0x62], [0xF0, 0x9F, 0x98], [0xC0, 0x80],
    ]

    /// Times of spans in nanoseconds since 1970, among them no time at all.
    static func times(around now: UInt64) -> [UInt64] {
        let second: UInt64 = 1_000_000_000
        return [
            now, now, now - second, now - 5 * second, now - 60 * second, now + 1_000 * second, now + 86_400 * second,
            now + 86_401 * second, 0, 1, UInt64(Int64.max), UInt64(Int64.max) + 1, .max, .max - 1,
            1_577_836_800 * second, 1_577_836_800 * second - 1, 4_102_444_800 * second,
        ]
    }
}
