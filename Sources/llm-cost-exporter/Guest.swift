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
    /// Receive priced calls.
    var sinks: [any CallSink] = []
    /// See each batch before it is billed.
    var observers: [any BatchObserver] = []
    /// Records what enters the settle window and what is decided; of all guests at most one has a journal.
    var journal: (any ArrivalJournal)?
    /// Makes the families of the capability's own figures.
    var health: @Sendable (MetricsStore) -> [any HealthSeries] = { _ in [] }
    /// Take part in reloads, after the prices.
    var reloadables: [any Reloadable] = []
    /// Pages of the web listener.
    var routes: [Route] = []
}
