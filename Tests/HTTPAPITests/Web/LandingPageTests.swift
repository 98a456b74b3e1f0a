// SPDX-License-Identifier: Apache-2.0
@testable import CallMetrics
import Foundation
import Overview
import Pricing
import TestSupport
import Testing

@testable import HTTPAPI

/// The page at `/` as a document.
@Suite struct LandingPageTests {
    /// With `REWRITE_GOLDEN=1` in the environment the files are written anew; the difference is to be read like code.
    @Test(arguments: ["empty", "filled"])
    func `the page is what it was`(name: String) throws {
        let empty = PageSamples.page(PageSamples.overview())
        let html = name == "empty" ? empty.html : PageSamples.filled.html
        let file = Repository.root.appending(path: "Tests/HTTPAPITests/Web/Golden/\(name).html")
        if ProcessInfo.processInfo.environment["REWRITE_GOLDEN"] == "1" {
            try html.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == html)
    }

    @Test(arguments: PageSamples.states.keys.sorted())
    func `in every state the page is strict HTML that can be heard and used without a mouse`(state: String) throws {
        let page = try #require(PageSamples.states[state])
        let html = try HTMLReader.document(page.html)
        #expect(HTMLRules.mistakes(in: html) == [])
        #expect(AccessibilityRules(page: html).mistakes == [])
    }

    @Test func `each rule finds its mistakes`() throws {
        let good = PageSamples.filled.html
        let changes = [
            ("<h2 id=\"hours\">", "<h2 id=\"spend\">"), (" lang=\"en\"", ""), ("<h1>Overview</h1>", ""),
            ("<th scope=\"col\">Service</th>", ""), ("<caption>The service that sent last is first</caption>", ""),
            (" role=\"img\"", ""), ("<nav aria-label=\"Pages\">", "<nav aria-label=\"\">"),
            (" tabindex=\"0\" role=\"group\"", " role=\"group\""), ("href=\"#unpriced\"", "href=\"#nothing\""),
            ("width=device-width, initial-scale=1", "width=device-width, maximum-scale=1"),
        ]
        for (text, other) in changes {
            let html = try HTMLReader.document(good.replacing(text, with: other))
            #expect(good.contains(text))
            #expect(AccessibilityRules(page: html).mistakes != [], "without \(text)")
        }
        for (text, other) in [("</h1>", "</h2>"), ("<p ", "<p class=\"a\" "), ("&lt;", "<"), ("</html>", "")] {
            let bad = (text == "&lt;" ? PageSamples.named("<").html : good).replacing(text, with: other)
            #expect(throws: HTMLError.self) { try HTMLReader.document(bad) }
        }
        for (text, other) in [
            ("<li>", "<li onclick=\"x\">"), ("<dl class=\"tiles\">", "<dl>x"), ("<tbody>", "<tbody>x"),
        ] {
            #expect(try HTMLRules.mistakes(in: HTMLReader.document(good.replacing(text, with: other))) != [])
        }
    }

    @Test func `without a span the page says what to do; with spans and no call, where to look`() {
        let empty = PageSamples.page(PageSamples.overview()).html
        #expect(empty.contains("No span has arrived yet"))
        #expect(empty.contains("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://costs.example:4318/v1/traces"))
        #expect(!empty.contains("Spend since the start"))
        let service = ServiceFigures(name: "shop", lastNanoseconds: PageSamples.now)
        let silent = PageSamples.page(PageSamples.overview(services: [service])).html
        #expect(silent.contains("none of them is a model call yet"))
        #expect(silent.contains("llm-cost-exporter explain"))
        #expect(silent.contains("shop"))
    }

    @Test func `without a span, what was refused comes before what to paste`() throws {
        let html = try #require(PageSamples.states["refusing"]).html
        let (refused, help) = (html.firstRange(of: "id=\"refused\""), html.firstRange(of: "id=\"send\""))
        #expect(try #require(refused).lowerBound < #require(help).lowerBound)
        #expect(html.contains("not gRPC</bdi><small><bdi>set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf</bdi></small>"))
        #expect(html.contains("<bdi>checkout</bdi></th><td>metrics</td><td class=\"number\">12</td>"))
        #expect(html.contains("no service named</th><td>logs</td>"))
    }

    @Test func `a sum that leaves calls out says so`() throws {
        #expect(try #require(PageSamples.states["no prices"]).html.contains("without 3 calls that have no price"))
        #expect(PageSamples.filled.html.contains("<td class=\"number\">unknown<small class=\"warning\">3 unpriced"))
        #expect(try #require(PageSamples.states["all failures"]).html.contains("100\u{A0}% of all calls"))
        let silent = try #require(PageSamples.states["no usage"]).html
        #expect(silent.contains("without 3 calls that have no price, and 2 calls that report no usage"))
        #expect(silent.contains("<td class=\"number\">unknown<small class=\"warning\">2 without usage"))
        #expect(!PageSamples.states["all failures", default: PageSamples.filled].html.contains("have no price"))
    }

    @Test func `names that senders choose are text wherever they are shown, each in its own direction`() throws {
        let html = PageSamples.named(PageSamples.hostile).html
        #expect(!html.contains("<script") && !html.contains("<img"))
        #expect(html.contains("http://localhost:4318/v1/traces"))
        let isolated = try HTMLReader.document(html).all("bdi").filter { $0.text == PageSamples.hostile }
        // Model, provider, service, service of logs, scope, key, model and provider of the list, and four texts of the refusal.
        #expect(isolated.count == 12)
        // The peer and the reason of a call without a price are this service's own words.
        #expect(html.components(separatedBy: "&lt;script&gt;alert(&#39;x&#39;)").count - 1 == 14)
    }

    @Test func `the middle of a long name is in its title alone`() throws {
        let page = try HTMLReader.document(try #require(PageSamples.states["long names"]).html)
        let long = String(repeating: "abcdefghij", count: 25)
        let names = page.all("bdi").filter { $0.attributes["title"] == long }
        #expect(names.count >= 8)
        #expect(Set(names.map(\.text)) == ["\(long.prefix(40))\u{2026}\(long.suffix(20))"])
        // Reasons and remedies are sentences, and shown whole.
        #expect(page.all("bdi").count { $0.text == long } == 2)
    }

    @Test func `the page stays small, whatever there is to show`() {
        let long = String(repeating: "x", count: 250)
        let models = (0..<501).map { PageSamples.model("\(long)\($0)", long, cost: "1", row: $0) }
        let services = (0..<201).map { ServiceFigures(name: "\(long.prefix(120))\($0)", lastNanoseconds: 1) }
        let page = PageSamples.page(PageSamples.overview(models: models, services: services))
        #expect(page.html.utf8.count < 200_000)
        #expect(page.html.contains("451 more models"))
        #expect(page.html.contains("151 more are in"))
    }

    @Test func `the last row has what the other rows leave out`() {
        let models = (0..<60).map { PageSamples.model("m\($0)", "p", cost: "1", row: $0) }
        let html = PageSamples.page(PageSamples.overview(models: models)).html
        #expect(html.contains("10 more models"))
        #expect(html.contains("<td class=\"number\">$10.00</td>"))
        #expect(html.contains("$60.00"))
    }
}
