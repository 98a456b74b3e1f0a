// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI
import Ingest
import OTLP
import Synchronization

/// The series of bodies and spans that depend on the input alone.
struct ServiceSeries {
    private(set) var bodies: [ServiceMetrics.BodyOutcome: SeriesID] = [:]
    let receivedBytes: SeriesID
    let inflatedBytes: SeriesID
    /// In the order of ``SpanFates/names``.
    let spans: [SeriesID]
    /// Spans that wait to be decided.
    let pending: SeriesID
    /// Copies of settled spans that had more usage than what was counted.
    let lateLarger: SeriesID
    let anomalyFamily: FamilyID
    /// In the order of ``UsageAnomalies/named``.
    let anomalies: [SeriesID]
    let droppedAttributes: SeriesID
    /// Times that the decisions about unlisted keys were forgotten.
    let forgottenKeys: SeriesID
    /// Calls that rest on the words of their keys, by scope.
    let readByWords: FamilyID
    /// Spans that seem to carry usage of which nothing was read, by scope.
    let unreadUsage: FamilyID

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - registry: The registry of the families.
    ///   - isReplay: Whether bodies come from files, so that nothing waits for storage.
    init(in registry: inout SeriesRegistry, isReplay: Bool) {
        let bodyFamily = registry.registerCounter(
            "llm_cost_exporter_bodies_total", "Request bodies with spans, by outcome.", by: "outcome",
            ServiceMetrics.BodyOutcome.allCases.map(\.rawValue))
        for outcome in ServiceMetrics.BodyOutcome.allCases where outcome != .unsynced || !isReplay {
            bodies[outcome] = registry.series(bodyFamily, [outcome.rawValue])
        }
        receivedBytes = registry.registerSeries(
            "llm_cost_exporter_received_bytes_total", "Bytes of request bodies as received, before decompression.",
            .counter, unit: .bytes)
        inflatedBytes = registry.registerSeries(
            "llm_cost_exporter_inflated_bytes_total", "Bytes of request bodies after decompression.", .counter,
            unit: .bytes)
        let spanFamily = registry.registerCounter(
            "llm_cost_exporter_spans_total", "Spans received, by outcome.", by: "outcome", SpanFates.names)
        spans = SpanFates.names.map { registry.series(spanFamily, [$0]) }
        pending = registry.registerSeries(
            "llm_cost_exporter_settle_pending_spans", "Number of spans held in the settle window.", .gauge)
        lateLarger = registry.registerSeries(
            "llm_cost_exporter_settle_late_larger_total",
            "Spans sent again with more tokens after the first copy was counted.", .counter)
        let anomalyFamily = registry.registerCounter(
            "llm_cost_exporter_usage_anomalies_total",
            "Contradictory or out-of-range numbers that model calls report, by kind.", by: "anomaly",
            UsageAnomalies.named.map(\.name) + [ServiceMetrics.saturatedPrice, ServiceMetrics.saturatedSum])
        self.anomalyFamily = anomalyFamily
        anomalies = UsageAnomalies.named.map { registry.series(anomalyFamily, [$0.name]) }
        droppedAttributes = registry.registerSeries(
            "llm_cost_exporter_attributes_dropped_total",
            "Attributes ignored because one span, event, scope or resource had more than 1,024 attributes to read.",
            .counter)
        forgottenKeys = registry.registerSeries(
            "llm_cost_exporter_attribute_keys_forgotten_total",
            "Times that a worker forgot its decisions about attribute keys that no dialect lists, because there were too many.",
            .counter)
        readByWords = registry.registerCounter(
            "llm_cost_exporter_read_by_words_total",
            "Spans counted as model calls by the words of their attribute keys alone, by instrumentation scope.",
            by: "scope")
        unreadUsage = registry.registerCounter(
            "llm_cost_exporter_unread_usage_spans_total",
            "Spans with a token count under a key that the service does not read, by instrumentation scope.",
            by: "scope")
    }
}

/// The series of bodies and scrapes that depend on time or on the build.
struct TimedServiceSeries {
    let bodyDuration: FirstSeen
    let scrapeDuration: FirstSeen
    let scrapeBytes: SeriesID
    /// Bodies of metrics and logs, by signal and scope.
    let otherSignals: FamilyID

    init(in registry: inout SeriesRegistry, build: BuildInfo) {
        let family = registry.register(
            MetricFamily(
                name: "llm_cost_exporter_build_info", help: "The running build; always 1.", kind: .gauge,
                labels: BuildInfo.labels.map { .fixed($0) }))
        registry.set(1, of: registry.series(family, build.values))
        func seconds(_ name: String, _ help: String) -> FirstSeen {
            FirstSeen(
                registry.register(
                    MetricFamily(
                        name: name, help: help, kind: .histogram(bounds: Self.bounds), scale: 9, unit: .seconds)))
        }
        bodyDuration = seconds(
            "llm_cost_exporter_body_duration_seconds", "Time in seconds from a request with spans to its answer.")
        scrapeDuration = seconds(
            "llm_cost_exporter_scrape_duration_seconds", "Time in seconds to render the answer to a scrape.")
        scrapeBytes = registry.registerSeries(
            "llm_cost_exporter_scrape_bytes_total", "Bytes of answers to scrapes, as sent.", .counter, unit: .bytes)
        otherSignals = registry.register(
            MetricFamily(
                name: "llm_cost_exporter_other_signal_bodies_total",
                help:
                    "Bodies of metrics and logs, which are accepted and not kept, by signal and instrumentation scope.",
                kind: .counter, labels: [.fixed("signal", OtherSignal.allCases.map(\.rawValue)), .fixed("scope")]))
    }

    /// 1 ms to 10 s.
    private static let bounds: [Int64] = [
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000, 500_000_000,
        1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]
}

/// A histogram without labels that has no series until its first observation, so that no page shows a dozen lines of zeros.
final class FirstSeen: Sendable {
    private let family: FamilyID
    private let series = Mutex<SeriesID?>(nil)

    init(_ family: FamilyID) { self.family = family }

    /// Counts an observation; call it with the registry that the family is in.
    func observe(_ value: Int64, in registry: inout SeriesRegistry) {
        let known = series.withLock { series in
            let known = series ?? registry.series(family, [])
            series = known
            return known
        }
        registry.observe(value, in: known)
    }
}
