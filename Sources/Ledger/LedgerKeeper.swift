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
    private let wallNanoseconds: @Sendable () -> UInt64
    private let state = Mutex(State())

    private struct State {
        var gate: CountingGate?
        var charges: ChargeQueue?
        var saving: CheckpointSaving?
        /// The latest checkpoint: the number in it, the bytes of the journal and the clock then.
        var saved: (counted: UInt64, bytes: Int, time: UInt64) = (0, 0, 0)
        var report = Recovery.Report()
        var notice: (@Sendable (Notice) -> Void)?
    }

    /// An event for the log.
    package enum Notice: Sendable {
        /// Records cannot be stored.
        case failing(StorageError)
        /// Records are stored again.
        case working
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
    ///   - wallNanoseconds: The time, in nanoseconds since 1970 (UTC).
    package init(
        _ folder: LedgerFolder, configuration: JournalConfiguration, symbols: SymbolTable,
        attributions: AttributionTable, tenants: TenantTable, wallNanoseconds: @escaping @Sendable () -> UInt64
    ) {
        self.folder = folder
        (self.symbols, self.attributions, self.tenants) = (symbols, attributions, tenants)
        self.wallNanoseconds = wallNanoseconds
        journal = Journal(
            in: folder.files, configuration: configuration,
            describer: RecordTexts(symbols: symbols, attributions: attributions, tenants: tenants),
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
    ///   - clock: The time now.
    ///   - countDecided: Prices and counts calls that were decided.
    ///   - notice: Called from the ledger's threads with what the log should have.
    /// - Returns: What was found, and what could not be restored.
    /// - Throws: ``JournalError`` if the journal is damaged or incomplete.
    package func recover(
        _ biller: Biller, store: MetricsStore, labels: ModelLabels, clock: Recovery.Clock,
        countDecided: ([ModelCall]) -> Void, notice: @escaping @Sendable (Notice) -> Void
    ) throws(JournalError) -> (report: Recovery.Report, series: SeriesRestoring) {
        guard let gate = state.withLock({ $0.gate }) else { preconditionFailure("a ledger needs its gate") }
        let saving = CheckpointSaving(
            symbols: symbols, attributions: attributions, labels: labels, store: store, biller: biller,
            journal: journal)
        let checkpoint = folder.checkpoint ?? Checkpoint()
        let series = saving.restore(checkpoint)
        gate.begin(at: checkpoint.counted)
        var recovery = Recovery(
            RecordMeanings(symbols: symbols, attributions: attributions, tenants: tenants),
            checkpoint: checkpoint, symbols: symbols, clock: clock)
        recovery.charge = { record, number in
            SeriesRestoring.add(record.families, to: store)
            gate.begin(at: number)
        }
        let found = try recovery.run(folder.files, biller) { calls, arrival, number in
            gate.replay(calls, arrivalNanoseconds: arrival, number: number)
        }
        let charges = ChargeQueue(journal: journal, store: store)
        state.withLock { $0.charges = charges }
        store.handOverCharges { charges.receive($0) }
        var past = found.past
        past.nextNumber = max(past.nextNumber, checkpoint.counted + 1)
        journal.begin(after: past)
        state.withLock { state in
            (state.saving, state.report, state.notice) = (saving, found.report, notice)
            state.saved = (checkpoint.counted, 0, DispatchTime.now().uptimeNanoseconds)
        }
        journal.start { number in
            gate.stored(upTo: number)
        } onFailure: { error in
            notice(error.map { .failing($0) } ?? .working)
        }
        gate.start { [self] counted, isLast in
            charges.add(upTo: counted)
            save(counted, isLast: isLast)
        }
        if !found.unpriced.isEmpty { countDecided(found.unpriced) }
        return (found.report, series)
    }

    /// Stores everything and takes a last checkpoint; no span may arrive after this call.
    package func close() {
        journal.stop()
        state.withLock { $0.gate }?.stop()
        journal.close()
    }

    /// Whether records are stored; `false` while the disk refuses them.
    package var isStoring: Bool { !journal.levels.hasFailed }

    /// Whether everything that was charged is in its counters.
    var hasCharged: Bool { state.withLock { $0.charges }?.isEmpty ?? true }

    /// What the start found.
    package var report: Recovery.Report { state.withLock { $0.report } }

    /// The number of priced calls that are not counted yet.
    package var backlog: Int { state.withLock { $0.gate }?.waitingCalls ?? 0 }

    /// Takes a checkpoint if one is due; only the gate's thread calls it.
    private func save(_ counted: UInt64, isLast: Bool) {
        let (saved, saving, notice) = state.withLock { ($0.saved, $0.saving, $0.notice) }
        let (bytes, now) = (journal.appendedBytes, DispatchTime.now().uptimeNanoseconds)
        let isDue =
            isLast || bytes - saved.bytes >= journal.configuration.checkpointBytes || now - saved.time >= Self.every
        guard isDue, isLast || counted != saved.counted, let saving else { return }
        // Whatever comes of it, the next attempt is not made at once.
        state.withLock { ($0.saved.bytes, $0.saved.time) = (bytes, now) }
        do throws(StorageError) {
            if !journal.configuration.syncs { try journal.sync() }
            let checkpoint = saving.checkpoint(at: counted, wallNanoseconds())
            try folder.files.replace(Checkpoint.name, with: checkpoint.bytes)
            state.withLock { $0.saved.counted = counted }
            journal.release(upTo: counted, saving.recordsNeeded)
        } catch {
            notice?(.noCheckpoint(error))
        }
    }

    /// The time, a minute, after which a checkpoint is due.
    private static let every: UInt64 = 60_000_000_000
}
