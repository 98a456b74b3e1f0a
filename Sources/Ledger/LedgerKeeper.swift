// SPDX-License-Identifier: Apache-2.0
package import Billing
package import CallMetrics
import Dispatch
package import GenAI
package import Pricing
import Synchronization

/// The ledger of a service with a folder: journal, gate and checkpoints.
///
/// It is made with the rooms, recovers before the listeners open, and is closed after they have closed.
package final class LedgerKeeper: Sendable {
    /// The journal for the biller.
    package let journal: Journal
    private let folder: LedgerFolder
    private let symbols: SymbolTable
    private let attributions: AttributionTable
    private let tenants: TenantTable
    private let dimensions: DimensionTable?
    private let wallNanoseconds: @Sendable () -> UInt64
    private let state = Mutex(State())

    private struct State {
        var gate: CountingGate?
        var rows: (any RowKeeping)?
        var saving: CheckpointSaving?
        /// The latest checkpoint: the number in it, the bytes of the journal and the clock then.
        var saved: (counted: UInt64, bytes: Int, time: UInt64) = (0, 0, 0)
        /// What the window needed when the journal ended with a record, for the latest checkpoints whose records the rows do not
        /// have yet.
        var needed: [(last: UInt64, records: RecordsNeeded)] = []
        var report = Recovery.Report()
        /// How often a checkpoint could not be stored.
        var failedCheckpoints: UInt64 = 0
        var notice: (@Sendable (Notice) -> Void)?
    }

    /// An event for the log.
    package enum Notice: Sendable {
        /// Records cannot be stored.
        case failing(StorageError)
        /// Records are stored again.
        case working
        /// Rows cannot be written; calls wait, and bodies are refused once too many do.
        case rowsFailing(StorageError)
        /// Rows are written again.
        case rowsWorking
        /// A checkpoint could not be stored; the journal grows until one can be.
        case noCheckpoint(StorageError)
    }

    /// Makes the ledger of an opened folder.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - configuration: The bounds of the journal.
    ///   - symbols: The symbols that calls carry, made with the folder's secret.
    ///   - attributions: The labels that settings add.
    ///   - tenants: The values that identify tenants.
    ///   - dimensions: The values of dimensions; `nil` if none are read.
    ///   - wallNanoseconds: The time, in nanoseconds since 1970 (UTC).
    package init(
        _ folder: LedgerFolder, configuration: JournalConfiguration, symbols: SymbolTable,
        attributions: AttributionTable, tenants: TenantTable, dimensions: DimensionTable? = nil,
        wallNanoseconds: @escaping @Sendable () -> UInt64
    ) {
        self.folder = folder
        self.dimensions = dimensions
        (self.symbols, self.attributions, self.tenants) = (symbols, attributions, tenants)
        self.wallNanoseconds = wallNanoseconds
        journal = Journal(
            in: folder.files, configuration: configuration,
            describer: RecordTexts(
                symbols: symbols, attributions: attributions, tenants: tenants, dimensions: dimensions),
            wallNanoseconds: wallNanoseconds)
    }

    /// Puts the gate in front of the sinks of the service.
    ///
    /// - Parameter sinks: The receivers of priced calls.
    /// - Returns: The one sink of the pipeline.
    package func gate(_ sinks: [any CallSink]) -> CountingGate {
        let gate = CountingGate(journal: journal, sinks: sinks)
        state.withLock { $0.gate = gate }
        return gate
    }

    /// Brings the rooms to where the journal ends, and starts writing.
    ///
    /// - Parameters:
    ///   - biller: Gets arrivals and decisions.
    ///   - store: Gets the series.
    ///   - labels: Gets the names of models that were shown.
    ///   - traces: Gets the open traces and sessions; `nil` if the settings observe none.
    ///   - clock: The time now.
    ///   - openRows: Opens what gets calls, dropped spans and charges, once the journal is known to be of this version; `nil` keeps
    ///     no rows.
    ///   - countDecided: Prices and counts calls that were decided.
    ///   - notice: Called from the ledger's threads with what the log should have.
    /// - Returns: What was found, and what could not be restored.
    /// - Throws: ``JournalError`` if the journal is damaged or incomplete, or the rows cannot be written.
    package func recover(
        _ biller: Biller, store: MetricsStore, labels: ModelLabels, traces: TraceMetrics? = nil, clock: Recovery.Clock,
        openRows: () throws(JournalError) -> (any RowKeeping)? = { nil }, countDecided: ([ModelCall]) -> Void,
        notice: @escaping @Sendable (Notice) -> Void
    ) throws(JournalError) -> (report: Recovery.Report, series: SeriesRestoring) {
        guard let gate = state.withLock({ $0.gate }) else { preconditionFailure("a ledger needs its gate") }
        let saving = CheckpointSaving(
            symbols: symbols, attributions: attributions, labels: labels, store: store, biller: biller,
            journal: journal, traces: traces)
        let checkpoint = folder.checkpoint ?? Checkpoint()
        let first = try JournalReading.firstNumber(folder.files)
        let rows = try openRows()
        let series = saving.restore(checkpoint)
        state.withLock { ($0.notice, $0.rows) = (notice, rows) }
        let joining = RowJoining(rows: rows, limits: journal.configuration)
        try joining.begin(checkpoint, first)
        gate.begin(at: checkpoint.counted, rows: rows)
        joining.start(journal, notice)
        var recovery = Recovery(
            RecordMeanings(
                symbols: symbols, attributions: attributions, tenants: tenants, dimensions: dimensions),
            checkpoint: checkpoint, position: rows?.position, symbols: symbols, clock: clock)
        recovery.charge = { gate.replay($0, number: $1, to: store) }
        recovery.drop = { rows?.append($0, arrivalNanoseconds: $1, number: $2) }
        recovery.name = { rows?.append($0, arrivalNanoseconds: nil, number: $1) }
        recovery.recall = { [journal] calls in journal.recall(calls.span) }
        recovery.pause = joining.pause
        dimensions?.setReplaying(true)
        defer { dimensions?.setReplaying(false) }
        var found = try recovery.run(folder.files, biller) { calls, arrival, number in
            gate.replay(calls, arrivalNanoseconds: arrival, number: number)
        }
        var past = found.past
        past.nextNumber = max(past.nextNumber, checkpoint.counted + 1)
        try joining.end(at: past.nextNumber - 1, store)
        found.report.rowGap = joining.gap
        store.handOverCharges { gate.receive($0, store) }
        journal.begin(after: past)
        state.withLock { state in
            (state.saving, state.report) = (saving, found.report)
            let isMuch =
                found.report.counted >= journal.configuration.promptCalls
                || found.report.bytes >= journal.configuration.promptBytes
            state.saved = (checkpoint.counted, 0, isMuch ? 0 : DispatchTime.now().uptimeNanoseconds)
        }
        // The last process ended between spans and what it had decided of them at once.
        if !found.left.fates.isEmpty {
            journal.decided([ModelCall]().span, found.left.fates.span, dropped: found.left.dropped.span, at: nil)
        }
        journal.start { number in
            gate.stored(upTo: number)
        } onFailure: { error in
            notice(error.map { .failing($0) } ?? .working)
        }
        gate.start(charging: store) { [self] counted, isLast in save(counted, isLast: isLast) }
        if !found.unpriced.isEmpty { countDecided(found.unpriced) }
        return (found.report, series)
    }

    /// Ends the pauses of threads: the service is about to stop, and waits for the bodies in work.
    package func shutdownBegan() { journal.progress.end() }

    /// Stores everything and takes a last checkpoint; no span may arrive after this call.
    package func close() {
        journal.stop()
        state.withLock { $0.gate }?.stop()
        journal.close()
    }

    /// The number of single calls that are kept.
    package var keptCalls: Int { rows?.keptCalls ?? 0 }

    /// Whether records are stored, and rows written; `false` while the disk refuses either.
    package var isStoring: Bool { !journal.levels.hasFailed && !(rows?.hasFailed ?? false) }

    /// The path of the database with the rows; `nil` for a folder that is not of the file system.
    package var rowsPath: String? { folder.rowsPath }

    /// The rows; `nil` if none are kept.
    var rows: (any RowKeeping)? { state.withLock { $0.rows } }

    /// How often the counters could not be saved.
    var failedCheckpoints: UInt64 { state.withLock { $0.failedCheckpoints } }

    /// Whether everything that was charged is in its counters.
    var hasCharged: Bool { state.withLock { $0.gate }?.hasCharged ?? true }

    /// What the start found.
    package var report: Recovery.Report { state.withLock { $0.report } }

    /// The number of calls and dropped spans that are not stored, not counted or not in the rows yet.
    package var backlog: Int { state.withLock { $0.gate }?.waitingCalls ?? 0 }

    /// Takes a checkpoint if one is due; only the gate's thread calls it.
    private func save(_ counted: UInt64, isLast: Bool) {
        let (saved, saving, notice, rows) = state.withLock { ($0.saved, $0.saving, $0.notice, $0.rows) }
        let (bytes, now) = (journal.appendedBytes, DispatchTime.now().uptimeNanoseconds)
        let isDue =
            isLast || bytes - saved.bytes >= journal.configuration.checkpointBytes || now - saved.time >= Self.every
        defer { if isLast { rows?.stop() } }
        guard isDue, isLast || counted != saved.counted, let saving else { return }
        // Whatever comes of it, the next attempt is not made at once.
        state.withLock { ($0.saved.bytes, $0.saved.time) = (bytes, now) }
        rows?.mark(counted)
        do throws(StorageError) {
            if !journal.configuration.syncs { try journal.sync() }
            let checkpoint = saving.checkpoint(at: counted, wallNanoseconds())
            try folder.files.replace(Checkpoint.name, with: checkpoint.bytes)
            state.withLock { $0.saved.counted = counted }
            try release(upTo: counted, saving, rows)
        } catch {
            state.withLock { $0.failedCheckpoints += 1 }
            notice?(.noCheckpoint(error))
        }
    }

    /// Lets segments go that neither the counters nor the window nor the rows need.
    private func release(
        upTo counted: UInt64, _ saving: CheckpointSaving, _ rows: (any RowKeeping)?
    ) throws(StorageError) {
        guard let rows else { return journal.release(upTo: counted, saving.recordsNeeded) }
        // A dropped span is in the record of its arrival only, which the rows need until they have its decision. What the window
        // needed before a record are the spans that are decided after it, and so the rows need no more once they have that record.
        let needed = saving.recordsNeeded
        let last = journal.lastRecord
        let durable = try rows.sync()
        let due = state.withLock { state -> RecordsNeeded? in
            if state.needed.count < Self.mostNeeded { state.needed.append((last, needed)) }
            guard let index = state.needed.lastIndex(where: { $0.last <= durable }) else { return nil }
            state.needed.removeFirst(index)
            return state.needed.first?.records
        }
        if let due { journal.release(upTo: min(counted, durable), due) }
    }

    /// The number of checkpoints that may wait for the rows; further ones let nothing go.
    private static let mostNeeded = 64

    /// The time, a minute, after which a checkpoint is due.
    private static let every: UInt64 = 60_000_000_000
}
