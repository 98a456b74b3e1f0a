// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Ingest
import Pricing

/// The rooms, joined as the settings say: what `serve` and `replay` have in common.
struct Assembly {
    let metrics: ServiceMetrics
    let pipeline: IngestPipeline
    let page: MetricsPage
    let book: PriceBook

    /// Joins the rooms.
    ///
    /// - Parameters:
    ///   - settings: Checked settings.
    ///   - clock: What tells time and reads the process's own figures; `nil` for a world without a clock, in which the
    ///     same input gives the same metrics.
    /// - Throws: `PricingError` when the price book cannot be read.
    init(_ settings: Settings, clock: AssemblyClock?) throws {
        let symbols = SymbolTable(limits: settings.valueLimits)
        let store = MetricsStore(seriesCeiling: settings.seriesCeiling)
        book = try PriceBook.embedded()
        let attributions = AttributionTable(rules: settings.labels)
        let biller = Biller(configuration: settings.billing) { own, ancestor in
            attributions.inherit(own, from: ancestor)
        }
        let pricer = Pricer(
            book: book, symbols: symbols, reportedCosts: settings.reportedCosts,
            cacheLimit: settings.priceCacheEntries)
        metrics = ServiceMetrics(store: store, version: clock == nil ? nil : Version.text)
        let calls = ModelCallMetrics(
            store: store, symbols: symbols, attributions: attributions, configuration: settings.modelCalls)
        BookMetrics.show(book, in: store)
        pipeline = IngestPipeline(
            configuration: settings.ingest, dialects: settings.dialects, symbols: symbols,
            attributions: attributions, biller: biller, pricer: pricer, sinks: [calls], metrics: metrics,
            monotonicNanoseconds: clock?.monotonicNanoseconds)
        page = MetricsPage(store: store, metrics: metrics, configuration: settings.page) {
            var levels = ServiceLevels()
            levels.billing = biller.levels
            levels.priceCacheDrops = pricer.cacheDrops
            levels.overflowedLabelValues = Vocabulary.allCases.map { ($0.rawValue, symbols.overflows(of: $0)) }
            levels.overflowedLabelValues.append(("attribution", attributions.overflows))
            levels.process = clock?.processLevels()
            return levels
        }
    }
}

/// What depends on the moment and on the process.
struct AssemblyClock: Sendable {
    let monotonicNanoseconds: @Sendable () -> UInt64
    let processLevels: @Sendable () -> ProcessLevels
}
