// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import Pricing
import Synchronization

/// Which prices are in force, and how old they are.
package final class BookMetrics: Sendable {
    private let store: MetricsStore
    private let info: FamilyID
    private let timestamp: SeriesID
    private let hosted: FamilyID
    private let labels: ModelLabels
    private let shown = Mutex(Shown())

    /// The series that describe the book in force.
    private struct Shown {
        var info: (series: SeriesID, labels: [String])?
        var hosted: Set<SeriesID> = []
    }

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - store: Where they go.
    ///   - labels: The names of models in all families.
    package init(store: MetricsStore, labels: ModelLabels) {
        self.store = store
        self.labels = labels
        (info, timestamp, hosted) = store.update { registry in
            let info = registry.register(
                MetricFamily(
                    name: "llm_price_book_info",
                    help: "Price book in force; always 1.", kind: .gauge,
                    labels: [.fixed("version"), .fixed("sources")]))
            let timestamp = registry.register(
                MetricFamily(
                    name: "llm_price_book_timestamp_seconds",
                    help: "Date of the price book in force, in seconds since 1970 (UTC).", kind: .gauge,
                    unit: .seconds))
            let hosted = registry.register(
                MetricFamily(
                    name: "llm_hosted_dollars_per_hour",
                    help:
                        "Cost in US dollars per hour of the machines that host a model, by the mode in which calls pay for them.",
                    kind: .gauge,
                    labels: [
                        .open("model"), .open("provider"), .fixed("mode", HostedPrice.Mode.allCases.map(\.rawValue)),
                    ],
                    scale: ModelCallFamilies.dollarsScale))
            return (info, registry.series(timestamp, []), hosted)
        }
    }

    /// Shows a book instead of the one before.
    ///
    /// - Parameter book: The book that is in force now; price files over it are among its sources.
    package func show(_ book: PriceBook) {
        let labels = [book.header.version, book.sourceList]
        shown.withLock { shown in
            store.update { registry in
                registry.set(Int128(book.header.day) * 86_400, of: timestamp)
                if shown.info?.labels != labels {
                    // One at a time, so that what joins with it has one partner; the old one first, since there may be no
                    // room.
                    if let before = shown.info { registry.remove(before.series) }
                    let series = registry.series(info, labels)
                    registry.set(1, of: series)
                    shown.info = (series, labels)
                }
                let machines = hostedPrices(of: book, in: &registry)
                for before in shown.hosted where machines[before] == nil { registry.remove(before) }
                for (series, price) in machines { registry.set(price.femtodollars, of: series) }
                shown.hosted = Set(machines.keys)
            }
        }
    }

    /// What machines cost an hour, added up where several models share their labels.
    private func hostedPrices(of book: PriceBook, in registry: inout SeriesRegistry) -> [SeriesID: Dollars] {
        var prices: [SeriesID: Dollars] = [:]
        for model in book.hostedModels {
            let values = LabelValues().adding(labels.text(of: model)).adding(model.provider).adding(model.mode.rawValue)
            let series = registry.series(hosted, values)
            prices[series, default: .zero] += model.hourlyPrice
        }
        return prices
    }
}
