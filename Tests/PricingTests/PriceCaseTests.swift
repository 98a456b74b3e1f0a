// SPDX-License-Identifier: Apache-2.0
import Documents
import Pricing
import Testing

@Suite struct PriceCaseTests {
    private let prices = """
        "prices":[{"rates":{"input":"2","output":"8","cache_read":"0.2","cache_write":"2.5","cache_write_1h":"4",\
        "input_audio":"20"},"fees":{"web_search":"0.01","audio_hour":"0.04","rerank_search":"0.0025"}}]
        """

    @Test func `a record is answered by its lines`() throws {
        let usage = "{\"input\": 1000, \"output\": 50, \"cache_read\": 600, \"cache_write_5m\": 100, \"reasoning\": 20}"
        #expect(
            try answer(
                "{\"id\": \"p1\", \"provider\": \"ACME\", \"request_model\": \"x\", \"response_model\": \"m\", "
                    + "\"ts\": \"2026-10-25T18:57:15Z\", \"tier\": \"default\", \"usage\": \(usage), \"status\": \"agree\"}"
            )
                == """
                {"id": "p1", "cost_usd": "0.00137", "reason": null, "matched": "exact", "model": "acme/m", "lines": [\
                {"token_type": "input", "tokens": 300, "usd_per_million": "2", "usd": "0.0006"}, \
                {"token_type": "output", "tokens": 30, "usd_per_million": "8", "usd": "0.00024"}, \
                {"token_type": "cache_read", "tokens": 600, "usd_per_million": "0.2", "usd": "0.00012"}, \
                {"token_type": "cache_write", "tokens": 100, "usd_per_million": "2.5", "usd": "0.00025"}, \
                {"token_type": "reasoning", "tokens": 20, "usd_per_million": "8", "usd": "0.00016"}]}
                """)
    }

    @Test func `what has no price says why`() throws {
        #expect(
            try answer(
                "{\"id\": \"a \\\"b\\\"\", \"provider\": \"acme\", \"request_model\": \"x\", \"usage\": {\"input\": 1}}"
            )
                == """
                {"id": "a \\"b\\"", "cost_usd": null, "reason": "unknown_model", "matched": null, "model": null, \
                "lines": []}
                """)
    }

    @Test(arguments: [
        // Cached tokens are inside the input, unless there are more of them than input.
        ("\"input\": 100, \"cache_read\": 100", "0.00002"), ("\"input\": 99, \"cache_read\": 100", "0.000218"),
        ("\"input\": 10, \"cache_read\": 6, \"cache_write_5m\": 5", "0.0000337"),
        ("\"input\": 10, \"cache_write_1h\": 4, \"cache_write_5m\": 5", "0.0000305"),
        ("\"input\": 10, \"cache_write_12h\": 4, \"cache_write_1h\": 4", "0.00003"),
        // Parts larger than their whole are cut down to it.
        ("\"input\": 10, \"cache_read\": 8, \"input_audio\": 5", "0.0000416"),
        ("\"output\": 10, \"reasoning\": 50", "0.00008"), ("\"input\": null, \"output\": 0", "0"),
        // Things other than tokens.
        ("\"input\": 0, \"web_searches\": 3", "0.03"), ("\"search_units\": 2", "0.005"),
        ("\"audio_seconds\": 90", "0.001"), ("\"audio_seconds\": 1", "0.000011111111111"),
        ("\"audio_seconds\": 0.5", "0.000005555555556"),
        ("\"pages\": 2", "null"), ("\"input\": 5, \"pages\": 2", "0.00001"),
        ("\"input\": -1", "null"), ("\"input\": 5, \"sparks\": 2", "null"), ("\"input\": 1125899906842624", "null"),
    ])
    func `a usage is put into classes and priced`(_ usage: String, _ cost: String) throws {
        let answer = try answer("{\"provider\": \"acme\", \"request_model\": \"m\", \"usage\": {\(usage)}}")
        let value = cost == "null" ? "null" : "\"\(cost)\""
        #expect(answer.hasPrefix("{\"id\": \"\", \"cost_usd\": \(value), "))
    }

    @Test(arguments: [
        ("[]", "cases:7: the document must be a mapping, not a list"),
        ("{\"provider\": \"acme\"}", "cases:7: the document lacks 'request_model'; add it"),
        (
            "{\"request_model\": \"m\", \"ts\": \"yesterday\"}",
            "cases:7: 'ts' must be a UTC time such as 2026-05-01T10:00:00Z, not 'yesterday'"
        ),
        (
            "{\"request_model\": \"m\", \"usage\": {\"input\": \"many\"}}",
            "cases:7: 'input' must be a whole number, not 'many'"
        ),
    ])
    func `a line that is no record is refused with its place`(_ line: String, _ message: String) {
        let error = #expect(throws: DocumentError.self) { try PriceCase(line: line, file: "cases", number: 7) }
        #expect(error?.description == message)
    }

    private func answer(_ line: String) throws -> String {
        let book = try TestBook.make([TestBook.model("acme/m", ["m"], prices)])
        return try PriceCase(line: line, file: "cases", number: 1).answer(from: book)
    }
}
