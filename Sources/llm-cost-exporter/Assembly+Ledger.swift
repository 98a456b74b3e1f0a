// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import GenAI
import Ingest
import Ledger
import OTLP
import Pricing

// What is kept of calls: in a folder, or in memory.
extension Assembly {
    /// Brings the rooms to where the journal of earlier processes ends; to be called before any span arrives.
    ///
    /// - Parameter notice: Called with what the log should have.
    /// - Returns: What was found, and what could not be restored; `nil` without a ledger.
    /// - Throws: ``JournalError`` if the journal is damaged or incomplete.
    func recover(
        notice: @escaping @Sendable (LedgerKeeper.Notice) -> Void
    ) throws(JournalError) -> (report: Recovery.Report, series: SeriesRestoring)? {
        guard let ledger, let clock else { return nil }
        let moment = clock.moment
        let found = try ledger.recover(
            biller, store: store, labels: labels, traces: traces,
            clock: Recovery.Clock(now: moment.monotonicNanoseconds, wall: moment.wallNanoseconds),
            openRows: { () throws(JournalError) in try openRows(ledger.rowsPath, clock) },
            countDecided: { pipeline.countDecided($0, arrivalNanoseconds: moment.wallNanoseconds) }, notice: notice)
        metrics.countWaiting(found.report.waiting)
        return found
    }

    /// Opens the rows of the ledger.
    private func openRows(_ path: String?, _ clock: AssemblyClock) throws(JournalError) -> RowStore? {
        guard let path else { return nil }
        return try RowStore(path: path, configuration: rows, texts: rowTexts, wallNanoseconds: clock.wallNanoseconds)
    }
}

extension Settings {
    /// Whether a service without a folder keeps its newest calls in memory.
    var keepsCallsInMemory: Bool { storagePath.isEmpty && memoryCalls > 0 }

    /// Whether the names of traces are read: only single calls show them.
    var readsTraceNames: Bool { keepsTraceNames && rows.keepsCalls }

    /// The dimensions of the ledger.
    ///
    /// Without single calls, those that only calls show have no sources, so they are not read. The exception is the session, as long as traces and sessions are observed.
    private var readDimensions: [DimensionRule] {
        var rules = DimensionRule.all(with: dimensions)
        for index in rules.indices where !rows.keepsCalls && !rules[index].isRolledUp {
            if rules[index].name != DimensionRule.session || traces == nil { rules[index].sources = [] }
        }
        return rules
    }

    /// The dimensions of stored calls: those of the ledger, and the labels that have no name of one of them.
    var rowDimensions: [RowTexts.Dimension] {
        let (all, keepsUsers) = (DimensionRule.all(with: dimensions), users != .off)
        let rules = all.filter { keepsUsers || $0.name != DimensionRule.user }
        let names = labels.map(\.name).filter { name in
            !rules.contains { $0.name == name } && (keepsUsers || name != DimensionRule.user)
        }
        return rules.map { RowTexts.Dimension(name: $0.name, hasRollup: $0.isRolledUp) }
            + names.map { RowTexts.Dimension(name: $0, hasRollup: true) }
    }

    /// The values of the ledger's dimensions.
    ///
    /// - Parameters:
    ///   - userKey: The secret for hashes of users that the folder has; `nil` without a folder.
    ///   - monotonicNanoseconds: A clock that never goes back.
    /// - Returns: The table.
    func dimensionTable(
        userKey: [UInt8]?, _ monotonicNanoseconds: @escaping @Sendable () -> UInt64
    ) -> DimensionTable {
        var limits = DimensionLimits()
        // A span waits at most twice as long as the settings say, and its price is stored soon afterwards.
        limits.leastNanoseconds = 2 * (2 * billing.settleNanoseconds + 10_000_000_000)
        // In memory, values stay numbers until a question: a call has a set of its own, and one with what it inherits.
        if userKey == nil { limits.generations += 2 * memoryCalls / limits.setsOfGeneration }
        let key = userKey ?? (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        return DimensionTable(
            rules: readDimensions, users: users, userKey: key, limits: limits,
            monotonicNanoseconds: monotonicNanoseconds)
    }

    /// Observes traces and sessions; `nil` if the settings observe none.
    func traceMetrics(
        _ store: MetricsStore, _ symbols: SymbolTable, _ attributions: AttributionTable, _ dimensions: DimensionTable?,
        _ folder: LedgerFolder?
    ) -> TraceMetrics? {
        traces.map { traces in
            TraceMetrics(
                traces, store: store, symbols: symbols, attributions: attributions, dimensions: dimensions,
                session: RowDimension.session, salt: folder?.secret ?? .random(in: .min ... .max),
                outlivesProcess: folder != nil)
        }
    }

    /// The texts of calls and dropped spans.
    func rowTexts(
        _ shown: CallTexts, _ symbols: SymbolTable, _ dimensions: DimensionTable?, _ pricer: Pricer
    ) -> RowTexts {
        var texts = RowTexts(shown: shown, symbols: symbols, dimensions: dimensions)
        let names = dialects.map(\.name)
        texts.book = { pricer.book.label }
        texts.tenant = { pricer.tenantName(of: $0) }
        texts.dialect = { Int($0) < names.count ? names[Int($0)] : "" }
        return texts
    }
}

extension MemoryLedger {
    /// Keeps calls as the settings say, and what machines cost.
    convenience init(_ settings: Settings, _ texts: RowTexts, _ clock: AssemblyClock, _ store: MetricsStore) {
        self.init(
            most: settings.memoryCalls, configuration: settings.rows, texts: texts,
            wallNanoseconds: clock.wallNanoseconds)
        handleCharges(of: store)
    }
}

/// Shows the roots of traces to a ledger in memory.
struct TraceNamer: BatchObserver {
    let memory: MemoryLedger

    func observe(
        _ batch: SpanBatch, body: Span<UInt8>, arrival: BodyArrival, spans: borrowing InterpretedSpans
    ) { memory.append(spans.roots, with: spans.calls.span) }
}
