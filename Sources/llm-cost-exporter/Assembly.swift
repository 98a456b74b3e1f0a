// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Ingest
import Pricing

/// The rooms, joined as the settings say: what `serve`, `replay` and `explain` have in common.
struct Assembly {
    let metrics: ServiceMetrics
    let pipeline: IngestPipeline
    let page: MetricsPage
    let book: PriceBook
    /// Who gathers why things were decided, where that is asked for.
    let explainer: Explainer?

    /// Joins the rooms.
    ///
    /// - Parameters:
    ///   - settings: Checked settings.
    ///   - clock: What tells time and reads the process's own figures; `nil` for a world without a clock, in which the
    ///     same input gives the same metrics.
    ///   - explains: Whether it is gathered why each span was decided as it was; takes memory with every span.
    /// - Throws: `PricingError` when the price book cannot be read.
    init(_ settings: Settings, clock: AssemblyClock?, explains: Bool = false) throws {
        let symbols = SymbolTable(limits: settings.valueLimits)
        let store = MetricsStore(seriesCeiling: settings.seriesCeiling)
        book = try PriceBook.embedded()
        let attributions = AttributionTable(rules: settings.labels)
        var billing = settings.billing
        billing.recordsFates = explains
        let biller = Biller(configuration: billing) { own, ancestor in
            attributions.inherit(own, from: ancestor)
        }
        let pricer = Pricer(
            book: book, symbols: symbols, reportedCosts: settings.reportedCosts,
            cacheLimit: settings.priceCacheEntries)
        metrics = ServiceMetrics(store: store, version: clock == nil ? nil : Version.text)
        let calls = ModelCallMetrics(
            store: store, symbols: symbols, attributions: attributions, configuration: settings.modelCalls)
        BookMetrics.show(book, in: store)
        explainer = explains ? Explainer(symbols: symbols, attributions: attributions) : nil
        var sinks: [any CallSink] = [calls]
        if let explainer { sinks.append(explainer) }
        pipeline = IngestPipeline(
            configuration: settings.ingest, dialects: settings.dialects, symbols: symbols,
            attributions: attributions, biller: biller, pricer: pricer, sinks: sinks, metrics: metrics,
            monotonicNanoseconds: clock?.monotonicNanoseconds, witness: explainer)
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
