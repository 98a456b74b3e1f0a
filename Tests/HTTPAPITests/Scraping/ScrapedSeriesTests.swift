// SPDX-License-Identifier: Apache-2.0
import Aggregation
import TestData
import Testing

@testable import HTTPAPI

/// Whole stories of scrapers, connections and births, as each scraper sees them.
@Suite struct ScrapedSeriesTests {
    /// A scraper, and what it knows of each series.
    private struct Reader {
        let scraper: Scraper
        let connection: Int
        var known: [Int: Int128] = [:]
        /// The number of series at its first complete page; `nil` before it.
        var first: Int?
    }

    private var random: SeededGenerator
    private var registry = SeriesRegistry()
    private let family: FamilyID
    private var series: [SeriesID] = []
    private let clock = ManualClock()
    private let watch: FinalScrape<ManualClock>

    init() {
        watch = FinalScrape(limit: .zero, clock: clock)
        random = SeededGenerator(seed: 1)
        family = registry.register(MetricFamily(name: "a_total", help: "", kind: .counter, labels: [.open("x")]))
    }

    private mutating func bear() {
        series.append(registry.series(family, ["\(series.count)"]))
        registry.add(1, to: series[series.count - 1])
    }

    /// Takes one page for a reader and checks it against what the reader knows.
    ///
    /// - Parameters:
    ///   - reader: The reader.
    ///   - connection: The connection that it uses.
    ///   - arrives: Whether the service learns that the page arrived; the reader has it in any case.
    ///   - between: Called between the request and the page.
    private mutating func scrape(
        _ reader: inout Reader, on connection: Int, arrives: Bool = true, between: (inout Self) -> Void = { _ in }
    ) {
        let horizon = watch.scrapeBegan(by: reader.scraper, on: connection)
        between(&self)
        let snapshot = registry.snapshot
        let shown = snapshot.series(of: family)
        let zeros = shown.firstBorn(after: horizon)
        if horizon == nil { watch.showsWhole(snapshot.births, to: reader.scraper) }
        for index in 0..<shown.count {
            let value = index < zeros ? shown.value(of: index) : 0
            if value < reader.known[index] ?? 0 { Issue.record("a counter went down") }
            reader.known[index] = value
        }
        guard arrives else { return }
        if reader.first == nil { reader.first = shown.count }
        _ = watch.answered(snapshot.births, holdsBack: zeros < shown.count, to: reader.scraper, on: connection)
    }

    private func scraper(_ address: String) -> Scraper {
        Scraper(address: address, agent: "Prometheus/3.5.0", isDeclared: true)
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    mutating func `no reader ever sees a counter go down, whatever fails and whoever shares an address`(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        let shared = scraper("192.0.2.1")
        var readers = (1...4).map { Reader(scraper: $0 < 4 ? shared : scraper("192.0.2.2"), connection: $0) }
        var connections = readers.map(\.connection)
        for step in 5..<250 {
            if Int.random(in: 0..<3, using: &random) == 0 { bear() }
            if let one = series.randomElement(using: &random) { registry.add(1, to: one) }
            let number = Int.random(in: 0..<readers.count, using: &random)
            if Int.random(in: 0..<10, using: &random) == 0 {
                // Closed by either side, or, as behind a proxy, exchanged with another reader's.
                let other = Int.random(in: 0..<3, using: &random)
                if Bool.random(using: &random) || number == 3 {
                    watch.connectionClosed(connections[number], of: readers[number].scraper)
                    connections[number] = step
                } else {
                    connections.swapAt(number, other)
                }
            }
            var reader = readers[number]
            let isInterrupted = Int.random(in: 0..<4, using: &random) == 0
            let arrives = Int.random(in: 0..<4, using: &random) > 0
            scrape(
                &reader, on: connections[number], arrives: arrives, between: { if isInterrupted { $0.bear() } })
            readers[number] = reader
        }
    }

    @Test mutating func `each of two servers at one address sees each new series at 0 first, and its value next`() {
        let shared = scraper("127.0.0.1")
        var (early, late) = (Reader(scraper: shared, connection: 1), Reader(scraper: shared, connection: 2))
        for round in 0..<40 {
            scrape(&early, on: 1)
            bear()
            if round >= 10 { scrape(&late, on: 2) }
            bear()
            for reader in [early, late] {
                guard let first = reader.first else { continue }
                for (index, value) in reader.known where index >= first && index >= series.count - 3 {
                    #expect(value == 0, "round \(round), series \(index)")
                }
            }
        }
        scrape(&early, on: 1)
        scrape(&late, on: 2)
        scrape(&early, on: 1)
        #expect(early.known.values.allSatisfy { $0 == 1 })
    }

    @Test mutating func `someone who is no scraper sees every value, and changes nothing for one who is`() {
        let curl = Scraper(address: "127.0.0.1", agent: "curl/8.14.1")
        var reader = Reader(scraper: scraper("127.0.0.1"), connection: 1)
        for _ in 0..<10 {
            scrape(&reader, on: 1)
            bear()
            for _ in 0..<2 {
                var looker = Reader(scraper: curl, connection: 7)
                scrape(&looker, on: 7)
                #expect(looker.known.values.allSatisfy { $0 == 1 })
            }
            scrape(&reader, on: 1)
            #expect(reader.known[series.count - 1] == 0)
            scrape(&reader, on: 1)
            #expect(reader.known[series.count - 1] == 1)
        }
    }

    @Test mutating func `a scraper that is forgotten sees every value`() {
        var reader = Reader(scraper: scraper("127.0.0.1"), connection: 1)
        scrape(&reader, on: 1)
        clock.advance(by: .seconds(1))
        for number in 0..<ScraperMemory.mostOfOneAddress {
            watch.scrapeBegan(by: Scraper(address: "127.0.0.1", agent: "\(number)", isDeclared: true), on: 9)
        }
        #expect(watch.levels.forgotten == 1)
        bear()
        scrape(&reader, on: 1)
        #expect(reader.known[0] == 1)
        bear()
        scrape(&reader, on: 1)
        #expect(reader.known[1] == 0)
    }
}
