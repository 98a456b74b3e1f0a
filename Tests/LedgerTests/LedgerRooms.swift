// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Billing
import CallMetrics
import Exposition
import GenAI
import Ledger
import Pricing
import Synchronization

/// The rooms of one process with a ledger, without listeners; bodies are calls that a test makes.
final class LedgerRooms {
    let symbols: SymbolTable
    let attributions: AttributionTable
    let biller: Biller
    let keeper: LedgerKeeper
    let store: MetricsStore
    let gate: CountingGate
    private let pricer: Pricer
    private let page: MetricsPage
    /// The clock of the process, in monotonic nanoseconds.
    var now: UInt64
    /// When the next calls are counted, in nanoseconds since 1970 (UTC).
    var arrival = LedgerRooms.wall
    private let format: ExpositionFormat
    private(set) var report = Recovery.Report()

    static let wall: UInt64 = 1_785_000_000_000_000_000
    private static let embedded = Result { try PriceBook.embedded() }

    /// Starts a process on a folder.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - now: Its monotonic clock.
    ///   - settle: How long spans wait, in nanoseconds.
    ///   - labels: The labels of the settings.
    ///   - limits: The limits of vocabularies.
    ///   - book: The price book.
    ///   - rows: Get calls and dropped spans.
    ///   - store: Where the series go.
    ///   - showsCreated: Whether pages say when each series began.
    ///   - sums: Gets the sums of calls.
    ///   - dimensions: The dimensions of the settings.
    ///   - sinks: Get the counted calls as well.
    ///   - traces: When traces end; `nil` observes none.
    ///   - bounds: The bounds of the journal.
    /// - Throws: When the folder is refused.
    init(
        _ folder: any StorageFolder, now: UInt64 = 1 << 60, settle: UInt64 = 10_000_000_000, labels: [LabelRule] = [],
        limits: [Vocabulary: Int] = [:], book: PriceBook? = nil, rows: (any RowKeeping)? = nil,
        store: MetricsStore = MetricsStore(), showsCreated: Bool = false, sums: (any ModelSumSink)? = nil,
        dimensions: DimensionTable? = nil, sinks: [any CallSink] = [],
        traces: TraceMetricsConfiguration? = nil,
        _ bounds: (inout JournalConfiguration) -> Void = { _ in }
    ) throws {
        self.now = now
        self.store = store
        format = showsCreated ? .openMetrics : .prometheusText
        let opened = try LedgerFolder(folder)
        let symbols = SymbolTable(limits: limits, salt: opened.secret)
        self.symbols = symbols
        let attributions = AttributionTable(rules: labels, symbols: symbols)
        self.attributions = attributions
        let book = try book ?? Self.embedded.get()
        symbols.know(BookValues(of: [book]))
        let tenants = TenantTable([book.tenants], symbols: symbols)
        var configuration = JournalConfiguration()
        configuration.retryMilliseconds = 1
        configuration.keepsDropped = rows != nil
        bounds(&configuration)
        keeper = LedgerKeeper(
            opened, configuration: configuration, symbols: symbols, attributions: attributions, tenants: tenants,
            dimensions: dimensions, wallNanoseconds: { Self.wall })
        var billing = BillingConfiguration()
        billing.settleNanoseconds = settle
        biller = Biller(
            configuration: billing, inherit: { own, other in attributions.inherit(own, from: other) },
            inheritDimensions: dimensions?.inheriting, journal: keeper.journal, secret: opened.secret)
        let pricer = Pricer(book: book, symbols: symbols)
        self.pricer = pricer
        let names = ModelLabels(symbols: symbols)
        let traces = traces.map { configuration in
            TraceMetrics(
                configuration, store: store, symbols: symbols, attributions: attributions, dimensions: dimensions,
                session: RowDimension.session, salt: opened.secret, outlivesProcess: true)
        }
        gate = keeper.gate(
            [ModelCallMetrics(store: store, symbols: symbols, attributions: attributions, labels: names, sums: sums)]
                + sinks + (traces.map { [$0] } ?? []))
        page = MetricsPage(
            store: store, health: [],
            configuration: {
                var page = MetricsPageConfiguration()
                (page.isSorted, page.showsZeroFirst, page.showsCreated) = (true, false, showsCreated)
                return page
            }())
        let gate = gate
        report = try keeper.recover(
            biller, store: store, labels: names, traces: traces,
            clock: Recovery.Clock(now: now, wall: Self.wall), openRows: { rows },
            countDecided: {
                gate.receive(pricer.price($0, arrivalNanoseconds: Self.wall), arrivalNanoseconds: Self.wall)
            },
            notice: { _ in }
        ).report
    }

    /// Takes spans as one body and counts what is due.
    ///
    /// - Returns: The ticket of the body.
    @discardableResult
    func take(_ spans: InterpretedSpans) -> (any CommitTicket)? {
        var settled: [ModelCall] = []
        let now = now
        let commit = biller.arrive(spans, from: 1, now: { now }, settled: &settled).commit
        count(settled)
        return commit
    }

    /// Decides and counts what is due; with `nil` everything.
    func settle(at now: UInt64?) {
        biller.settle(now: now.map { now in { now } }) { calls, _ in count(calls) }
    }

    private func count(_ calls: [ModelCall]) {
        guard !calls.isEmpty else { return }
        gate.receive(pricer.price(calls, arrivalNanoseconds: arrival), arrivalNanoseconds: arrival)
    }

    /// What a scrape shows once everything that was priced is stored and counted.
    func shown() async throws -> [String] {
        try await keeper.journal.ticket().committed()
        while gate.waitingCalls > 0 { await Task.yield() }
        let text = String(decoding: page.render(format), as: UTF8.self)
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }
}
