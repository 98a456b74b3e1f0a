// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HTTPAPI

@Suite struct FinalScrapeTests {
    let clock = ManualClock()

    func makeFinalScrape(limit: Duration = .seconds(15)) -> FinalScrape<ManualClock> {
        FinalScrape(limit: limit, clock: clock)
    }

    @Test func `nobody is waited for when nobody ever scraped`() async {
        #expect(await makeFinalScrape().wait(cutShort: nil) == .notExpected)
    }

    @Test func `nobody is waited for when the last scrape lies too far back`() async {
        let finalScrape = makeFinalScrape()
        finalScrape.scrapeBegan()
        clock.advance(by: .seconds(301))
        #expect(await finalScrape.wait(cutShort: nil) == .notExpected)
    }

    @Test func `nobody is waited for when the limit is zero`() async {
        let finalScrape = makeFinalScrape(limit: .zero)
        finalScrape.scrapeBegan()
        #expect(await finalScrape.wait(cutShort: nil) == .notExpected)
    }

    @Test func `a scrape that begins after the final state ends the wait`() async {
        let finalScrape = makeFinalScrape()
        finalScrape.scrapeBegan()
        clock.advance(by: .seconds(300))
        async let outcome = finalScrape.wait(cutShort: nil)
        await clock.somebodySleeps()
        finalScrape.scrapeBegan()
        #expect(await outcome == .scraped)
    }

    @Test func `the limit ends the wait`() async {
        let finalScrape = makeFinalScrape()
        finalScrape.scrapeBegan()
        async let outcome = finalScrape.wait(cutShort: nil)
        await clock.somebodySleeps()
        clock.advance(by: .seconds(15))
        #expect(await outcome == .timedOut)
    }

    @Test func `a second signal ends the wait`() async {
        let finalScrape = makeFinalScrape()
        finalScrape.scrapeBegan()
        let (signals, signal) = AsyncStream.makeStream(of: Void.self)
        async let outcome = finalScrape.wait(cutShort: { for await _ in signals { return } })
        await clock.somebodySleeps()
        signal.yield()
        #expect(await outcome == .cutShort)
    }

    @Test func `cancellation ends the wait`() async {
        let finalScrape = makeFinalScrape()
        finalScrape.scrapeBegan()
        let wait = Task { await finalScrape.wait(cutShort: nil) }
        await clock.somebodySleeps()
        wait.cancel()
        #expect(await wait.value == .cutShort)
    }

    @Test func `a second wait ends at once`() async {
        let finalScrape = makeFinalScrape()
        _ = await finalScrape.wait(cutShort: nil)
        finalScrape.scrapeBegan()
        #expect(await finalScrape.wait(cutShort: nil) == .notExpected)
    }
}
