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
    /// Whether reloads succeed; `nil` without a clock, where there are none.
    let reloads: ReloadMetrics?
    private let pricer: Pricer
    private let books: BookMetrics
    /// Who gathers why things were decided, where that is asked for.
    let explainer: Explainer?

    /// Joins the rooms.
    ///
    /// - Parameters:
    ///   - loaded: Checked settings and prices.
    ///   - clock: What tells time and reads the process's own figures; `nil` for a world without a clock, in which the
    ///     same input gives the same metrics.
    ///   - explains: Whether it is gathered why each span was decided as it was; takes memory with every span.
    init(_ loaded: Loaded, clock: AssemblyClock?, explains: Bool = false) {
        let settings = loaded.settings
        let symbols = SymbolTable(limits: settings.valueLimits)
        let store = MetricsStore(seriesCeiling: settings.seriesCeiling)
        let attributions = AttributionTable(rules: settings.labels)
        var billing = settings.billing
        billing.recordsFates = explains
        let biller = Biller(configuration: billing) { own, ancestor in
            attributions.inherit(own, from: ancestor)
        }
        pricer = Pricer(book: loaded.book, symbols: symbols, configuration: settings.pricing)
        metrics = ServiceMetrics(store: store, version: clock == nil ? nil : Version.text)
        let calls = ModelCallMetrics(
            store: store, symbols: symbols, attributions: attributions, configuration: settings.modelCalls)
        books = BookMetrics(store: store)
        books.show(loaded.book)
        reloads = clock.map { ReloadMetrics(store: store, at: $0.wallNanoseconds()) }
        explainer = explains ? Explainer(symbols: symbols, attributions: attributions) : nil
        var sinks: [any CallSink] = [calls]
        if let explainer { sinks.append(explainer) }
        pipeline = IngestPipeline(
            configuration: settings.ingest, dialects: settings.dialects, symbols: symbols,
            attributions: attributions, biller: biller, pricer: pricer, sinks: sinks, metrics: metrics,
            monotonicNanoseconds: clock?.monotonicNanoseconds, witness: explainer)
        let pricer = pricer
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

    /// Brings other prices, and other ways to apply them, into force.
    ///
    /// - Parameters:
    ///   - book: What models cost from now on.
    ///   - settings: The settings from now on; only those are looked at that a reload can change.
    /// - Returns: The book that was in force before.
    func apply(_ book: PriceBook, _ settings: Settings) -> PriceBook {
        let before = pricer.replace(book: book, configuration: settings.pricing)
        books.show(book)
        return before
    }
}

/// What depends on the moment and on the process.
struct AssemblyClock: Sendable {
    let monotonicNanoseconds: @Sendable () -> UInt64
    /// Since 1970 (UTC).
    let wallNanoseconds: @Sendable () -> UInt64
    let processLevels: @Sendable () -> ProcessLevels
}
