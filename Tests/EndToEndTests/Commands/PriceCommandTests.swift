// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// `price`: one call from flags, or many from a file.
@Suite struct PriceCommandTests {
    private static let prices = """
        format: pricebook/1
        providers: {acme: {}}
        models:
          - id: acme/m
            provider: acme
            names: [m]
            prices:
              - rates: {input: "2", output: "8", cache_read: "0.2"}
                above: [{over: 1000, rates: {input: "4", output: "16"}}]
                fees: {web_search: "0.01"}
              - {from: 2026-06-01, until: 2027-01-01, rates: {input: "1.5", output: "6"}}
              - {tz: Europe/Berlin, windows: [{days: [6], hours: ["22:00-06:00"]}], rates: {input: "1", output: "4"}}
            variants: [{when: {tier: batch}, rates: {input: "1"}}]
            multipliers: [{when: {data_residency: eu}, by: "1.1"}]
          - {id: acme/h, provider: acme, names: [h], hosted: {mode: busy_time, gpu_hour: "3.6"}}
        tenants: {gold: {match: {resource: {t: gold}}, discount: [{by: "0.5"}]}}
        """

    private let folder: PriceFolder

    init() throws { folder = try PriceFolder(prices: Self.prices) }

    @Test func `a call from flags is told line by line, and summed up`() throws {
        let told = try price(
            "m", "--at", "2027-02-01", "--input", "1001", "--cache-read", "1", "--output", "100", "--reasoning", "40")
        #expect(
            told.text == """
                acme/m (override)
                input       1000  x $4 / 1M    $0.004
                output      60    x $16 / 1M   $0.00096
                cache_read  1     x $0.2 / 1M  $0.0000002
                reasoning   40    x $16 / 1M   $0.00064
                sum                            $0.0056002
                source: computed

                """)
        #expect(told.status == 0)
        #expect(told.log.isEmpty)
    }

    @Test(
        arguments: [
            (["--at", "2027-02-01", "--input", "1000", "--output", "100"], "0.0028"),
            (["--input", "1000", "--tier", "batch"], "0.001"),
            (["--at", "2027-02-01", "--input", "1000", "--tenant", "gold"], "0.001"),
            (["--at", "2027-02-01", "--input", "1000", "--server-address", "eu.api.openai.com"], "0.0022"),
            (["--input", "1000", "--at", "2026-07-01"], "0.0015"),
            (["--input", "1000", "--at", "2027-01-01"], "0.002"),
            // Saturday 22:30 in Berlin, an hour before the clocks change in summer and in winter.
            (["--input", "1000", "--at", "2026-03-28T21:30:00Z"], "0.001"),
            (["--input", "1000", "--at", "2026-03-28T20:30:00Z"], "0.002"),
            (["--input", "1000", "--at", "2026-03-29T03:59:00Z"], "0.001"),
            (["--input", "1000", "--at", "2026-03-29T04:00:00Z"], "0.002"),
            (["--input", "1000", "--at", "2026-10-25T04:59:00Z"], "0.001"),
            (["--input", "1000", "--at", "2026-10-25T05:00:00Z"], "0.0015"),
        ] as [([String], String)])
    func `a call from flags is answered by one object where nobody looks on`(
        _ flags: [String], _ cost: String
    ) throws {
        let answered = try run(
            Repository.service,
            ["price", "--prices", folder.path(of: "prices.yaml"), "--provider", "acme", "--model", "m"] + flags)
        #expect(answered.status == 0)
        #expect(answered.objects.count == 1)
        let object = answered.objects.first ?? [:]
        #expect(object["cost_usd"] as? String == cost)
        #expect(object["model"] as? String == "acme/m")
        #expect(object["matched"] as? String == "override")
        #expect(object["reason"] is NSNull)
        #expect(object["source"] as? String == "computed")
        let lines = object["lines"] as? [[String: Any]] ?? []
        #expect(lines.first?["token_type"] as? String == "input")
        #expect(lines.first?["tokens"] as? Int == 1000)
    }

    @Test func `estimates, time and unknown names are told as what they are`() throws {
        let tier = try price("m", "--at", "2027-02-01", "--input", "1000", "--tier", "flex").text
        #expect(tier.hasSuffix("sum                     $0.002\nsource: estimated: no_tier_rate\n"))
        let time = try price("h", "--input", "5", "--duration-ms", "1500").text
        #expect(time.contains("time                 $0.0015\nsum                  $0.0015\nsource: computed\n"))
        let timeless = try price("h", "--input", "5")
        #expect(
            timeless.text.hasPrefix(
                "no price: no_usage\nacme/h is paid by the time of its calls (mode busy_time): give "))
        let object = try price("h", "--input", "5", format: "json").objects.first
        #expect(object?["cost_usd"] is NSNull)
        #expect(object?["model"] as? String == "acme/h")
        #expect((object?["note"] as? String)?.contains("--duration-ms") == true)
        #expect(try price("h", "--duration-ms", "0", format: "json").objects.first?["cost_usd"] as? String == "0")
        let unknown = try price("mm", "--input", "5")
        #expect(unknown.text == "no price: unknown_model\n")
        #expect(try price("mm", "--input", "5", format: "json").objects.first?["reason"] as? String == "unknown_model")
    }

    @Test(
        arguments: [
            (["--input", "-5"], 64, "Error: --input must be from 0 to 2^50 - 1 tokens, not -5\n"),
            (["--reasoning", "9999999999999999"], 64, "--reasoning must be from 0 to 2^50 - 1 tokens"),
            (
                ["--at", "yesterday"], 64,
                "--at must be a UTC time such as 2026-05-01 or 2026-05-01T10:00:00Z, not yesterday"
            ),
            (["--duration-ms", "-1"], 64, "--duration-ms must be from 0 to 86400000, a day, not -1"),
            ([], 64, "give the tokens of the call: --input and --output, and the parts of them"),
            (
                ["--input", "5", "--tier", "odd"], 64,
                "Error: --tier odd: no price depends on a service tier of this name; there are default, "
            ),
            (
                ["--input", "5", "--tenant", "goldie"], 64,
                "Error: --tenant goldie: no price file has a tenant of this name; there are gold\n"
            ),
            (
                ["--input", "5", "--cache-read", "4", "--cache-write", "2"], 64,
                "--input is all input tokens, so it must be at least its cached part (--cache-read, --cache-write and "
                    + "--cache-write-1h together), 6, not 5"
            ),
            (
                ["--output", "5", "--reasoning", "6"], 64,
                "--output is all output tokens, so it must be at least its part --reasoning, 6, not 5"
            ),
            (["--cases", "x.jsonl"], 64, "give either --model, with --input and --output, or --cases FILE"),
        ] as [([String], Int32, String)])
    func `a flag that cannot be is refused by its name`(_ flags: [String], _ status: Int32, _ message: String) throws {
        var flags = flags
        // So that a value below zero is no flag.
        if flags.count == 2, flags[1].hasPrefix("-") { flags = [flags.joined(separator: "=")] }
        let refused = try price("m", flags)
        #expect(refused.status == status)
        #expect(refused.text.isEmpty)
        #expect(refused.log.contains(message), "\(refused.log)")
    }

    @Test func `of many calls each has its line, and those that cannot be read are told with theirs`() throws {
        let cases = """
            {"id": "1", "provider": "acme", "request_model": "m", "ts": "2027-02-01", "usage": {"input": 10}}

            {"id": "2", "provider": "acme", "usage": {}}
            {"id": "3", "provider": "acme", "request_model": "m", "usage": {"input": -1}}
            nonsense
            {"id": "4", "provider": "acme", "request_model": "m", "ts": "2027-02-01", "usage": {"web_searches": 3}}
            {"id": "5", "provider": "acme", "request_model": "m", "ts": "2027-02-01", "region": {"data_residency": "EU"}, "usage": {"input": 1000}}
            {"id": "6", "provider": "acme", "request_model": "m", "tenant": "gold", "ts": "2026-07-01", "usage": {"output": 9}}
            """
        try folder.write(cases, "cases.jsonl")
        let file = folder.path(of: "cases.jsonl")
        let arguments = ["price", "--prices", folder.path(of: "prices.yaml"), "--cases"]
        let answered = try run(Repository.service, arguments + [file])
        #expect(answered.status == 1)
        #expect(answered.objects.map { $0["id"] as? String } == ["1", "3", "4", "5", "6"])
        #expect(
            answered.objects.map { $0["cost_usd"] as? String } == ["0.00002", nil, "0.03", "0.0022", "0.000027"])
        #expect(answered.objects[1]["reason"] as? String == "invalid_usage")
        let errors = answered.log.split(separator: "\n")
        #expect(errors.count == 2)
        #expect(errors.first?.hasSuffix("cases.jsonl:3: the document has no 'request_model'; add it") == true)
        #expect(errors.last?.hasSuffix("cases.jsonl:5: the document must be a mapping, not 'nonsense'") == true)

        let piped = try run(Repository.service, arguments + ["-"], input: Array(cases.utf8))
        #expect(piped.output == answered.output)
        let text = try run(Repository.service, arguments + [file, "--format", "text"]).text
        #expect(
            text.hasPrefix(
                "1:\nacme/m (override)\ninput  10  x $2 / 1M  $0.00002\nsum                   $0.00002\nsource: computed\n3:\n"
            ))
        #expect(
            text.contains(
                "\n4:\nacme/m (override)\nfee web_search      $0.03\nsum                 $0.03\nsource: computed\n5:\n")
        )
        let missing = try run(Repository.service, arguments + [folder.path(of: "none.jsonl")])
        #expect(missing.status == 1)
        #expect(
            missing.log.hasSuffix("none.jsonl: the file does not exist; give one with a JSON object a line, or '-'\n"))
        let directory = try run(Repository.service, arguments + [folder.path(of: ".")])
        #expect(directory.log.contains(": the file is a directory; give one with"))
    }

    @Test func `without a time the price is that of today, neither the oldest nor one that is announced`() throws {
        try folder.write(
            """
            format: pricebook/1
            providers: {acme: {}}
            models:
              - id: acme/d
                provider: acme
                prices:
                  - rates: {input: "1"}
                  - {from: 2020-01-01, rates: {input: "2"}}
                  - {from: 9000-01-01, rates: {input: "9"}}
            """, "dated.yaml")
        let files = ["--prices", folder.path(of: "dated.yaml"), "--provider", "acme"]
        let call = ["price"] + files + ["--model", "d", "--input", "1000000"]
        #expect(try run(Repository.service, call).objects.first?["cost_usd"] as? String == "2")
        let announced = try run(Repository.service, call + ["--at", "9000-01-01"])
        #expect(announced.objects.first?["cost_usd"] as? String == "9")
        let record = "{\"provider\": \"acme\", \"request_model\": \"d\", \"usage\": {\"input\": 1000000}}"
        let cases = ["price"] + files.prefix(2) + ["--cases", "-"]
        #expect(
            try run(Repository.service, cases, input: Array(record.utf8)).objects.first?["cost_usd"] as? String == "2")
        let listed = try run(Repository.service, ["prices", "list"] + files + ["--format", "json"])
        #expect(listed.objects.first?["input"] as? String == "2")
        let old = try run(Repository.service, ["prices", "list", "--at", "2019-12-31"] + files + ["--format", "json"])
        #expect(old.objects.first?["input"] as? String == "1")
    }

    private func price(_ model: String, _ flags: String..., format: String = "text") throws -> ProgramResult {
        try price(model, flags, format: format)
    }

    private func price(_ model: String, _ flags: [String], format: String = "text") throws -> ProgramResult {
        try run(
            Repository.service,
            [
                "price", "--prices", folder.path(of: "prices.yaml"), "--provider", "acme", "--model", model, "--format",
                format,
            ]
                + flags)
    }
}
