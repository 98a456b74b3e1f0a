// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// Follows the scrapes of the web listener, each from its beginning to the end of its connection.
protocol ScrapeWatching: Sendable {
    /// Notes that a scrape begins; call it before the page is rendered.
    ///
    /// - Parameters:
    ///   - scraper: The scraper.
    ///   - connection: Identifies its connection, for example by the peer's port.
    /// - Returns: The births that the scraper has seen; `nil` if it has seen none, or is to see every value.
    func scrapeBegan(by scraper: Scraper, on connection: Int) -> BirthHorizon?

    /// Notes that a scraper is about to get a page with the values of all series.
    func showsWhole(_ page: BirthHorizon, to scraper: Scraper)

    /// Notes that a page was written whole to a scraper's connection; the scraper need not have read it yet.
    ///
    /// - Parameters:
    ///   - page: The moment of the page.
    ///   - holdsBack: Whether the page may show a series at zero in place of its value.
    ///   - scraper: The scraper.
    ///   - connection: Its connection.
    /// - Returns: Whether the caller has to call ``connectionClosed(_:of:)`` when the connection ends.
    func answered(_ page: BirthHorizon, holdsBack: Bool, to scraper: Scraper, on connection: Int) -> Bool

    /// Notes the end of a connection.
    func connectionClosed(_ connection: Int, of scraper: Scraper)
}
