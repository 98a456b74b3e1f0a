// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HTTPAPI

@Suite struct ScraperMemoryTests {
    private static let second: Int64 = 1_000_000_000
    private let prometheus = Scraper(address: "192.0.2.1", agent: "Prometheus/3.5.0")

    /// A memory that knows one regular scraper, which came last at 45 s.
    private func memory() -> ScraperMemory {
        var memory = ScraperMemory()
        for time: Int64 in [0, 15, 30, 45] {
            memory.note(prometheus, SeenScrape(time: time * Self.second, connection: 1))
        }
        return memory
    }

    @Test func `a flood of other User-Agents from its own address displaces no regular scraper`() {
        var memory = memory()
        for number in 0..<1000 {
            memory.note(
                Scraper(address: "192.0.2.1", agent: "flood \(number)"),
                SeenScrape(time: 46 * Self.second, connection: number))
        }
        #expect(memory.rhythms(at: 47 * Self.second).map(\.scraper) == [prometheus])
        #expect(memory.forgotten == UInt64(1000 + 1 - ScraperMemory.mostOfOneAddress))
    }

    @Test func `a flood from other addresses displaces no regular scraper`() {
        var memory = memory()
        for number in 0..<1000 {
            memory.note(
                Scraper(address: "address \(number)", agent: ""),
                SeenScrape(time: 46 * Self.second, connection: number))
        }
        #expect(memory.rhythms(at: 47 * Self.second).map(\.scraper) == [prometheus])
        #expect(memory.forgotten == UInt64(1000 + 1 - ScraperMemory.mostScrapers))
    }

    @Test func `when all are regular, a newcomer is not remembered`() {
        var memory = ScraperMemory()
        for time: Int64 in [0, 15, 30, 45] {
            for number in 0..<ScraperMemory.mostScrapers {
                memory.note(
                    Scraper(address: "address \(number)", agent: ""),
                    SeenScrape(time: time * Self.second + Int64(number), connection: number))
            }
        }
        memory.note(prometheus, SeenScrape(time: 46 * Self.second, connection: 0))
        #expect(memory.rhythms(at: 47 * Self.second).count == ScraperMemory.mostScrapers)
        #expect(memory.forgotten == 1)
        // Once one of them is gone there is room.
        memory.note(prometheus, SeenScrape(time: 200 * Self.second, connection: 0))
        #expect(memory.forgotten == 2)
    }

    @Test func `a scraper that never stops keeps a bounded memory and its rhythm`() {
        var memory = ScraperMemory()
        for tick in 0..<Int64(10 * ScraperMemory.mostScrapes) {
            memory.note(prometheus, SeenScrape(time: tick * Self.second, connection: 1))
        }
        let now = Int64(10 * ScraperMemory.mostScrapes) * Self.second
        #expect(memory.rhythms(at: now).map(\.rhythm.interval) == [Self.second])
    }
}
