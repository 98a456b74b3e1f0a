// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Price files that settings name, and calls that still have no price.
@Suite struct OwnPricesTests {
    private static let capture = Capture("otel-openai-v2", "chat")

    @Test func `every command prices by the files that settings name`() throws {
        let folder = try PriceFolder(
            prices: """
                format: pricebook/1
                version: ours
                models:
                  - id: openai/gpt-4o-mini
                    provider: openai
                    names: [gpt-4o-mini, gpt-4o-mini-2024-07-18]
                    prices: [{rates: {input: "1", output: "1"}}]
                """)
        let files = try Self.capture.posts().map(\.file.path)
        let replayed = Exposition(try run(Repository.service, ["replay"] + folder.arguments + files).text)
        // 128 tokens in and 37 out.
        #expect(abs(replayed.sum("llm_cost_dollars_total") - 0.000165) < 1e-15)
        let price = try run(
            Repository.service,
            ["price"] + folder.arguments + ["--provider", "openai", "--model", "gpt-4o-mini", "--input", "1000000"])
        #expect(price.text.contains(#""cost_usd": "1""#))
        let explained = try run(Repository.service, ["explain"] + folder.arguments + files)
        #expect(explained.text.contains("0.000165"))
        let checked = try run(Repository.service, ["check-config"] + folder.arguments)
        #expect(checked.status == 0)
        #expect(checked.text.contains("prices.yaml: ok, version ours, 1 models"))
    }

    @Test(arguments: [("checkout-assistant", 0.5), ("somebody-else", 1.0)])
    func `a tenant, told by an attribute of the resource, pays what was agreed`(name: String, factor: Double) throws {
        let folder = try PriceFolder(
            prices: """
                format: pricebook/1
                tenants:
                  acme:
                    match: {resource: {service.name: \(name)}}
                    discount: [{provider: openai, by: "0.5"}]
                """)
        let files = try Self.capture.posts().map(\.file.path)
        let replayed = Exposition(try run(Repository.service, ["replay"] + folder.arguments + files).text)
        #expect(abs(replayed.sum("llm_cost_dollars_total") - 0.0000414 * factor) < 1e-15)
    }

    @Test(arguments: [
        ("prices: {files: prices.yaml}", "settings.yaml:1: 'files' must be a list"),
        ("prices: {files: [none.yaml]}", "none.yaml does not exist; give the path of a YAML or JSON file"),
        ("prices: {files: [prices.yaml]}", "prices.yaml:3: unknown key 'modles'; did you mean 'models'?"),
        ("shadow_books: [{name: a, files: [prices.yaml]}]", "prices.yaml:3: unknown key 'modles'"),
        ("shadow_books: [{name: a, files: []}, {name: a, files: []}]", "settings.yaml:1: 'name' must be a name"),
        ("model_label: other", "settings.yaml:1: 'model_label' must be one of response, request, book, not 'other'"),
        ("limits: {unpriced: 0}", "settings.yaml:1: 'unpriced' must be from 1 to 10000"),
    ])
    func `check-config says what is wrong, where and what to do`(settings: String, message: String) throws {
        let folder = try PriceFolder(settings: settings, prices: "format: pricebook/1\n\nmodles: []")
        let checked = try run(Repository.service, ["check-config"] + folder.arguments)
        #expect(checked.status == 1)
        #expect(checked.log.contains(message), "\(checked.log)")
    }

    @Test func `a model without a price is listed until a file prices it, and then with what it would have cost`()
        throws
    {
        let empty = "format: pricebook/1\ngateways: []"
        let folder = try PriceFolder(
            settings: "billing: {settle: 50ms}\nprices: {files: [book.yaml, prices.yaml]}\nmodel_label: book",
            prices: empty)
        try folder.write("format: pricebook/1\ngateways: []", "book.yaml")
        let service = try ServiceUnderTest(folder.arguments + ["--web.enable-lifecycle"])
        let body = """
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"000102030405060708090a0b0c0d0e0f",\
            "spanId":"0001020304050607","name":"chat","kind":3,"startTimeUnixNano":"1790000000000000000",\
            "endTimeUnixNano":"1790000001000000000","attributes":[\
            {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},\
            {"key":"gen_ai.provider.name","value":{"stringValue":"openai"}},\
            {"key":"gen_ai.request.model","value":{"stringValue":"gpt-4o-house"}},\
            {"key":"gen_ai.usage.input_tokens","value":{"intValue":"1000"}}]}]}]}]}
            """
        #expect(
            try service.post(Array(body.utf8), headers: ["content-type": "application/json"]).status == 200)
        #expect(try service.scrapeSettled().sum("llm_unpriced_tokens_total") { $0["model"] == "gpt-4o-house" } == 1000)
        let entry = try Self.entries(of: service).first
        #expect(entry?["model"] as? String == "gpt-4o-house")
        #expect(entry?["reason"] as? String == "unknown_model")
        #expect(entry?["closest"] as? [String] == [])
        #expect(entry?["cost_at_present_prices_usd"] is NSNull)
        #expect(try service.get("/").text.contains("gpt-4o-house"))

        let stub = try #require(entry?["stub"] as? String)
        try folder.write(prices: stub.replacing("\"?\"", with: "\"7\""))
        var connection = try HTTPConnection(port: service.webPort)
        #expect(try connection.send("POST", "/-/reload").status == 200)
        #expect(try Self.entries(of: service).first?["cost_at_present_prices_usd"] as? String == "0.007")
    }

    @Test func `tenants have their prices, and shadow books count beside`() throws {
        let folder = try PriceFolder(
            settings: "prices: {files: [prices.yaml]}\nshadow_books: [{name: list, files: []}]",
            prices: """
                format: pricebook/1
                tenants:
                  big:
                    match: {resource: {tenant.id: big}}
                    discount: [{provider: openai, by: "0.5"}]
                """)
        let bodies = ["big", "small"].map { tenant in
            """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"tenant.id","value":{"stringValue":"\(tenant)"}}]},\
            "scopeSpans":[{"spans":[{"traceId":"000102030405060708090a0b0c0d0e0f",\
            "spanId":"000102030405060\(tenant.count)","name":"chat","kind":3,"startTimeUnixNano":"1790000000000000000",\
            "endTimeUnixNano":"1790000001000000000","attributes":[\
            {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},\
            {"key":"gen_ai.provider.name","value":{"stringValue":"openai"}},\
            {"key":"gen_ai.request.model","value":{"stringValue":"gpt-4o"}},\
            {"key":"gen_ai.usage.input_tokens","value":{"intValue":"1000000"}}]}]}]}]}
            """
        }
        let result = try run(
            Repository.service, ["replay"] + folder.arguments + ["-"], input: Array(bodies.joined(separator: "\n").utf8)
        )
        let replayed = Exposition(result.text)
        #expect(replayed.sum("llm_cost_dollars_total") == 1.25 + 2.5)
        #expect(replayed.sum("llm_shadow_cost_dollars_total") { $0["book"] == "list" } == 5)
    }

    private static func entries(of service: ServiceUnderTest) throws -> [[String: Any]] {
        let answer = try service.get("/api/v1/unpriced")
        #expect(answer.headers["content-type"] == "application/json")
        let read = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        return read?["models"] as? [[String: Any]] ?? []
    }
}
