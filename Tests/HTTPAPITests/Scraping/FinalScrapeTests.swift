// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Testing

@testable import HTTPAPI

@Suite struct FinalScrapeTests {
    let clock = ManualClock()
    let first = Scraper(address: "192.0.2.1", agent: "Prometheus/3.5.0")
    let second = Scraper(address: "192.0.2.2", agent: "Prometheus/3.5.0")
    let declared = Scraper(address: "192.0.2.1", agent: "Prometheus/3.5.0", isDeclared: true)
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
        #expect(await finalScrape.wait(cutShort: nil).outcome == .off)
    }

    @Test func `no scraper is awaited when the next process continues the metrics`() async {
        let finalScrape = FinalScrape(limit: .seconds(25), isContinued: true, clock: clock)
        scrape(finalScrape, by: [first], every: .seconds(1))
        #expect(await finalScrape.wait(cutShort: nil).outcome == .continued)
    }

    @Test func `no scraper is awaited when the limit is over before the final state is reached`() async {
        let finalScrape = makeFinalScrape()
        scrape(finalScrape, by: [first], every: .seconds(15))
        finalScrape.shutdownBegan()
        clock.advance(by: .seconds(25))
        #expect(await finalScrape.wait(cutShort: nil).outcome == .tooLate)
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

    /// Scrapes at so many seconds after each other on one connection; the last page holds values back.
    func scrapeHeldBack(
        _ finalScrape: FinalScrape<ManualClock>, by scraper: Scraper, after pauses: [Int], on connection: Int = 1
    ) {
        for (number, pause) in pauses.enumerated() {
            clock.advance(by: .seconds(pause))
            finalScrape.scrapeBegan(by: scraper, on: connection)
            _ = finalScrape.answered(
                SeriesRegistry().snapshot.births, holdsBack: number == pauses.count - 1, to: scraper, on: connection)
        }
    }

    @Test(arguments: [([1, 15], 15), ([1, 40, 3, 9, 5], 9), ([1, 3, 21], 21)])
    func `a scraper whose last page held values back is given its longest recent interval and two seconds`(
        pauses: [Int], interval: Int
    ) async {
        for isLate in [false, true] {
            let finalScrape = makeFinalScrape()
            scrapeHeldBack(finalScrape, by: declared, after: pauses)
            #expect(finalScrape.levels.regular == 0)
            async let report = finalScrape.wait(cutShort: nil)
            await clock.somebodySleeps()
            clock.advance(by: .seconds(isLate ? interval + 2 : interval))
            if !isLate { finalScrape.scrapeBegan(by: declared, on: 1) }
            let waited = Duration.seconds(isLate ? interval + 2 : interval)
            let outcome = isLate ? FinalScrape<ManualClock>.Outcome.timedOut : .scraped
            #expect(await report == .init(outcome: outcome, awaited: 1, missed: isLate ? 1 : 0, waited: waited))
        }
    }

    @Test func `values that were held back are never waited for longer than the limit`() async {
        let finalScrape = makeFinalScrape()
        scrapeHeldBack(finalScrape, by: declared, after: [1, 60])
        finalScrape.shutdownBegan()
        clock.advance(by: .seconds(5))
        async let report = finalScrape.wait(cutShort: nil)
        await clock.somebodySleeps()
        clock.advance(by: .seconds(20))
        #expect(await report == .init(outcome: .timedOut, awaited: 1, missed: 1, waited: .seconds(20)))
        let off = makeFinalScrape(limit: .zero)
        scrapeHeldBack(off, by: declared, after: [1, 15])
        #expect(await off.wait(cutShort: nil).outcome == .off)
    }

    @Test func `a scraper that has had the values since, or that stayed away, is not awaited`() async {
        let served = makeFinalScrape()
        scrapeHeldBack(served, by: declared, after: [1, 15])
        clock.advance(by: .seconds(3))
        served.scrapeBegan(by: declared, on: 2)
        // It has a new connection: the first page there has the values.
        served.connectionClosed(1, of: declared)
        _ = served.answered(SeriesRegistry().snapshot.births, holdsBack: false, to: declared, on: 2)
        #expect(await served.wait(cutShort: nil).outcome == .notExpected)
        let gone = makeFinalScrape()
        scrapeHeldBack(gone, by: declared, after: [1, 15])
        clock.advance(by: .seconds(48))
        #expect(await gone.wait(cutShort: nil).outcome == .notExpected)
    }

    @Test func `each of two scrapers that share an address and whose pages held values back is awaited`() async {
        let finalScrape = makeFinalScrape()
        for connection in [1, 2] { scrapeHeldBack(finalScrape, by: declared, after: [1, 9], on: connection) }
        async let report = finalScrape.wait(cutShort: nil)
        await clock.somebodySleeps()
        for connection in [1, 2] {
            clock.advance(by: .seconds(1))
            finalScrape.scrapeBegan(by: declared, on: connection)
        }
        #expect(await report == .init(outcome: .scraped, awaited: 2, missed: 0, waited: .seconds(2)))
    }

    @Test func `a regular scraper whose last page held values back is awaited once`() async {
        let finalScrape = makeFinalScrape()
        scrapeHeldBack(finalScrape, by: declared, after: [15, 15, 15, 15])
        async let report = finalScrape.wait(cutShort: nil)
        await clock.somebodySleeps()
        finalScrape.scrapeBegan(by: declared, on: 1)
        #expect(await report == .init(outcome: .scraped, awaited: 1, missed: 0, waited: .zero))
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
