// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HTTPAPI

@Suite struct FinalScrapeTests {
    let clock = ManualClock()
    let first = Scraper(address: "192.0.2.1", agent: "Prometheus/3.5.0")
    let second = Scraper(address: "192.0.2.2", agent: "Prometheus/3.5.0")
    let curl = Scraper(address: "192.0.2.1", agent: "curl/8.14.1")

    func makeFinalScrape(limit: Duration = .seconds(25)) -> FinalScrape<ManualClock> {
        FinalScrape(limit: limit, clock: clock)
    }

    /// Scrapes so often, in even intervals; the last scrape is now.
    func scrape(
        _ finalScrape: FinalScrape<ManualClock>, by scrapers: [Scraper], every interval: Duration, times: Int = 4
    ) {
        for _ in 0..<times {
            clock.advance(by: interval)
            for (connection, scraper) in scrapers.enumerated() {
                finalScrape.scrapeBegan(by: scraper, on: connection)
            }
        }
    }

    @Test func `no scraper is awaited when none ever came`() async {
        #expect(await makeFinalScrape().wait(cutShort: nil).outcome == .notExpected)
    }

    @Test func `two even intervals are not enough, three are`() async {
        for times in [3, 4] {
            let finalScrape = makeFinalScrape()
            scrape(finalScrape, by: [first], every: .seconds(15), times: times)
            #expect(finalScrape.levels.regular == times - 3)
            if times == 3 { #expect(await finalScrape.wait(cutShort: nil).outcome == .notExpected) }
        }
    }

    @Test func `an occasional visitor is not awaited`() async {
        let finalScrape = makeFinalScrape()
        for pause in [3, 40, 7, 90, 21, 5, 64, 2] {
            clock.advance(by: .seconds(pause))
            finalScrape.scrapeBegan(by: curl, on: pause)
        }
        #expect(await finalScrape.wait(cutShort: nil).outcome == .notExpected)
    }

    @Test func `a scraper that missed more than two scrapes is not awaited any more`() async {
        let finalScrape = makeFinalScrape()
        scrape(finalScrape, by: [first], every: .seconds(15))
        clock.advance(by: .seconds(47))
        #expect(finalScrape.levels.regular == 1)
        clock.advance(by: .seconds(1))
        #expect(finalScrape.levels.regular == 0)
        #expect(await finalScrape.wait(cutShort: nil).outcome == .notExpected)
    }

    @Test func `no scraper is awaited when the limit is zero`() async {
        let finalScrape = makeFinalScrape(limit: .zero)
        scrape(finalScrape, by: [first], every: .seconds(1))
        #expect(await finalScrape.wait(cutShort: nil).outcome == .notExpected)
    }

    @Test func `the wait ends with a scrape of each regular scraper, and with no other`() async {
        let finalScrape = makeFinalScrape()
        scrape(finalScrape, by: [first, second], every: .seconds(15))
        finalScrape.scrapeBegan(by: curl, on: 9)
        async let report = finalScrape.wait(cutShort: nil)
        await clock.somebodySleeps()
        clock.advance(by: .seconds(5))
        finalScrape.scrapeBegan(by: curl, on: 9)
        finalScrape.scrapeBegan(by: first, on: 0)
        finalScrape.scrapeBegan(by: first, on: 0)
        clock.advance(by: .seconds(7))
        finalScrape.scrapeBegan(by: second, on: 1)
        #expect(await report == .init(outcome: .scraped, awaited: 2, missed: 0, waited: .seconds(12)))
    }

    @Test func `a scraper is given its interval and two seconds`() async {
        let finalScrape = makeFinalScrape()
        scrape(finalScrape, by: [first], every: .seconds(15))
        async let report = finalScrape.wait(cutShort: nil)
        await clock.somebodySleeps()
        clock.advance(by: .seconds(17))
        #expect(await report == .init(outcome: .timedOut, awaited: 1, missed: 1, waited: .seconds(17)))
    }

    @Test func `the wait for a fast scraper that does not come ends before that for a slow one`() async {
        let finalScrape = makeFinalScrape()
        for tick in 1...40 {
            clock.advance(by: .seconds(1))
            if tick % 10 == 0 { finalScrape.scrapeBegan(by: first, on: 1) }
            if tick % 2 == 0 { finalScrape.scrapeBegan(by: second, on: 2) }
        }
        async let report = finalScrape.wait(cutShort: nil)
        await clock.somebodySleeps()
        clock.advance(by: .seconds(4))
        await clock.somebodySleeps()
        finalScrape.scrapeBegan(by: first, on: 1)
        #expect(await report == .init(outcome: .timedOut, awaited: 2, missed: 1, waited: .seconds(4)))
    }

    @Test func `the limit ends the wait, and counts from the beginning of the shutdown`() async {
        let finalScrape = makeFinalScrape()
        scrape(finalScrape, by: [first], every: .seconds(60))
        finalScrape.shutdownBegan()
        clock.advance(by: .seconds(5))
        async let report = finalScrape.wait(cutShort: nil)
        await clock.somebodySleeps()
        clock.advance(by: .seconds(20))
        #expect(await report == .init(outcome: .timedOut, awaited: 1, missed: 1, waited: .seconds(20)))
    }

    @Test func `two scrapers behind one address are given a scrape each`() async {
        let finalScrape = makeFinalScrape()
        for tick in 1...8 {
            clock.advance(by: .milliseconds(7500))
            finalScrape.scrapeBegan(by: first, on: tick % 2)
        }
        async let report = finalScrape.wait(cutShort: nil)
        await clock.somebodySleeps()
        clock.advance(by: .milliseconds(7500))
        finalScrape.scrapeBegan(by: first, on: 1)
        clock.advance(by: .milliseconds(7500))
        finalScrape.scrapeBegan(by: first, on: 0)
        #expect(await report == .init(outcome: .scraped, awaited: 2, missed: 0, waited: .seconds(15)))
    }

    @Test func `a second signal ends the wait`() async {
        let finalScrape = makeFinalScrape()
        scrape(finalScrape, by: [first], every: .seconds(15))
        let (signals, signal) = AsyncStream.makeStream(of: Void.self)
        async let report = finalScrape.wait(cutShort: { for await _ in signals { return } })
        await clock.somebodySleeps()
        signal.yield()
        #expect(await report == .init(outcome: .cutShort, awaited: 1, missed: 1, waited: .zero))
    }

    @Test func `cancellation ends the wait`() async {
        let finalScrape = makeFinalScrape()
        scrape(finalScrape, by: [first], every: .seconds(15))
        let wait = Task { await finalScrape.wait(cutShort: nil) }
        await clock.somebodySleeps()
        wait.cancel()
        #expect(await wait.value.outcome == .cutShort)
    }

    @Test func `a second wait ends at once`() async {
        let finalScrape = makeFinalScrape()
        _ = await finalScrape.wait(cutShort: nil)
        scrape(finalScrape, by: [first], every: .seconds(15))
        #expect(await finalScrape.wait(cutShort: nil).outcome == .notExpected)
    }
}
