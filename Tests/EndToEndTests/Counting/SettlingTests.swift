// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

/// Calls wait for others that tell of them too; nothing is lost or counted twice on the way.
@Suite struct SettlingTests {
    /// Runs whose calls are told once and twice, with and without parents that repeat them.
    private static let runs = [
        Capture("otel-genai-openai", "many"), Capture("openinference-langchain+openai", "agent"),
        Capture("strands", "agent_nested"), Capture("traceloop-anthropic+sdk-native", "a_cached"),
    ]

    /// Longer than the test, so that nothing is counted before its end.
    private static let longWindow = "billing: {settle: 1h}"

    @Test func `What waits at SIGTERM is counted before the last scrape`() throws {
        let service = try ServiceUnderTest(settings: Self.longWindow)
        for post in try Self.runs.flatMap({ try $0.posts() }) {
            #expect(try service.post(post.body, headers: post.headers).status == 200)
        }
        let last = try service.stopAndScrape()
        let parts = try Self.runs.map { try $0.acceptedTotals() }
        #expect(CallTotals(last).differences(from: CallTotals.sums(of: parts)) == [])
        #expect(try service.process.waitForExit() == 0)
    }

    @Test func `What waits at SIGTERM is counted although its spans came one by one`() throws {
        let service = try ServiceUnderTest(settings: Self.longWindow)
        for post in try Self.runs.flatMap({ try $0.posts() }) {
            for body in try post.singleSpanBodies().reversed() { #expect(try service.post(body).status == 200) }
        }
        let parts = try Self.runs.map { try $0.acceptedTotals() }
        #expect(CallTotals(try service.stopAndScrape()).differences(from: CallTotals.sums(of: parts)) == [])
    }

    @Test func `A copy is a duplicate while its call waits and after it is counted`() throws {
        let service = try ServiceUnderTest()
        let capture = Capture("otel-genai-openai", "many")
        let post = try #require(try capture.posts().first)
        for _ in 0..<2 { #expect(try service.post(post.body, headers: post.headers).status == 200) }
        let settled = try service.scrapeSettled()
        #expect(CallTotals(settled).differences(from: try capture.acceptedTotals()) == [])

        #expect(try service.post(post.body, headers: post.headers).status == 200)
        let last = try service.stopAndScrape()
        #expect(CallTotals(last).differences(from: try capture.acceptedTotals()) == [])
        let calls = Double(try capture.expected().model_calls.count)
        #expect(last.sum("llm_cost_exporter_spans_total") { $0["outcome"] == "duplicate" } == 2 * calls)
    }

    @Test(arguments: [false, true])
    func `A second view of a call that is counted already adds nothing`(otherFirst: Bool) throws {
        let service = try ServiceUnderTest()
        let capture = Capture("traceloop-anthropic+sdk-native", "a_cached")
        let post = try #require(try capture.posts().first)
        let views = try post.singleSpanBodies()
        let order = otherFirst ? views.reversed() : views
        try #require(order.count == 2)

        #expect(try service.post(order[0]).status == 200)
        let before = try service.scrapeSettled()
        #expect(before.sum("llm_requests_total") == 1)
        #expect(try service.post(order[1]).status == 200)
        let last = try service.stopAndScrape()
        #expect(CallTotals(last).differences(from: CallTotals(before)) == [])
        #expect(last.sum("llm_cost_exporter_spans_total") { $0["outcome"] == "twin" } == 1)
    }

    @Test func `Spans received are those with an outcome and those that wait, after every body`() throws {
        let service = try ServiceUnderTest(settings: Self.longWindow)
        var received = 0
        for post in try Self.runs.flatMap({ try $0.posts() }) {
            for body in try post.singleSpanBodies() {
                #expect(try service.post(body).status == 200)
                received += 1
                let scraped = Exposition(try service.get("/metrics").text)
                let known =
                    scraped.sum("llm_cost_exporter_spans_total")
                    + scraped.sum("llm_cost_exporter_settle_pending_spans")
                #expect(known == Double(received))
            }
        }
        let last = try service.stopAndScrape()
        #expect(last.sum("llm_cost_exporter_spans_total") == Double(received))
        #expect(last.sum("llm_cost_exporter_settle_pending_spans") == 0)
    }
}
