// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import Billing
import Synchronization

/// Our own health: what became of bodies and spans, and how full everything is that has a ceiling.
package final class ServiceMetrics: Sendable {
    private let store: MetricsStore
    private let series: ServiceSeries
    private let timed: TimedServiceSeries?
    /// Spans that wait to be decided.
    private let pending = Mutex(0)
    private let wordScopes = Mutex(ScopeLabels())
    /// Usage that was seen and not read.
    package let unread = UnreadUsage()

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - store: Where they go.
    ///   - version: What the running build calls itself; `nil` in a replay, which shows nothing that depends on the time
    ///     or the process, so that the same input gives the same bytes.
    package init(store: MetricsStore, version: String?) {
        self.store = store
        (series, timed) = store.update { registry in
            (ServiceSeries(in: &registry), version.map { TimedServiceSeries(in: &registry, version: $0) })
        }
    }

    /// What became of a body, as value of the `outcome` label.
    package enum BodyOutcome: String, CaseIterable, Sendable {
        /// Taken, every span of it.
        case accepted
        /// Taken, but some spans were refused.
        case partial
        /// Refused: unreadable.
        case malformed
        /// Refused: over a ceiling.
        case tooLarge = "too_large"
        /// Refused: a content type or encoding that is not understood.
        case unsupported
        /// Refused for now: no room.
        case busy
        /// Given up: it came too slowly.
        case timedOut = "timed_out"
        /// Given up: the sender went away.
        case interrupted
    }

    /// Counts a body.
    ///
    /// - Parameters:
    ///   - outcome: What became of it.
    ///   - receivedBytes: Its bytes as they came over the wire, as far as they were read.
    ///   - inflatedBytes: Its bytes once inflated; 0 when it never came to that.
    ///   - nanoseconds: How long it was worked on, from the first byte of the request to the answer.
    package func countBody(_ outcome: BodyOutcome, receivedBytes: Int, inflatedBytes: Int, nanoseconds: Int64) {
        store.update { registry in
            if let body = series.bodies[outcome] { registry.add(1, to: body) }
            registry.add(Int128(receivedBytes), to: series.receivedBytes)
            registry.add(Int128(inflatedBytes), to: series.inflatedBytes)
            if let timed { registry.observe(max(0, nanoseconds), in: timed.bodyDuration) }
        }
    }

    /// Counts a scrape.
    package func countScrape(nanoseconds: Int64, bytes: Int) {
        guard let timed else { return }
        store.update { registry in
            registry.observe(max(0, nanoseconds), in: timed.scrapeDuration)
            registry.add(Int128(bytes), to: timed.scrapeBytes)
        }
    }

    /// Counts what became of spans, and what was odd about calls; to be called once their calls are in the counters.
    ///
    /// - Parameters:
    ///   - fates: The spans that were decided.
    ///   - received: How many spans came in just now; those without a fate wait.
    ///   - anomalies: Calls with an anomaly, in the order of `UsageAnomalies.named`.
    ///   - droppedAttributes: Attributes that were ignored because one span, event, scope or resource had too many.
    func count(_ fates: SpanFates, received: Int = 0, anomalies: [Int] = [], droppedAttributes: Int = 0) {
        store.update { registry in
            // In one step with the outcomes, so that every scrape shows each span either waiting or decided.
            let waiting = pending.withLock { pending in
                pending += received - fates.counts.reduce(0, +)
                return pending
            }
            registry.set(Int128(waiting), of: series.window.pending)
            for (fate, series) in zip(fates.counts, series.spans) where fate > 0 {
                registry.add(Int128(fate), to: series)
            }
            registry.add(Int128(fates.billed.lateLarger), to: series.window.lateLarger)
            for (count, series) in zip(anomalies, series.anomalies) where count > 0 {
                registry.add(Int128(count), to: series)
            }
            if droppedAttributes > 0 { registry.add(Int128(droppedAttributes), to: series.droppedAttributes) }
        }
    }

    /// Counts times that decisions about attribute keys were forgotten.
    func countForgottenKeys(_ times: Int) {
        store.update { registry in registry.add(Int128(times), to: series.forgottenKeys) }
    }

    /// Counts spans that are calls by the words of their keys alone.
    ///
    /// - Parameters:
    ///   - spans: How many.
    ///   - scope: The name of their instrumentation scope. The first ones have a series each, the others share one.
    func countReadByWords(_ spans: Int, scope: String) {
        let scope = wordScopes.withLock { $0.label(for: scope) }
        store.update { registry in registry.add(Int128(spans), to: registry.series(series.readByWords, [scope])) }
    }

    /// Counts spans that seem to carry usage of which nothing was read.
    ///
    /// - Parameters:
    ///   - spans: How many.
    ///   - scope: The name of their instrumentation scope. The first ones have a series each, the others share one.
    ///   - keys: The keys of the first one that seem to be usage.
    func countUnread(_ spans: Int, scope: String, keys: [String]) {
        let scope = unread.note(scope: scope, spans: spans, keys: keys)
        store.update { registry in registry.add(Int128(spans), to: registry.series(series.unreadUsage, [scope])) }
    }

    /// Brings the figures up to date that others keep; to be called before a scrape is rendered.
    package func refresh(_ levels: ServiceLevels) {
        store.update { registry in
            series.window.refresh(levels.billing, in: &registry)
            if let timed {
                timed.refresh(levels.billing, in: &registry)
                timed.uncounted.refresh(levels.uncounted, in: &registry)
            }
            registry.mirror(Int128(levels.priceCacheEvictions), in: series.priceCacheEvictions)
            registry.mirror(Int128(levels.saturatedPrices), in: series.saturatedPrices)
            registry.mirror(Int128(registry.saturatedAdditions), in: series.saturatedSums)
            for (label, count) in levels.overflowedLabelValues {
                let overflow = registry.series(series.overflowedLabelValues, [label])
                registry.mirror(Int128(count), in: overflow)
            }
            registry.mirror(Int128(registry.overflowedSeries), in: series.overflowedSeries)
            registry.set(Int128(registry.seriesCeiling), of: series.seriesLimit)
            registry.set(Int128(registry.seriesCount), of: series.seriesCount)
            registry.set(Int128(registry.unknownSeriesCeiling), of: series.unknownSeriesLimit)
            registry.set(Int128(registry.unknownSeriesCount), of: series.unknownSeriesCount)
            if let timed, let process = levels.process { timed.refresh(process, in: &registry) }
        }
    }
}

/// Figures that other rooms keep, as they are at a scrape.
package struct ServiceLevels: Sendable {
    package var billing = BillingLevels()
    package var uncounted = UncountedCalls()
    package var priceCacheEvictions: UInt64 = 0
    /// The number of calls whose price was cut down to the largest one that fits.
    package var saturatedPrices: UInt64 = 0
    /// How often a value of a label overflowed, by label.
    package var overflowedLabelValues: [(label: String, count: UInt64)] = []
    /// `nil` where there is no clock.
    package var process: ProcessLevels?

    package init() {}
}

/// What became of spans; every span that was read has one fate, some only after a while.
struct SpanFates {
    var billed = BillingReport()
    var invalid = 0

    /// The fates in the order of ``names``.
    var counts: [Int] {
        [
            billed.counted, billed.duplicates, billed.twins, billed.repeatsChildren, billed.unproven, billed.links,
            invalid,
        ]
    }

    /// Values of the `outcome` label.
    static let names = [
        "counted", "duplicate", "twin", "repeats_children", "unproven", "not_a_model_call", invalid,
    ]

    /// The outcome of spans without proper ids.
    static let invalid = "invalid"
}
