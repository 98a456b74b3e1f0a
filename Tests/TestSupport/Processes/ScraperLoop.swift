// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// Scrapes in even intervals until the service is gone, as a small Prometheus would.
package final class ScraperLoop: Sendable {
    private let scraped = Mutex<Exposition?>(nil)

    /// Starts to scrape.
    ///
    /// - Parameters:
    ///   - port: The web port.
    ///   - interval: The time between the beginnings of two scrapes, in seconds.
    package init(port: UInt16, every interval: Double) {
        Thread.detachNewThread { [weak self] in
            var next = Date()
            while let page = try? Self.scrape(port, agent: "loop-\(interval)") {
                guard let self else { return }
                scraped.withLock { $0 = page }
                next += interval
                Thread.sleep(until: next)
            }
        }
    }

    /// The latest scrape.
    package var last: Exposition? { scraped.withLock { $0 } }

    private static func scrape(_ port: UInt16, agent: String) throws -> Exposition {
        var connection = try HTTPConnection(port: port)
        return Exposition(try connection.send("GET", "/metrics", headers: ["user-agent": agent]).text)
    }
}
