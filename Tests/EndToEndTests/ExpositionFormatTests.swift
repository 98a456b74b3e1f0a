// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// What others make of the text on /metrics.
@Suite struct ExpositionFormatTests {
    private let service: ServiceUnderTest

    init() throws {
        service = try ServiceUnderTest()
        for capture in Capture.all(of: "otel-genai-openai") + Capture.all(of: "anthropic-sdk-native") {
            for post in try capture.posts() { _ = try service.post(post.body, headers: post.headers) }
        }
        _ = try service.scrapeSettled()
    }

    @Test func `promtool finds nothing to say about the text format`() throws {
        let scraped = try service.get("/metrics")
        #expect(scraped.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
        #expect(scraped.text.contains("llm_cost_dollars_total{"))

        let checked = try run(Repository.tool("promtool"), ["check", "metrics"], input: scraped.body)
        #expect(checked.status == 0, "\(checked.log)\(checked.text)")
    }

    @Test func `prometheus_client reads the OpenMetrics format`() throws {
        let accept = "application/openmetrics-text; version=1.0.0"
        let scraped = try service.get("/metrics", headers: ["Accept": accept])
        #expect(scraped.headers["content-type"]?.hasPrefix("application/openmetrics-text; version=1.0.0") == true)
        #expect(scraped.text.hasSuffix("# EOF\n"))

        let script = Repository.scripts.appending(path: "read_openmetrics.py").path
        let read = try run(Repository.tool("python"), [script], input: scraped.body)
        #expect(read.status == 0, "\(read.log)")
        let families = read.text.split(separator: "\n")
        #expect(families.contains { $0.hasPrefix("counter llm_cost_dollars ") })
        #expect(families.contains { $0.hasPrefix("histogram llm_request_duration_seconds ") })
    }

    @Test func `each family of a running service is in the catalogue, with its type and its HELP text`() throws {
        struct Family: Decodable { var name, type, help: String }
        let listed = try run(Repository.service, ["metrics", "--format", "json"])
        let families = try JSONDecoder().decode([Family].self, from: Data(listed.output))
        let known = families.flatMap { ["# HELP \($0.name) \($0.help)", "# TYPE \($0.name) \($0.type)"] }
        let shown = try service.get("/metrics").text.split(separator: "\n").filter { $0.hasPrefix("# ") }.map(
            String.init)
        #expect(shown.count > 100)
        #expect(Set(shown).subtracting(known) == [])
    }

    @Test func `A gzip answer holds the same text`() throws {
        let plain = try service.get("/metrics")
        #expect(plain.headers["content-encoding"] == nil)
        let packed = try service.get("/metrics", headers: ["Accept-Encoding": "gzip"])
        #expect(packed.headers["content-encoding"] == "gzip")
        #expect(packed.body.count < plain.body.count / 2)

        let unpacked = try run(URL(filePath: "/bin/gzip"), ["-dc"], input: packed.body)
        try #require(unpacked.status == 0, "\(unpacked.log)")
        #expect(modelLines(unpacked.text) == modelLines(plain.text))
    }

    /// The lines about model calls; those about the service itself change from scrape to scrape.
    private func modelLines(_ text: String) -> [Substring] {
        text.split(separator: "\n").filter { $0.hasPrefix("llm_") && !$0.hasPrefix("llm_cost_exporter_") }
    }
}
