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
                {"id": "p1", "cost_usd": "0.00137", "source": "computed", "estimate_reasons": [], "reason": null, \
                "matched": "exact", "model": "acme/m", "lines": [\
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
                {"id": "a \\"b\\"", "cost_usd": null, "source": "unpriced", "estimate_reasons": [], \
                "reason": "unknown_model", "matched": null, "model": null, "lines": []}
                """)
    }

    @Test(arguments: [
        (
            "\"input\": 10, \"cache_read\": 6, \"cache_write_5m\": 5", "usage.input (10) is less than its cached part",
            "(11 together)"
        ),
        (
            "\"output\": 20, \"reasoning\": 40", "usage.output (20) is less than its part usage.reasoning (40)",
            "only 20 tokens"
        ),
    ])
    func `a part that is larger than its whole is told with the price`(_ usage: String, _ start: String, _ more: String)
        throws
    {
        let line = "{\"provider\": \"acme\", \"request_model\": \"m\", \"usage\": {\(usage)}}"
        let answer = try answer(line)
        #expect(answer.contains("], \"warnings\": [\"\(start)"), "\(answer)")
        #expect(answer.contains(more))
        let equal = try self.answer(line.replacing("\"input\": 10", with: "\"input\": 11").replacing("40", with: "20"))
        #expect(!equal.contains("warnings"))
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
        ("{\"provider\": \"acme\"}", "cases:7: the document has no 'request_model'; add it"),
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
        let error = #expect(throws: DocumentError.self) {
            try PriceCase(line: line, file: "cases", number: 7, now: .newest)
        }
        #expect(error?.description == message)
    }

    @Test(arguments: [
        ("", "2"), ("\"ts\": \"2026-07-01\", ", "1.5"), ("\"ts\": \"2031-01-01\", ", "9"),
    ])
    func `a record without a time is priced at the moment of the question`(_ time: String, _ rate: String) throws {
        let dated = """
            "prices":[{"rates":{"input":"1.5"}},{"from":"2026-09-01","rates":{"input":"2"}},\
            {"from":"2030-01-01","rates":{"input":"9"}}]
            """
        let line = "{\"provider\": \"acme\", \"request_model\": \"m\", \(time)\"usage\": {\"input\": 1000000}}"
        let now = try #require(PriceMoment(timestamp: "2026-11-28T06:30:00Z"))
        let answer = try answer(line, dated, now: now)
        #expect(answer.contains("\"cost_usd\": \"\(rate)\""), "\(answer)")
    }

    @Test func `a record says that its cost is an estimate, and why`() throws {
        let line = """
            {"provider": "acme", "request_model": "m", "tier": "odd", "usage": {"input": 10, "input_image": 4, "pages": 2}}
            """
        let answer = try answer(line)
        #expect(
            answer.contains(
                "\"source\": \"estimated\", \"estimate_reasons\": [\"no_tier_rate\", \"unknown_fee\"], \"reason\": null"
            ),
            "\(answer)")
    }

    @Test(arguments: [
        // The path and the host of the record tell the region; the record's own word stands above them.
        ("projects/p/locations/us-east5/publishers/acme/models/m", "", "", "2.2"),
        ("projects/p/locations/global/publishers/acme/models/m", "", "", "2"),
        ("m", "us-east5-aiplatform.googleapis.com", "", "2.2"), ("m", "aiplatform.googleapis.com", "", "2"),
        ("m", "aiplatform.eu.rep.googleapis.com", "", "2.2"), ("m", "global-aiplatform.googleapis.com", "", "2"),
        ("m", "eu.api.openai.com", "", "2.4"),
        ("m", "eu.api.openai.com", "\"region\": {\"data_residency\": \"US\"}, ", "2"),
        ("m", "", "\"region\": {\"data_residency\": \"EU\"}, ", "2.4"), ("m", "gov.api.openai.com", "", "2.6"),
    ])
    func `host and path decide on surcharges as they do for spans`(
        _ model: String, _ host: String, _ region: String, _ cost: String
    ) throws {
        let regional = """
            "prices":[{"rates":{"input":"2"}}],"multipliers":[{"when":{"endpoint":"regional"},"by":"1.1"},\
            {"when":{"data_residency":"eu"},"by":"1.2"},{"when":{"data_residency":"fedramp"},"by":"1.3"}]
            """
        let line = """
            {"provider": "gcp.vertex_ai", "request_model": "\(model)", "server_address": "\(host)", \(region)\
            "usage": {"input": 1000000}}
            """
        let book = try TestBook.make([TestBook.model("v/m", ["m"], provider: "gcp.vertex_ai", regional)])
        func answer(pathTellsEndpoint: Bool) throws -> String {
            try PriceCase(
                line: line, file: "cases", number: 1, now: .newest, pathTellsEndpoint: pathTellsEndpoint
            ).answer(from: book)
        }
        #expect(try answer(pathTellsEndpoint: true).contains("\"cost_usd\": \"\(cost)\""))
        // In a record for comparisons the path alone tells no surcharge.
        let compared = model == "m" ? cost : "2"
        #expect(try answer(pathTellsEndpoint: false).contains("\"cost_usd\": \"\(compared)\""))
    }

    private func answer(_ line: String, _ prices: String? = nil, now: PriceMoment = .newest) throws -> String {
        let book = try TestBook.make([TestBook.model("acme/m", ["m"], prices ?? self.prices)])
        return try PriceCase(line: line, file: "cases", number: 1, now: now).answer(from: book)
    }
}
