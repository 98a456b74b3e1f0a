// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import Billing
package import CallMetrics
package import GenAI

/// Takes checkpoints of the rooms, and restores the rooms from one.
package struct CheckpointSaving: Sendable {
    private let symbols: SymbolTable
    private let attributions: AttributionTable
    private let labels: ModelLabels
    private let store: MetricsStore
    private let biller: Biller
    private let journal: Journal
    private let traces: TraceMetrics?

    package init(
        symbols: SymbolTable, attributions: AttributionTable, labels: ModelLabels, store: MetricsStore, biller: Biller,
        journal: Journal, traces: TraceMetrics? = nil
    ) {
        (self.symbols, self.attributions) = (symbols, attributions)
        (self.labels, self.store) = (labels, store)
        (self.biller, self.journal, self.traces) = (biller, journal, traces)
    }

    /// The present state; no call may be counted meanwhile.
    ///
    /// - Parameters:
    ///   - counted: The number up to which all price and charge records are counted.
    ///   - wall: The time, in nanoseconds since 1970 (UTC).
    /// - Returns: The checkpoint.
    package func checkpoint(at counted: UInt64, _ wall: UInt64) -> Checkpoint {
        var checkpoint = Checkpoint()
        (checkpoint.counted, checkpoint.wallNanoseconds) = (counted, wall)
        // No span arrives meanwhile, so that the number is that of the last one in the evidence.
        biller.evidence { evidence in
            checkpoint.evidenceNumber = journal.lastRecord
            checkpoint.evidence = evidence.map { RecordedEvidence($0.sender, $0.proofs, symbols) }
        }
        var taken: SeriesSnapshot?
        checkpoint.traces = traces?.save { taken = store.snapshot() }
        let snapshot = taken ?? store.snapshot()
        let unknown = store.update { registry in snapshot.familyIDs.map { registry.unknownSeriesCount(of: $0) } }
        checkpoint.families = zip(snapshot.familyIDs, unknown).compactMap { id, unknown in
            let series = snapshot.series(of: id)
            guard series.family.outlivesProcess, series.count > 0 else { return nil }
            return RecordedFamily(series, unknown: unknown)
        }
        (checkpoint.unknownModels, checkpoint.matchedModels) = labels.memory
        checkpoint.labels = attributions.memory
        // Last, since every label above has its symbol by now.
        checkpoint.vocabularies = Dictionary(
            uniqueKeysWithValues: symbols.memory.map { ($0.key.rawValue, $0.value) })
        return checkpoint
    }

    /// The oldest records that the settle window needs.
    package var recordsNeeded: RecordsNeeded {
        biller.recordsNeeded(remembering: journal.configuration.rememberedArrivals)
    }

    /// Restores the rooms, before any call is counted.
    package func restore(_ checkpoint: Checkpoint) -> SeriesRestoring {
        var vocabularies: [Vocabulary: [String]] = [:]
        for (name, texts) in checkpoint.vocabularies {
            if let vocabulary = Vocabulary(rawValue: name) { vocabularies[vocabulary] = texts }
        }
        symbols.restore(vocabularies)
        attributions.restore(checkpoint.labels)
        labels.restore(unknown: checkpoint.unknownModels, matched: checkpoint.matchedModels)
        var series = SeriesRestoring()
        series.restore(checkpoint.families, to: store)
        if let open = checkpoint.traces { traces?.restore(open) }
        return series
    }
}
