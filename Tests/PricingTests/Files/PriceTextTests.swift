// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Testing

@Suite struct PriceTextTests {
    private let models = [
        TestBook.model(
            "acme/m", ["m"],
            "\"prices\":[{\"rates\":{\"input\":\"2\",\"output\":\"8\"},\"fees\":{\"web_search\":\"0.01\"}}]"),
        TestBook.model("acme/n", ["n"]),
    ]

    @Test func `the sum is told line by line`() throws {
        #expect(
            try text(
                "{\"provider\": \"acme\", \"request_model\": \"models/m\", \"tier\": \"batch\", "
                    + "\"usage\": {\"input\": 1000, \"output\": 50, \"cache_read\": 600, \"web_searches\": 2}}")
                    == """
                    acme/m (normalised)
                    input           400  x $2 / 1M  $0.0008
                    output          50   x $8 / 1M  $0.0004
                    cache_read      600  x $2 / 1M  $0.0012
                    fee web_search                  $0.02
                    sum                             $0.0224
                    source: estimated: no_tier_rate

                    """)
    }

    @Test func `what has no price says why, and what is near`() throws {
        let record = "{\"provider\": \"acme\", \"request_model\": \"x\", \"usage\": {\"input\": 1}}"
        #expect(try text(record) == "no price: unknown_model\n")
        let near = TestBook.model("acme/long", ["long"])
        let typo = record.replacing("\"x\"", with: "\"lomg\"")
        let answer = try PriceCase(line: typo, file: "cases", number: 1, now: .newest)
        #expect(
            try answer.text(from: TestBook.make(models + [near])) == "no price: unknown_model\nnearest: acme/long\n")
        let invalid = "{\"provider\": \"acme\", \"request_model\": \"m\", \"usage\": {\"input\": -1}}"
        #expect(try text(invalid) == "no price: invalid_usage\n")
    }

    @Test func `a record may name a tenant and a duration`() throws {
        let file = """
            models: [{id: vllm/x, provider: vllm, hosted: {mode: busy_time, gpu_hour: "3.6"}}]
            tenants: {gold: {match: {span: {t: g}}, discount: [{by: "0.5"}]}}
            """
        let book = try TestBook.make(models, files: [file])
        func answer(_ line: String) throws -> String {
            try PriceCase(line: line, file: "cases", number: 1, now: .newest).answer(from: book)
        }
        let usage = "\"usage\": {\"input\": 1000000}"
        #expect(
            try answer("{\"provider\": \"acme\", \"request_model\": \"m\", \"tenant\": \"gold\", \(usage)}").contains(
                "\"cost_usd\": \"1\""))
        #expect(
            try answer("{\"provider\": \"acme\", \"request_model\": \"m\", \"tenant\": \"tin\", \(usage)}").contains(
                "\"cost_usd\": \"2\""))
        let timed = "{\"provider\": \"vllm\", \"request_model\": \"x\", \"duration_ms\": 2500, \"usage\": {}}"
        #expect(
            try answer(timed) == """
                {"id": "", "cost_usd": "0.0025", "source": "computed", "estimate_reasons": [], "reason": null, \
                "matched": "override", "model": "vllm/x", "lines": [\
                {"token_type": "fee", "tokens": null, "usd_per_million": null, "usd": "0.0025"}]}
                """)
        #expect(
            try PriceCase(line: timed, file: "cases", number: 1, now: .newest).text(from: book) == """
                vllm/x (override)
                time      $0.0025
                sum       $0.0025
                source: computed

                """)
    }

    @Test func `models are listed by id, with what price files say`() throws {
        let file = """
            models: [{id: acme/m, prices: [{rates: {input: 7}}]}, {id: acme/a, prices: [{rates: {input: 1}}]}]
            tenants: {gold: {match: {span: {t: g}}, models: [{id: acme/n, prices: [{rates: {input: 3}}]}]}}
            """
        let book = try TestBook.make(models, files: [file])
        func names(_ listings: [PriceBook.Listing]) -> [String] {
            listings.map { "\($0.model.id)\($0.isOverride ? " own" : "")\($0.tenant)" }
        }
        #expect(names(book.listings()) == ["acme/a own", "acme/m own", "acme/n", "acme/n owngold"])
        #expect(names(book.listings(provider: "Acme-AI")).count == 4)
        #expect(names(book.listings(provider: "resale")).isEmpty)
        #expect(names(book.listings(provider: "nobody")).isEmpty)
        #expect(names(book.listings(id: "acme/m")) == ["acme/m own"])
    }

    @Test func `the rates of a model are those of the moment asked for`() throws {
        let dated = """
            "prices":[{"rates":{"input":"1","output":"4"}},{"from":"2026-09-01","rates":{"input":"2","output":"8"}},\
            {"from":"2030-01-01","rates":{"input":"9","output":"36"}},\
            {"windows":[{"hours_utc":["22:00-06:00"]}],"rates":{"input":"0.5","output":"2"}}]
            """
        let book = try TestBook.make([TestBook.model("acme/m", ["m"], dated)])
        let model = try #require(book.listings(id: "acme/m").first).model
        let moments = ["2026-08-31", "2026-09-01T12:00:00Z", "2026-09-01T23:00:00Z", "2031-01-01"]
        let rates = try moments.map { text in
            model.rates(at: try #require(PriceMoment(timestamp: text)))[.input]?.dollarsPerMillion
        }
        #expect(rates == ["1", "2", "0.5", "9"])
    }

    @Test func `a tier exists if some price depends on it, or if it is a name of the default one`() throws {
        let tiered =
            "\"prices\":[{\"rates\":{\"input\":\"2\"}}],\"variants\":[{\"when\":{\"tier\":\"Batch\"},\"rates\":{\"input\":\"1\"}}]"
        let book = try TestBook.make([TestBook.model("acme/m", ["m"], tiered)])
        #expect(book.tiers == ["batch", "fast", "priority"])
        #expect(["batch", " BATCH", "standard", "", "auto", "fast"].allSatisfy { book.knows(tier: $0) })
        #expect(!book.knows(tier: "flex") && !book.knows(tier: "bach"))
    }

    @Test func `keys of a newer importer are warnings of a book`() throws {
        let book = try TestBook.make([
            TestBook.model("acme/a", ["a"], "\"colour\":\"red\",\"prices\":[{\"rates\":{\"input\":\"2\"}}]"),
            TestBook.model(
                "acme/b", ["b"], "\"prices\":[{\"rates\":{\"input\":\"2\",\"output\":\"2\",\"cache_read\":\"3\"}}]"),
        ])
        #expect(book.price(TestBook.question("a")).text == "2")
        #expect(
            book.checkWarnings() == [
                "pricebook.json:2: unknown key 'colour'; the keys here are id, provider, source, names, match, kind, prices, "
                    + "variants, multipliers, hosted, dates_from",
                "acme/b: reading from the cache costs more than plain input",
            ])
    }

    private func text(_ line: String) throws -> String {
        try PriceCase(line: line, file: "cases", number: 1, now: .newest).text(from: TestBook.make(models))
    }
}
