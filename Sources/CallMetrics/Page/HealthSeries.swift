// SPDX-License-Identifier: Apache-2.0

/// Figures of the service itself: it registers its own `llm_cost_exporter_*` families when it is made, and brings them up to
/// date before each scrape.
///
/// A room that keeps figures has one of its own, made with a ``MetricsStore``; `Assembly` lists them, and ``MetricsPage``
/// asks each in that order. Figures that change with an event (a body, a connection) are written at the event and need none.
///
/// Read the figures before ``MetricsStore/update(_:)`` and write them inside: the lock on the series is held for a few steps.
package protocol HealthSeries: Sendable {
    /// Writes the present figures to their series.
    ///
    /// Called at each scrape, before the page takes its snapshot; scrapes may overlap. Must not block.
    func refresh()
}
