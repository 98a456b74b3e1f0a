// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// A scraper: hashes of its address and User-Agent, since headers are never stored.
struct Scraper: Hashable, Sendable {
    private let address: Int
    private let agent: Int
    /// Whether its requests declare a scrape; such a scraper may see new series at zero first.
    let isDeclared: Bool

    /// - Parameters:
    ///   - address: The address the connection comes from, without its port.
    ///   - agent: The User-Agent header.
    ///   - isDeclared: Whether the request says that it is a scrape.
    init(address: String, agent: String, isDeclared: Bool = false) {
        self.address = address.hashValue
        self.agent = agent.hashValue
        self.isDeclared = isDeclared
    }

    /// Whether another scraper has the same address.
    func sharesAddress(with other: Scraper) -> Bool { address == other.address }
}

/// The latest scrapes of each scraper, in bounded memory.
///
/// At the bound, the scraper that scraped least recently is forgotten, but never one with a rhythm in favour of one without.
/// The scrapers of one address have a lower bound, so that a program that keeps changing its User-Agent displaces only itself.
struct ScraperMemory: Sendable {
    private struct Entry {
        var scrapes: [SeenScrape] = []
        /// Computed on demand, and valid until the next scrape.
        var rhythms: [ScrapeRhythm]?
        var births = SeenBirths()
    }

    /// The largest number of remembered scrapers.
    static let mostScrapers = 64
    /// The largest number of remembered scrapers with one address.
    static let mostOfOneAddress = 8
    /// The number of scrapes that are remembered of each.
    static let mostScrapes = 64

    private var entries: [Scraper: Entry] = [:]
    /// How many scrapers were forgotten, or never remembered, because there were too many.
    private(set) var forgotten: UInt64 = 0

    /// Notes a scrape.
    ///
    /// - Parameters:
    ///   - scraper: The scraper.
    ///   - scrape: Its time and connection.
    mutating func note(_ scraper: Scraper, _ scrape: SeenScrape) {
        if entries[scraper] == nil, !makeRoom(for: scraper, at: scrape.time) { return }
        var entry = entries.removeValue(forKey: scraper) ?? Entry()
        if entry.scrapes.count == Self.mostScrapes { entry.scrapes.removeFirst() }
        entry.scrapes.append(scrape)
        entry.rhythms = nil
        entries[scraper] = entry
    }

    /// What a scraper has seen of the births of series; `nil` if it is not remembered.
    ///
    /// A scraper that is not remembered sees every value; setting a value for it has no effect.
    subscript(birthsOf scraper: Scraper) -> SeenBirths? {
        get { entries[scraper]?.births }
        set { if let newValue { entries[scraper]?.births = newValue } }
    }

    /// The rhythms of all scrapers whose next scrape can be expected.
    ///
    /// - Parameter now: The time.
    /// - Returns: Each rhythm with its scraper; a scraper may have several.
    mutating func rhythms(at now: Int64) -> [(scraper: Scraper, rhythm: ScrapeRhythm)] {
        entries.keys.flatMap { scraper in
            rhythms(of: scraper, at: now).map { (scraper, $0) }
        }
    }

    /// The rhythms of all scrapers that a shutdown waits for.
    ///
    /// These are the scrapers whose scrapes show a rhythm, and those whose last page held values back. One of the latter may
    /// have made two scrapes only, so that its longest recent interval has to do.
    ///
    /// - Parameter now: The time.
    /// - Returns: Each rhythm with its scraper; a scraper may have several.
    mutating func expected(at now: Int64) -> [(scraper: Scraper, rhythm: ScrapeRhythm)] {
        let regular = rhythms(at: now)
        let owed = entries.flatMap { scraper, entry in
            entry.births.heldBack.compactMap { ScrapeRhythm.guess(from: entry.scrapes, on: $0) }
                .filter { $0.isAlive(at: now) }
                .sorted { $0.interval < $1.interval }
                .dropFirst(regular.count { $0.scraper == scraper })
                .map { (scraper: scraper, rhythm: $0) }
        }
        return regular + owed
    }

    private mutating func rhythms(of scraper: Scraper, at now: Int64) -> [ScrapeRhythm] {
        guard let entry = entries[scraper] else { return [] }
        let rhythms = entry.rhythms ?? ScrapeRhythm.rhythms(in: entry.scrapes)
        if entry.rhythms == nil { entries[scraper]?.rhythms = rhythms }
        return rhythms.filter { $0.isAlive(at: now) }
    }

    /// Makes room for one more scraper.
    ///
    /// - Returns: Whether there is room now.
    private mutating func makeRoom(for scraper: Scraper, at now: Int64) -> Bool {
        let neighbours = entries.keys.filter(scraper.sharesAddress)
        let rivals: [Scraper]
        if neighbours.count >= Self.mostOfOneAddress {
            rivals = neighbours
        } else if entries.count >= Self.mostScrapers {
            rivals = Array(entries.keys)
        } else {
            return true
        }
        forgotten += 1
        let idle = rivals.filter { rhythms(of: $0, at: now).isEmpty }
        let oldest = idle.min { entries[$0]?.scrapes.last?.time ?? 0 < entries[$1]?.scrapes.last?.time ?? 0 }
        guard let oldest else { return false }
        entries[oldest] = nil
        return true
    }
}
