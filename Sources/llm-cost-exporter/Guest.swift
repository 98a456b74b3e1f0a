// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import HTTPAPI
import Ingest
import Pricing

/// What one further capability adds to the service: its part at each seam.
///
/// A capability has rooms of its own and edits no other: `Assembly` gets its guest and puts the parts behind the service's own.
struct Guest: Sendable {
    /// The receivers of priced calls.
    var sinks: [any CallSink] = []
    /// Receives the sums of calls by model; of all guests at most one does.
    var sums: (any ModelSumSink)?
    /// Makes receivers of priced calls that show the texts of the calls.
    var sinksWithTexts: @Sendable (CallTexts) -> [any CallSink] = { _ in [] }
    /// The observers of batches before they are billed.
    var observers: [any BatchObserver] = []
    /// Records what enters the settle window and what is decided; of all guests at most one has a journal.
    var journal: (any ArrivalJournal)?
    /// Makes the families of the capability's own figures.
    var health: @Sendable (MetricsStore) -> [any HealthSeries] = { _ in [] }
    /// The parts that follow a reload, after the prices.
    var reloadables: [any Reloadable] = []
    /// The pages that the web listener serves in addition to its own.
    var routes: [Route] = []
}
