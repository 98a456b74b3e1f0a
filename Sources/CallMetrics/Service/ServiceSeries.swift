// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Billing
import GenAI
import Ingest

/// The series of our own health that depend on the input alone.
struct ServiceSeries {
    private(set) var bodies: [ServiceMetrics.BodyOutcome: SeriesID] = [:]
    let receivedBytes: SeriesID
    let inflatedBytes: SeriesID
    /// In the order of ``SpanFates/names``.
    let spans: [SeriesID]
    /// In the order of ``UsageAnomalies/named``.
    let anomalies: [SeriesID]
    let droppedAttributes: SeriesID
    /// Times that the decisions about unlisted keys were forgotten.
    let forgottenKeys: SeriesID
    /// Calls that rest on the words of their keys, by scope.
    let readByWords: FamilyID
    /// Spans that seem to carry usage of which nothing was read, by scope.
    let unreadUsage: FamilyID
    /// Calls whose price overflowed and was cut down to the largest one.
    let saturatedPrices: SeriesID
    /// Additions to counters of money or tokens that had reached the largest value.
    let saturatedSums: SeriesID
    let overflowedLabelValues: FamilyID
    let overflowedSeries: SeriesID
    let seriesLimit: SeriesID
    let seriesCount: SeriesID
    let unknownSeriesLimit: SeriesID
    let unknownSeriesCount: SeriesID
    let window: SettleSeries
    let priceCacheEvictions: SeriesID

    init(in registry: inout SeriesRegistry) {
        func counter(
            _ name: String, _ help: String, label: String? = nil, unit: MetricFamily.Unit? = nil
        ) -> FamilyID {
            registry.register(
                MetricFamily(
                    name: "llm_cost_exporter_" + name, help: help, kind: .counter,
                    labels: label.map { [.fixed($0)] } ?? [], unit: unit))
        }
        func gauge(_ name: String, _ help: String) -> SeriesID {
            let family = registry.register(
                MetricFamily(name: "llm_cost_exporter_" + name, help: help, kind: .gauge))
            return registry.series(family, [])
        }
        let bodyFamily = counter("bodies_total", "Request bodies with spans, by outcome.", label: "outcome")
        for outcome in ServiceMetrics.BodyOutcome.allCases {
            bodies[outcome] = registry.series(bodyFamily, [outcome.rawValue])
        }
        receivedBytes = registry.series(
            counter("received_bytes_total", "Bytes of request bodies as received, before decompression.", unit: .bytes),
            [])
        inflatedBytes = registry.series(
            counter("inflated_bytes_total", "Bytes of request bodies after decompression.", unit: .bytes), [])
        let spanFamily = counter(
            "spans_total", "Spans received, by outcome.", label: "outcome")
        spans = SpanFates.names.map { registry.series(spanFamily, [$0]) }
        let anomalyFamily = counter(
            "usage_anomalies_total",
            "Contradictory or out-of-range numbers that model calls report, by kind.",
            label: "anomaly")
        anomalies = UsageAnomalies.named.map { registry.series(anomalyFamily, [$0.name]) }
        droppedAttributes = registry.series(
            counter(
                "attributes_dropped_total",
                "Attributes ignored because one span, event, scope or resource had more than 1,024 attributes to read."
            ), [])
        forgottenKeys = registry.series(
            counter(
                "attribute_keys_forgotten_total",
                "Times that a worker forgot its decisions about attribute keys that no dialect lists, because there were too many."
            ), [])
        readByWords = counter(
            "read_by_words_total",
            "Spans counted as model calls by the words of their attribute keys alone, by instrumentation scope.",
            label: "scope")
        unreadUsage = counter(
            "unread_usage_spans_total",
            "Spans with a token count under a key that the service does not read, by instrumentation scope.",
            label: "scope")
        saturatedPrices = registry.series(anomalyFamily, ["saturated_price"])
        saturatedSums = registry.series(anomalyFamily, ["saturated_sum"])
        overflowedLabelValues = counter(
            "label_values_overflowed_total",
            "Label values replaced by __overflow__ because they were too long or their label had too many values.",
            label: "label")
        overflowedSeries = registry.series(
            counter(
                "series_overflowed_total",
                "Look-ups of label sets that found no room below the series limit and were counted under __overflow__."),
            [])
        seriesLimit = gauge("series_limit", "Largest number of series.")
        seriesCount = gauge("series", "Number of series.")
        unknownSeriesLimit = gauge(
            "unknown_series_limit",
            "Largest number of series with a label value that the price book does not list.")
        unknownSeriesCount = gauge(
            "unknown_series", "Number of series with a label value that the price book does not list.")
        window = SettleSeries(in: &registry)
        priceCacheEvictions = registry.series(
            counter(
                "price_cache_evictions_total",
                "Prices evicted from the full price cache; the next call with that price looks it up again."),
            []
        )
    }
}

/// The series of our own health that depend on time or on the process.
struct TimedServiceSeries {
    let bodyDuration: SeriesID
    let scrapeDuration: SeriesID
    let scrapeBytes: SeriesID
    let uncounted: UncountedSeries
    private let settleMemoryAge: SeriesID
    private let cpuSeconds: SeriesID
    private let residentBytes: SeriesID
    private let virtualBytes: SeriesID
    private let startTime: SeriesID
    private let openDescriptors: SeriesID
    private let maxDescriptors: SeriesID

    init(in registry: inout SeriesRegistry, version: String) {
        let build = registry.register(
            MetricFamily(
                name: "llm_cost_exporter_build_info", help: "Version of the running build; always 1.", kind: .gauge,
                labels: [.fixed("version")]))
        registry.set(1, of: registry.series(build, [version]))

        func seconds(_ name: String, _ help: String) -> SeriesID {
            let family = registry.register(
                MetricFamily(
                    name: name, help: help, kind: .histogram(bounds: Self.bounds), scale: 9, unit: .seconds))
            return registry.series(family, [])
        }
        func process(
            _ name: String, _ help: String, kind: MetricFamily.Kind = .gauge, scale: Int = 0,
            unit: MetricFamily.Unit? = nil
        ) -> SeriesID {
            let family = registry.register(
                MetricFamily(name: "process_" + name, help: help, kind: kind, scale: scale, unit: unit))
            return registry.series(family, [])
        }
        bodyDuration = seconds(
            "llm_cost_exporter_body_duration_seconds", "Time in seconds from a request with spans to its answer.")
        scrapeDuration = seconds(
            "llm_cost_exporter_scrape_duration_seconds", "Time in seconds to render the answer to a scrape.")
        scrapeBytes = registry.series(
            registry.register(
                MetricFamily(
                    name: "llm_cost_exporter_scrape_bytes_total", help: "Bytes of answers to scrapes, as sent.",
                    kind: .counter, unit: .bytes)), [])
        uncounted = UncountedSeries(in: &registry)
        settleMemoryAge = registry.series(
            registry.register(
                MetricFamily(
                    name: "llm_cost_exporter_settle_memory_age_seconds",
                    help: "Age in seconds of the oldest remembered span and answer ids.", kind: .gauge, scale: 3,
                    unit: .seconds)), [])
        cpuSeconds = process(
            "cpu_seconds_total", "User and system CPU time in seconds.", kind: .counter, scale: 9, unit: .seconds
        )
        residentBytes = process("resident_memory_bytes", "Resident memory in bytes.", unit: .bytes)
        virtualBytes = process("virtual_memory_bytes", "Virtual memory in bytes.", unit: .bytes)
        startTime = process(
            "start_time_seconds", "Start time of the process, in seconds since 1970 (UTC).", scale: 9,
            unit: .seconds)
        openDescriptors = process("open_fds", "Number of open file descriptors.")
        maxDescriptors = process("max_fds", "Largest number of open file descriptors.")
    }

    func refresh(_ billing: BillingLevels, in registry: inout SeriesRegistry) {
        registry.set(Int128((billing.oldestMemorySeconds * 1000).rounded()), of: settleMemoryAge)
    }

    func refresh(_ process: ProcessLevels, in registry: inout SeriesRegistry) {
        registry.mirror(Int128(process.cpuNanoseconds), in: cpuSeconds)
        registry.set(Int128(process.residentBytes), of: residentBytes)
        registry.set(Int128(process.virtualBytes), of: virtualBytes)
        registry.set(Int128(process.startNanoseconds), of: startTime)
        registry.set(Int128(process.openDescriptors), of: openDescriptors)
        registry.set(Int128(process.maxDescriptors), of: maxDescriptors)
    }

    /// 1 ms to 10 s.
    private static let bounds: [Int64] = [
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000, 500_000_000,
        1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]
}

/// What the operating system says of this process.
package struct ProcessLevels: Sendable {
    package var cpuNanoseconds: Int64 = 0
    package var residentBytes: Int64 = 0
    package var virtualBytes: Int64 = 0
    /// Since 1970 (UTC).
    package var startNanoseconds: Int64 = 0
    package var openDescriptors: Int64 = 0
    package var maxDescriptors: Int64 = 0

    package init() {}
}
