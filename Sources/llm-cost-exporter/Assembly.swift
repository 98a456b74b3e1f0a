// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import Explaining
import GenAI
import HTTPAPI
import Ingest
import Ledger
import Pricing

/// The rooms, wired by the settings, for `serve`, `replay` and `explain`.
struct Assembly {
    let metrics: ServiceMetrics
    let pipeline: IngestPipeline
    let page: MetricsPage
    /// Whether reloads succeed; `nil` without a clock, where there are none.
    let reloads: ReloadMetrics?
    /// The connections of the listeners; `nil` without a clock, where there are none.
    let connections: ConnectionMetrics?
    let clock: AssemblyClock?
    private let pricer: Pricer
    private let calls: ModelCallMetrics
    private let unpriced: UnpricedCalls
    /// The steps of a reload, in order.
    private let reloadables: [any Reloadable]
    /// The pages that guests add to the web listener.
    let routes: [Route]
    /// Records why spans were decided as they were; `nil` unless asked for.
    let explainer: Explainer?
    /// The ledger; `nil` without a folder.
    let ledger: LedgerKeeper?
    /// The newest calls, for questions; `nil` with a folder, without a clock, or if the settings keep none.
    let memory: MemoryLedger?
    let biller: Biller
    let store: MetricsStore
    let labels: ModelLabels
    let rowTexts: RowTexts
    /// Observes traces and sessions that have ended; `nil` without a clock, or if the settings observe none.
    let traces: TraceMetrics?
    let rows: RowConfiguration

    /// Wires the rooms.
    ///
    /// - Parameters:
    ///   - loaded: Checked settings and prices.
    ///   - clock: The clocks and the process's own figures; `nil` for commands in which the same input always gives the same
    ///     metrics.
    ///   - isFinal: Whether the next scrape may be the last one.
    ///   - explains: Whether the reasons for each span's outcome are kept, which takes memory with every span.
    ///   - guests: What further capabilities add; their parts come after those of the service itself.
    ///   - replayClock: For the settle window of a command without clocks, the time in what it reads, in nanoseconds; `nil`
    ///     lets all spans wait for each other.
    ///   - folder: The folder of the ledger; `nil` keeps nothing. With a folder, no guest may have a journal.
    ///   - imports: The folder to whose rows a guest adds calls; its counters and journal are left alone.
    init(
        _ loaded: Loaded, clock: AssemblyClock?, isFinal: @escaping @Sendable () -> Bool = { true },
        explains: Bool = false, guests: [Guest] = [], replayClock: (@Sendable () -> UInt64)? = nil,
        folder: LedgerFolder? = nil, imports: LedgerFolder? = nil
    ) {
        let settings = loaded.settings
        self.clock = clock
        routes = guests.flatMap(\.routes)
        let symbols = SymbolTable(
            limits: settings.valueLimits, ownNameLimit: settings.matchedModels,
            salt: (folder ?? imports)?.secret ?? .random(in: .min ... .max))
        let store = MetricsStore(
            seriesCeiling: settings.seriesCeiling, keptForKnown: settings.seriesKeptForKnown,
            keptForProcess: settings.seriesKeptForProcess)
        let attributions = AttributionTable(
            rules: settings.labels, hidden: settings.modelCalls.viewLabels, symbols: symbols)
        var billing = settings.billing
        billing.recordsFates = explains
        // Values that identify tenants have to be known before they get symbols, and the tenant table needs these symbols.
        symbols.know(BookValues(of: loaded.books))
        let tenants = TenantTable(loaded.tenants, symbols: symbols)
        let keepsCalls = settings.keepsCallsInMemory && clock != nil && folder == nil && imports == nil
        var dimensions: DimensionTable?
        if folder != nil || imports != nil || keepsCalls {
            dimensions = settings.dimensionTable(
                userKey: (folder ?? imports)?.userKey, clock?.monotonicNanoseconds ?? replayClock ?? { 0 })
        }
        let reading = dimensions.map { DimensionReading(table: $0, readsTraceNames: settings.readsTraceNames) }
        if let folder {
            var wallNanoseconds: @Sendable () -> UInt64 = { 0 }
            if let clock { wallNanoseconds = clock.wallNanoseconds }
            ledger = LedgerKeeper(
                folder, configuration: settings.journal, symbols: symbols, attributions: attributions,
                tenants: tenants, dimensions: dimensions, wallNanoseconds: wallNanoseconds)
        } else {
            ledger = nil
        }
        var journals = guests.compactMap(\.journal)
        if let ledger { journals.append(ledger.journal) }
        precondition(journals.count <= 1, "two journals")
        let known = KnownValues(symbols: symbols, tenants: tenants)
        let now = clock?.moment
        known.apply(loaded, settings, at: now)
        pricer = Pricer(
            book: loaded.book, symbols: symbols, configuration: settings.pricing, countsClock: clock != nil
        ) { tenantClass, attribute in
            tenants.value(of: attribute, in: tenantClass)
        }
        metrics = ServiceMetrics(store: store, build: clock == nil && replayClock == nil ? nil : .current)
        let names = ModelLabels(
            symbols: symbols, choice: settings.modelLabel, unknownLimit: settings.unknownModels,
            matchedLimit: settings.matchedModels
        ) { [pricer] provider, host, model in
            pricer.book.modelID(
                of: model, provider: provider, host: host,
                allowsApproximate: pricer.configuration.allowsApproximate)
        }
        labels = names
        let sums = guests.compactMap(\.sums)
        precondition(sums.count <= 1, "two guests that receive sums")
        calls = ModelCallMetrics(
            store: store, symbols: symbols, attributions: attributions, labels: names,
            configuration: settings.modelCalls, sums: sums.first)
        if let now { calls.charge(loaded.book.meteredModels, from: now) }
        unpriced = UnpricedCalls(
            symbols: symbols, limit: settings.unpricedEntries, since: clock?.wallNanoseconds())
        let shadows = ShadowPrices(
            store: store, symbols: symbols, labels: names, books: loaded.shadowBooks, pricing: settings.pricing,
            from: now
        ) { tenants.value(of: $1, in: $0) }
        let books = BookMetrics(store: store, labels: names)
        books.show(loaded.book)
        reloads = clock.map { ReloadMetrics(store: store, at: $0.wallNanoseconds()) }
        connections = clock.map { _ in ConnectionMetrics(store: store) }
        explainer = explains ? Explainer(symbols: symbols, attributions: attributions) : nil
        var observers: [any BatchObserver] = []
        var sinks: [any CallSink] = [calls, unpriced, shadows]
        let traces = clock == nil ? nil : settings.traceMetrics(store, symbols, attributions, dimensions, folder)
        self.traces = traces
        if let traces { sinks.append(traces) }
        if let explainer {
            observers.append(explainer)
            sinks.append(explainer)
        }
        let texts = CallTexts(symbols: symbols, attributions: attributions, labels: names) { [pricer] in
            pricer.book.providerID(reported: $0, host: $1, model: $2)
        }
        rows = settings.rows
        let rowTexts = settings.rowTexts(texts, symbols, dimensions, pricer)
        self.rowTexts = rowTexts
        let memory = keepsCalls ? clock.map { MemoryLedger(settings, rowTexts, $0, store) } : nil
        self.memory = memory
        if let memory {
            sinks.append(memory)
            if settings.readsTraceNames { observers.append(TraceNamer(memory: memory)) }
        }
        let biller = Biller(
            configuration: billing, inherit: { own, ancestor in attributions.inherit(own, from: ancestor) },
            inheritDimensions: dimensions?.inheriting,
            journal: journals.first, onDropped: memory?.receivingDropped, secret: folder?.secret)
        (self.biller, self.store) = (biller, store)
        sinks += guests.flatMap { $0.sinks + $0.sinksWithTexts(texts) }
        if let ledger { sinks = [ledger.gate(sinks)] }
        pipeline = IngestPipeline(
            configuration: settings.ingest, dialects: settings.dialects, symbols: symbols,
            attributions: attributions, tenants: tenants.reading,
            dimensions: reading, biller: biller, pricer: pricer,
            observers: observers + guests.flatMap(\.observers), sinks: sinks, fates: metrics,
            monotonicNanoseconds: clock?.monotonicNanoseconds ?? replayClock)
        reloadables =
            [
                known,
                TenantAttributes(pipeline: pipeline, tenants: tenants, pricer: pricer, shadows: shadows),
                MachineMeters(calls: calls), BookInForce(pricer: pricer),
                ShadowBooks(shadows: shadows), ShownBook(books: books),
            ] + guests.flatMap(\.reloadables)
        let (calls, pricer, pipeline) = (calls, pricer, pipeline)
        var limits = Vocabulary.allCases.map { vocabulary in
            LabelMetrics.Label(vocabulary.rawValue) { symbols.overflows(of: vocabulary) }
        }
        limits += [
            LabelMetrics.Label("attribution") { attributions.overflows },
            LabelMetrics.Label("tenant") { tenants.overflows },
            LabelMetrics.Label("unknown_model") { names.overflows },
            LabelMetrics.Label("matched_model") { names.matchedOverflows },
            LabelMetrics.Label("payer") { calls.payerOverflows + shadows.payerOverflows },
        ]
        if let dimensions {
            limits.append(LabelMetrics.Label("dimension") { dimensions.overflows })
            limits.append(LabelMetrics.Label("rollup") { memory?.levels.overflows ?? 0 })
        }
        var health: [any HealthSeries] = [
            SettleMetrics(store: store, showsAge: clock != nil) { biller.levels },
            PricingMetrics(store: store, service: metrics) {
                pricer.cacheEvictions
            } forgottenGroups: {
                calls.forgottenGroups
            } saturatedPrices: {
                calls.saturatedPrices + shadows.saturatedPrices
            },
            LabelMetrics(store: store, labels: limits),
        ]
        if let clock {
            health += [
                UncountedMetrics(store: store) { pipeline.uncounted },
                ProcessMetrics(store: store, levels: clock.processLevels),
                LogMetrics(store: store, losses: clock.logLosses),
                ScraperMetrics(store: store, levels: clock.scrapers),
            ]
        }
        if let traces { health.append(traces) }
        if let ledger { health.append(LedgerMetrics(store: store, of: ledger)) }
        if let memory { health.append(MemoryMetrics(store: store, of: memory)) }
        health += guests.flatMap { $0.health(store) }
        // Last, so that it counts the series of the others.
        health.append(SeriesMetrics(store: store, service: metrics))
        page = MetricsPage(store: store, health: health, configuration: settings.page, isFinal: isFinal)
    }

    /// Brings new settings and prices into force.
    ///
    /// - Parameters:
    ///   - loaded: The prices from now on.
    ///   - settings: The settings from now on.
    /// - Returns: The book that was in force before.
    func apply(_ loaded: Loaded, _ settings: Settings) -> PriceBook {
        let before = pricer.book
        let moment = clock?.moment
        for reloadable in reloadables { reloadable.apply(loaded, settings, at: moment) }
        return before
    }

    /// Hands out sums of calls that wait for the next scrape.
    func writeWaitingSums() { calls.writeWaiting() }

    /// The price book in force.
    var book: PriceBook { pricer.book }

    /// Takes models whose first call without a price came since this was called last, at most `most`.
    func takeNewUnpriced(most: Int) -> [NewUnpricedModel] { unpriced.takeNew(book: pricer.book, most: most) }

    /// The calls without a price so far.
    var unpricedList: UnpricedList {
        unpriced.list(book: pricer.book, allowsApproximate: pricer.configuration.allowsApproximate)
    }
}

/// The clocks, and the figures of the process and the log.
struct AssemblyClock: Sendable {
    let monotonicNanoseconds: @Sendable () -> UInt64
    /// Since 1970 (UTC).
    let wallNanoseconds: @Sendable () -> UInt64
    let processLevels: @Sendable () -> ProcessLevels
    let logLosses: @Sendable () -> LogLosses
    /// The number of regular scrapers, and of scrapers that were forgotten.
    let scrapers: @Sendable () -> (regular: Int, forgotten: UInt64)

    /// The time now.
    var moment: ClockMoment {
        ClockMoment(monotonicNanoseconds: monotonicNanoseconds(), wallNanoseconds: wallNanoseconds())
    }
}
