// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Machines that are paid by the clock, from the price file to the last scrape.
@Suite struct CapacityPriceTests {
    private static let families = [
        "llm_cost_dollars_total", "llm_token_cost_dollars_total", "llm_cost_by_provider_dollars_total",
        "llm_cost_by_source_dollars_total",
    ]
    private static let prices = """
        format: pricebook/1
        models:
          - {id: vllm/house, provider: vllm, names: [house], hosted: {mode: capacity, gpu_hour: "360", gpus: 10}}
          - {id: tei/idle, provider: tei, names: [idle], hosted: {mode: capacity, gpu_hour: "36"}}
        """
    private static let settings = """
        billing: {settle: 50ms}
        prices: {files: [prices.yaml]}
        shadow_books: [{name: same, files: [prices.yaml]}]
        labels: [{name: tenant, from: [resource.tenant.id]}]
        """

    /// A call of a tenant, as a JSON body.
    private static func body(_ tenant: String, _ output: Int) -> String {
        """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"tenant.id","value":{"stringValue":"\(tenant)"}}]},\
        "scopeSpans":[{"spans":[{"traceId":"000102030405060708090a0b0c0d0e0f",\
        "spanId":"000102030405060\(tenant.count)","name":"chat","kind":3,"startTimeUnixNano":"1790000000000000000",\
        "endTimeUnixNano":"1790000001000000000","attributes":[\
        {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},\
        {"key":"gen_ai.provider.name","value":{"stringValue":"vllm"}},\
        {"key":"gen_ai.request.model","value":{"stringValue":"house"}},\
        {"key":"gen_ai.usage.input_tokens","value":{"intValue":"10"}},\
        {"key":"gen_ai.usage.output_tokens","value":{"intValue":"\(output)"}}]}]}]}]}
        """
    }

    @Test func `the last scrape has the price of the time, shared out and idle, and every view has the same dollars`()
        throws
    {
        let folder = try PriceFolder(settings: Self.settings, prices: Self.prices)
        let began = ContinuousClock.now
        let service = try ServiceUnderTest(folder.arguments + ["--web.enable-lifecycle"])
        for (tenant, output) in [("a", 30), ("bb", 10)] {
            let answer = try service.post(
                Array(Self.body(tenant, output).utf8), headers: ["content-type": "application/json"])
            #expect(answer.status == 200)
        }
        #expect(
            try service.scrapeSettled().sum("llm_hosted_dollars_per_hour") { $0["mode"] == "capacity" } == 3600 + 36)
        // A reload ends the time of the plan that it changes.
        try folder.write(prices: Self.prices.replacing("gpus: 10", with: "gpus: 20"))
        var connection = try HTTPConnection(port: service.webPort)
        #expect(try connection.send("POST", "/-/reload").status == 200)
        let reloaded = Exposition(try service.get("/metrics").text)
        #expect(reloaded.sum("llm_hosted_dollars_per_hour") { $0["model"] == "house" } == 7200)
        let first = reloaded.sum("llm_cost_dollars_total") { $0["tenant"] == "a" }
        let second = reloaded.sum("llm_cost_dollars_total") { $0["tenant"] == "bb" }
        #expect(second > 0)
        #expect(abs(first - 3 * second) < 1e-9)

        // The time until the end is charged last of all, and that of shadow books after the real one.
        let last = try service.stopAndScrape {
            $0.sum("llm_shadow_cost_dollars_total") { $0["operation"] == "_idle" } > 0
        }
        // At most two dollars a second for the one and a cent for the other.
        let seconds = Double((ContinuousClock.now - began).components.seconds + 1)
        let total = last.sum("llm_cost_dollars_total")
        #expect(total < 2.01 * seconds)
        for model in ["house", "idle"] {
            let idle = last.sum("llm_cost_dollars_total") {
                $0["model"] == model && $0["operation"] == "_idle" && $0["tenant"] == "_idle"
            }
            #expect(idle > 0)
        }
        #expect(last.sum("llm_cost_dollars_total") { $0["tenant"] == "a" } == first)
        for family in Self.families { #expect(abs(last.sum(family) - total) < 1e-9) }
        #expect(abs(last.sum("llm_shadow_cost_dollars_total") { $0["book"] == "same" } - total) < 1e-9)
        #expect(last.sum("llm_price_dollars_per_million_tokens") { _ in true } == 0)
        #expect(last.sum("llm_unpriced_requests_total") == 0)
    }

    @Test func `commands without a clock say that there is no price, and why`() throws {
        let folder = try PriceFolder(settings: Self.settings, prices: Self.prices)
        let input = Array(Self.body("a", 30).utf8)
        let replayed = try run(Repository.service, ["replay"] + folder.arguments + ["-"], input: input)
        let shown = Exposition(replayed.text)
        #expect(shown.sum("llm_unpriced_requests_total") { $0["reason"] == "no_rate" } == 1)
        #expect(shown.sum("llm_hosted_dollars_per_hour") { $0["mode"] == "capacity" } == 3636)
        for family in Self.families + ["llm_shadow_cost_dollars_total"] { #expect(!replayed.text.contains(family)) }
        #expect(replayed.log.contains("note: the machines of vllm/house are paid by the clock"))
        #expect(replayed.log.contains("note: shadow book same: the machines of vllm/house are paid by the clock"))

        let explained = try run(Repository.service, ["explain"] + folder.arguments + ["-"], input: input)
        #expect(explained.text.contains("unpriced, no_rate: its machines are paid by the clock"))
        let lines = try run(
            Repository.service, ["explain", "--format", "json"] + folder.arguments + ["-"], input: input)
        #expect(lines.text.contains(#""why": ["paid_by_the_clock"]"#))

        let question = ["--provider", "vllm", "--model", "house", "--output", "1000000"]
        let price = try run(Repository.service, ["price"] + folder.arguments + question)
        #expect(price.text.contains(#""reason": "no_rate""#))
        #expect(price.text.contains(#""model": "vllm/house""#))
        #expect(price.text.contains(#""note": "the machines of vllm/house are paid by the clock (mode capacity)"#))
        let text = try run(Repository.service, ["price", "--format", "text"] + folder.arguments + question)
        #expect(text.text.hasPrefix("no price: no_rate\nthe machines of vllm/house are paid by the clock"))

        let files = ["--prices", folder.path("prices.yaml"), "--provider", "vllm"]
        let found = try run(Repository.service, ["prices", "find", "house"] + files)
        #expect(found.text.contains("matched: vllm/house, override"))
        #expect(found.log.contains("note: the machines of vllm/house"))
        let listed = try run(Repository.service, ["prices", "list"] + files)
        #expect(listed.text.contains("vllm/house  -      -       -       price file, hosted, capacity"))

        let checked = try run(Repository.service, ["check-config"] + folder.arguments)
        #expect(checked.status == 0)
    }
}
