// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Billing
package import Ingest
package import OTLP
import Synchronization

/// Counts bodies, spans and scrapes by what became of them.
package final class ServiceMetrics: SpanCounting {
    private let store: MetricsStore
    private let series: ServiceSeries
    private let timed: TimedServiceSeries?
    /// Spans that wait to be decided.
    private let pending = Mutex(0)
    private let wordScopes = Mutex(ScopeLabels())
    /// Usage that was seen and not read.
    package let unread = UnreadUsage()
    /// The metrics and logs that were accepted and not kept.
    package let otherSignals = OtherSignals()

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - store: The store of all series.
    ///   - build: The running build; `nil` in a replay, which shows nothing that depends on the time or the
    ///     process, so that the same input gives the same bytes.
    package init(store: MetricsStore, build: BuildInfo?) {
        self.store = store
        (series, timed) = store.update { registry in
            (
                ServiceSeries(in: &registry, isReplay: build == nil),
                build.map { TimedServiceSeries(in: &registry, build: $0) }
            )
        }
    }

    /// The family of anomalies, in which other rooms have series too.
    var anomalies: FamilyID { series.anomalyFamily }

    /// The anomaly of an addition to a counter that is at its largest value.
    static let saturatedSum = "saturated_sum"
    /// The anomaly of a price that was cut down to the largest one that fits.
    static let saturatedPrice = "saturated_price"

    /// What became of a body, as value of the `outcome` label.
    package enum BodyOutcome: String, CaseIterable, Sendable {
        /// Taken, every span of it.
        case accepted
        /// Taken, except for some spans that were refused.
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
        /// Read and counted, and not stored: the sender was asked to send it again.
        case unsynced
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
            timed?.bodyDuration.observe(max(0, nanoseconds), in: &registry)
        }
    }

    /// Counts a body of metrics or logs that was accepted and not kept.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - survey: The names in the body.
    ///   - receivedBytes: Its bytes as they came over the wire.
    /// - Returns: The services that this is the first body of; empty for a service without a name.
    package func countOther(_ signal: OtherSignal, _ survey: SignalSurvey, receivedBytes: Int) -> [String] {
        let (scopes, new) = otherSignals.note(signal, survey)
        store.update { registry in
            registry.add(Int128(receivedBytes), to: series.receivedBytes)
            guard let timed else { return }
            for scope in scopes {
                registry.add(1, to: registry.series(timed.otherSignals, [signal.rawValue, scope]))
            }
        }
        return new
    }

    /// Counts a scrape.
    package func countScrape(nanoseconds: Int64, bytes: Int) {
        guard let timed else { return }
        store.update { registry in
            timed.scrapeDuration.observe(max(0, nanoseconds), in: &registry)
            registry.add(Int128(bytes), to: timed.scrapeBytes)
        }
    }

    /// Counts spans of an earlier process that wait on in this one, so that their decisions have something to subtract from.
    ///
    /// - Parameter spans: Their number.
    package func countWaiting(_ spans: Int) {
        store.update { registry in
            let waiting = pending.withLock { pending in
                pending += spans
                return pending
            }
            registry.set(Int128(waiting), of: series.pending)
        }
    }

    package func count(_ counts: SpanCounts) {
        let byWords =
            counts.readByWords.isEmpty
            ? []
            : wordScopes.withLock { labels in counts.readByWords.map { (labels.label(for: $0.scope), $0.spans) } }
        let unreadUsage = counts.unread.map { (unread.note(scope: $0.scope, spans: $0.spans, keys: $0.keys), $0.spans) }
        let fates = counts.fates.counts
        store.update { registry in
            // In one step with the outcomes, so that every scrape shows each span either waiting or decided.
            let waiting = pending.withLock { pending in
                pending += counts.received - fates.reduce(0, +)
                return pending
            }
            registry.set(Int128(waiting), of: series.pending)
            func add(_ count: Int, to series: SeriesID) {
                if count > 0 { registry.add(Int128(count), to: series) }
            }
            for (fate, series) in zip(fates, series.spans) { add(fate, to: series) }
            add(counts.fates.billed.lateLarger, to: series.lateLarger)
            for (count, series) in zip(counts.anomalies, series.anomalies) { add(count, to: series) }
            add(counts.droppedAttributes, to: series.droppedAttributes)
            add(counts.timesKeysWereForgotten, to: series.forgottenKeys)
            for (scope, spans) in byWords { add(spans, to: registry.series(series.readByWords, [scope])) }
            for (scope, spans) in unreadUsage { add(spans, to: registry.series(series.unreadUsage, [scope])) }
        }
    }
}
