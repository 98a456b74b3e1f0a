// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import Pricing

/// Which prices are in force, and how old they are.
package enum BookMetrics {
    /// Shows a book.
    package static func show(_ book: PriceBook, in store: MetricsStore) {
        store.update { registry in
            let info = registry.register(
                MetricFamily(
                    name: "llm_price_book_info", help: "Shows the price book in force; always 1.", kind: .gauge,
                    labels: [.fixed("version"), .fixed("sources")]))
            let sources = book.header.sources.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
            registry.set(1, of: registry.series(info, [book.header.version, sources]))
            let timestamp = registry.register(
                MetricFamily(
                    name: "llm_price_book_timestamp_seconds",
                    help: "Shows the date of the price book in force, in seconds since 1970 (UTC).", kind: .gauge,
                    unit: .seconds))
            registry.set(Int128(book.header.day) * 86_400, of: registry.series(timestamp, []))
        }
    }
}
