// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import Pricing
import Synchronization

/// Which prices are in force, and how old they are.
package final class BookMetrics: Sendable {
    private let store: MetricsStore
    private let info: FamilyID
    private let timestamp: SeriesID
    /// The series of the book in force.
    private let shown = Mutex<SeriesID?>(nil)

    /// Registers the families.
    ///
    /// - Parameter store: Where they go.
    package init(store: MetricsStore) {
        self.store = store
        (info, timestamp) = store.update { registry in
            let info = registry.register(
                MetricFamily(
                    name: "llm_price_book_info",
                    help: "Shows the price book in force as 1, and those that were in force before as 0.", kind: .gauge,
                    labels: [.fixed("version"), .fixed("sources")]))
            let timestamp = registry.register(
                MetricFamily(
                    name: "llm_price_book_timestamp_seconds",
                    help: "Shows the date of the price book in force, in seconds since 1970 (UTC).", kind: .gauge,
                    unit: .seconds))
            return (info, registry.series(timestamp, []))
        }
    }

    /// Shows a book in the place of the one before.
    ///
    /// - Parameter book: The book that is in force now; price files over it are among its sources.
    package func show(_ book: PriceBook) {
        let files = book.files.map { file in
            // What stands before the last slash tells of the machine, not of the prices.
            let name = file.name.split(separator: "/").last.map(String.init) ?? file.name
            return file.version.isEmpty ? name : "\(name) \(file.version)"
        }
        let sources = (book.header.sources.map { "\($0.name) \($0.version)" } + files).joined(separator: ", ")
        shown.withLock { shown in
            shown = store.update { registry in
                let series = registry.series(info, [book.header.version, sources])
                if let shown { registry.set(0, of: shown) }
                registry.set(1, of: series)
                registry.set(Int128(book.header.day) * 86_400, of: timestamp)
                return series
            }
        }
    }
}
