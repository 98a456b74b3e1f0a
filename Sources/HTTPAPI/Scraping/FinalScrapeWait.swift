// SPDX-License-Identifier: Apache-2.0
import Logging
import ServiceLifecycle

/// Waits for shutdown and then for the final scrapes, and logs both.
struct FinalScrapeWait<C: Clock>: Service where C.Duration == Duration {
    let finalScrape: FinalScrape<C>
    let cutShort: (@Sendable () async -> Void)?
    let isHurried: @Sendable () -> Bool
    let logger: Logger

    func run() async throws {
        try await gracefulShutdown()
        guard !isHurried() else {
            logger.info("not waiting for a last scrape, because the process was interrupted from a terminal")
            return
        }
        let report = await finalScrape.wait(cutShort: cutShort) { scrapers, atMost in
            logger.info(
                "waiting for a last scrape of each scraper; press Ctrl-C again, or send a second signal, to stop at once",
                metadata: ["scrapers": "\(scrapers)", "at_most": "\(Self.text(atMost))"])
        }
        let fields: Logger.Metadata = [
            "scrapers": "\(report.awaited)", "missed": "\(report.missed)", "waited": "\(Self.text(report.waited))",
        ]
        switch report.outcome {
        case .scraped: logger.info("each scraper has seen the final state", metadata: fields)
        case .notExpected: logger.info("not waiting for a last scrape: no scraper is expected")
        case .continued:
            logger.info("not waiting for a last scrape: the folder keeps the counters for the next process")
        case .off: logger.info("not waiting for a last scrape: shutdown.final_scrape is 0")
        case .tooLate:
            logger.warning(
                """
                not waiting for a last scrape: the requests in flight took longer than shutdown.final_scrape; raise it, and the \
                time that the process is given to stop
                """)
        case .cutShort: logger.warning("a signal ended the wait for a last scrape", metadata: fields)
        case .timedOut:
            logger.warning(
                """
                not every scraper has seen the final state; if its interval is longer than the wait, raise \
                shutdown.final_scrape and the time that the process is given to stop
                """,
                metadata: fields)
        }
    }

    /// Seconds with one decimal, rounded up.
    private static func text(_ duration: Duration) -> String {
        let tenths = (duration.nanoseconds + 99_999_999) / 100_000_000
        return "\(tenths / 10).\(tenths % 10)s"
    }
}
