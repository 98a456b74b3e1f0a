// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CallMetrics
import Synchronization

/// Lets charges reach their counters only once they are stored, as ``CountingGate`` does with calls.
///
/// So a checkpoint up to a number has the charges up to it, and a start adds those after it from the journal.
final class ChargeQueue: Sendable {
    private let journal: Journal
    private let store: MetricsStore
    private let waiting = Mutex<[(number: UInt64, charges: [SeriesCharge])]>([])

    /// Makes a queue without charges.
    init(journal: Journal, store: MetricsStore) { (self.journal, self.store) = (journal, store) }

    /// Whether all charges are in their counters.
    var isEmpty: Bool { waiting.withLock { $0.isEmpty } }

    /// Appends charges to the journal.
    func receive(_ charges: [SeriesCharge]) {
        guard !charges.isEmpty else { return }
        let record = ChargeRecord(charges, store.update { $0.snapshot })
        journal.append(record) { number in waiting.withLock { $0.append((number, charges)) } }
    }

    /// Adds the charges that are stored to their counters; only the gate's thread calls it.
    ///
    /// - Parameter number: The number up to which all records are stored.
    func add(upTo number: UInt64) {
        let due = waiting.withLock { waiting in waiting.prefix { $0.number <= number } }
        guard !due.isEmpty else { return }
        for one in due { store.add(one.charges) }
        waiting.withLock { $0.removeFirst(due.count) }
    }
}
