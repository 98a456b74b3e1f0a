// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HTTPAPI

@Suite struct ScrapeRhythmTests {
    /// Scrapes at moments in seconds, each on a connection of its own unless one is given.
    private static func scrapes(_ seconds: [Double], on connection: Int? = nil) -> [SeenScrape] {
        seconds.enumerated().map { index, second in
            SeenScrape(time: Int64(second * 1e9), connection: connection ?? 1000 + index)
        }
    }

    private static func mixture(_ parts: [SeenScrape]...) -> [SeenScrape] {
        parts.joined().sorted { $0.time < $1.time }
    }

    /// The intervals found, in whole seconds, the shortest first.
    private static func intervals(_ scrapes: [SeenScrape]) -> [Int64] {
        ScrapeRhythm.rhythms(in: scrapes).map { ($0.interval + 500_000_000) / 1_000_000_000 }.sorted()
    }

    @Test(
        arguments: [
            // Even, with jitter, with a scrape that was missed, with a pause between two runs.
            ([0, 15, 30, 45], [15]), ([0, 14.6, 30.2, 45, 60.1], [15]), ([0, 15, 45, 60, 75], [15]),
            ([0, 1, 2, 300, 315, 330, 345], [15]), ([0, 1.1, 1.95, 3.1, 4], [1]),
            // Too few, uneven, or too quick.
            ([0, 15, 30], []), ([0, 30, 75], []), ([0, 3, 43, 50, 140, 161], []), ([0, 0.01, 0.02, 0.03, 0.04], []),
            // Every second scrape is missing: the interval is another one.
            ([0, 10, 30, 50, 70], [20]),
        ] as [([Double], [Int64])])
    func `a rhythm is three even steps, give or take`(seconds: [Double], intervals: [Int64]) {
        #expect(Self.intervals(Self.scrapes(seconds)) == intervals)
    }

    @Test func `the rhythm has the time of the last scrape`() {
        let rhythm = ScrapeRhythm.rhythms(in: Self.scrapes([0, 15, 30, 45, 60])).first
        #expect(rhythm == ScrapeRhythm(interval: 15_000_000_000, last: 60_000_000_000))
    }

    @Test func `two scrapers of one interval are told apart`() {
        let scrapes = Self.mixture(Self.scrapes([0, 15, 30, 45]), Self.scrapes([4, 19, 34, 49]))
        #expect(Self.intervals(scrapes) == [15, 15])
    }

    @Test func `two scrapers half an interval apart are told apart by their connections`() {
        let (early, late) = ([0.0, 15, 30, 45, 60], [7.5, 22.5, 37.5, 52.5])
        #expect(Self.intervals(Self.mixture(Self.scrapes(early, on: 1), Self.scrapes(late, on: 2))) == [15, 15])
        // Without connections that last they look like one that is twice as quick, and a scrape is awaited all the same.
        #expect(Self.intervals(Self.mixture(Self.scrapes(early), Self.scrapes(late))) == [8])
    }

    @Test func `two scrapers of different intervals are told apart`() {
        let scrapes = Self.mixture(
            Self.scrapes((0...36).map { 5 * Double($0) }, on: 1), Self.scrapes([2, 62, 122, 182], on: 2))
        #expect(Self.intervals(scrapes) == [5, 60])
    }

    @Test func `a scraper that opens a connection for every scrape, or lost one, is one scraper`() {
        let lost = Self.scrapes([0, 15, 30], on: 1) + Self.scrapes([45, 60], on: 2)
        #expect(Self.intervals(lost) == [15])
    }

    @Test func `scrapes through a proxy that alternates connections still count`() {
        let scrapes = zip([1, 2, 1, 1, 3, 2, 1], 0...).map { connection, index in
            SeenScrape(time: Int64(index) * 15_000_000_000, connection: connection)
        }
        #expect(!ScrapeRhythm.rhythms(in: scrapes).isEmpty)
    }

    @Test func `an extra scrape in between disturbs no rhythm`() {
        let scrapes = Self.mixture(Self.scrapes([0, 15, 30, 45], on: 1), Self.scrapes([33, 47.5], on: 2))
        #expect(Self.intervals(scrapes) == [15])
    }
}
