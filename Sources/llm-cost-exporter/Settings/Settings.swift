// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import Documents
import GenAI
import HTTPAPI
import Ingest
import Ledger
import Logging
import Pricing

/// All settings, with defaults that work.
///
/// Flags win over environment variables, and these over the file.
struct Settings {
    var http = HTTPAPIConfiguration()
    var ingest = IngestConfiguration()
    var billing = BillingConfiguration()
    var modelCalls = ModelCallMetricsConfiguration()
    var page = MetricsPageConfiguration()
    var logging = LoggingConfiguration()

    /// The folder of the ledger; empty keeps everything in memory.
    ///
    /// Default empty. Flag `--storage.path`, file key `storage.path`, environment `LLM_COST_EXPORTER_STORAGE_PATH`.
    var storagePath = ""
    /// What a 200 means with a folder.
    ///
    /// Default `full`. File key `storage.sync`.
    var storageSync = StorageSync.full
    /// What the rows of the ledger keep.
    var rows = RowConfiguration()
    /// How long the rows are kept.
    ///
    /// Default 100 and 800 days. File keys `storage.retention.calls` and `storage.retention.rollups`.
    var retention = Retention() {
        didSet { (rows.callSeconds, rows.rollupSeconds) = (retention.calls, retention.rollups) }
    }

    /// The largest number of calls and dropped spans that are kept in memory, without a folder; 0 keeps none, and reads no
    /// dimensions.
    ///
    /// Default 0: on a busy service, keeping them costs as much as counting them. Flag `--storage.memory-calls`, file key
    /// `storage.memory_calls`, environment `LLM_COST_EXPORTER_STORAGE_MEMORY_CALLS`.
    var memoryCalls = 0
    /// Up to ten million calls, some gigabytes.
    static let memoryCallsRange = 0...10_000_000

    /// How long a trace must have no call until its cost is observed, in nanoseconds; 0 observes no traces and no sessions.
    ///
    /// Default a minute if a folder keeps single calls. Otherwise 0: there, only counting should cost CPU time, and without a
    /// folder a kill loses the open traces. File key `traces.quiet`.
    var traceQuiet: UInt64?
    /// How far the last calls of two traces of a session may be apart, in nanoseconds.
    ///
    /// Default half an hour. File key `traces.session_quiet`.
    var sessionQuiet = TraceMetricsConfiguration().sessionQuiet

    /// The dimensions of the ledger that are not those by default.
    ///
    /// Default none. File key `ledger.dimensions`.
    var dimensions: [DimensionRule] = []
    /// What the ledger keeps of the dimension `user`.
    ///
    /// Default `keep`. File key `ledger.users`.
    var users = UserTreatment.keep
    /// Whether the ledger keeps the name of a trace's root span.
    ///
    /// Default true. File key `ledger.trace_names`.
    var keepsTraceNames = true

    /// The largest number of Prometheus series.
    ///
    /// Default 100,000. File key `limits.series`.
    var seriesCeiling = 100_000
    /// The percentage of the series of calls that is kept for series whose label values are all listed in the price book.
    ///
    /// Default 50. File key `limits.known_series_percent`.
    var knownSeriesPercent = 50
    /// The largest number of values of a label, for labels whose limit is not the default.
    ///
    /// File key `limits.values`.
    var valueLimits: [Vocabulary: Int] = [:]
    /// How the pricer applies the prices.
    ///
    /// File keys `prices.approximate`, `prices.cache_entries`, `prices.reported_cost`.
    var pricing = PricerConfiguration()
    /// The price files over the embedded book; a later file wins over an earlier one.
    ///
    /// Default none. File key `prices.files`.
    var priceFiles: [PriceFileReference] = []
    /// The price books by which calls are priced a second time, for comparison.
    ///
    /// Default none. File key `shadow_books`.
    var shadowBooks: [ShadowBookReference] = []
    /// Which name of a model is the value of the `model` label.
    ///
    /// Default `response`. File key `model_label`.
    var modelLabel = ModelLabel.response
    /// The largest number of model names unknown to the price book that become label values.
    ///
    /// Default 200. File key `limits.unknown_models`.
    var unknownModels = 200
    /// The number of model names known to the price book only by a rule or another spelling that become label values; further
    /// ones are shown as the id of the model.
    ///
    /// Default 1,000. File key `limits.matched_models`.
    var matchedModels = 1_000
    /// The largest number of models in the list of calls without a price.
    ///
    /// Default 200. File key `limits.unpriced`.
    var unpricedEntries = 200
    /// Whether a change of their files reloads settings and prices.
    ///
    /// Default true. File key `reload.watch`.
    var watchesFiles = true
    /// The time zone whose day "today" is on the page at `/`.
    ///
    /// Default UTC. File key `tz`.
    var zone = ZoneClock.utc
    /// The labels that are added to the families of model calls.
    ///
    /// Default none. File key `labels`.
    var labels: [LabelRule] = []
    /// Attribute keys of spans that no known dialect reads.
    ///
    /// Default none. File key `attributes`.
    var attributes: [CustomDialect.Field: [String]] = [:]

    /// The lines of the file that have the old name of a setting, for warnings.
    var oldNames: [OldNameUse] = []
    /// Where each setting got its value, by its file key; without those that have their default.
    var sources: [String: SettingSource] = [:]
    /// The lines of `prices.reported_cost.providers`, by provider.
    var reportedCostProviders: [String: DocumentPosition] = [:]
    /// The file keys whose value could not be read, so that the setting has its default.
    var unread: Set<String> = []
    /// Whether there is a settings file without a setting.
    var isEmptyFile = false

    /// The largest body after inflating, which both the listener and the pipeline enforce.
    var maxInflatedBytes: Int {
        get { http.maxInflatedBytes }
        set { (http.maxInflatedBytes, ingest.maxInflatedBytes) = (newValue, newValue) }
    }

    /// Lowers the bounds of bodies to the memory that the process may use.
    ///
    /// - Parameter memory: The bytes; `nil` without a limit.
    mutating func fit(into memory: Int?) {
        http.fit(into: memory)
        maxInflatedBytes = http.maxInflatedBytes
    }

    /// When traces and sessions end; `nil` if they are not observed.
    var traces: TraceMetricsConfiguration? {
        var traces = TraceMetricsConfiguration()
        traces.quiet = traceQuiet ?? (storagePath.isEmpty || !rows.keepsCalls ? 0 : traces.quiet)
        traces.sessionQuiet = sessionQuiet
        return traces.quiet == 0 ? nil : traces
    }

    /// The bounds of the journal in the folder of the ledger.
    var journal: JournalConfiguration {
        var journal = JournalConfiguration()
        journal.syncs = storageSync == .full
        journal.keepsTraceNames = readsTraceNames
        // As many spans as the window remembers: at least four times as many as may wait. Up to 16,384 decided calls, and those
        // that threads are pricing, may wait for their prices, so even a small window keeps the records of 65,536.
        journal.rememberedArrivals = max(billing.rememberedKeys, 4 * billing.maxWaiting, 65_536)
        journal.leastAge = max(journal.leastAge, 4 * billing.settleNanoseconds)
        journal.writer = Version.text
        journal.keepsDropped = rows.keepsCalls
        return journal
    }

    /// The dialects that read spans, in order.
    var dialects: [any Dialect] {
        attributes.isEmpty ? Dialects.all : [CustomDialect(attributes)] + Dialects.all
    }

    /// The number of series that are kept for families of the process: a build has a few hundred, however little it counts.
    var seriesKeptForProcess: Int { min(1_000, seriesCeiling / 4) }

    /// The number of the others that are kept for series whose label values are all listed in the price book.
    var seriesKeptForKnown: Int { (seriesCeiling - seriesKeptForProcess) * knownSeriesPercent / 100 }

    /// Checks rules that no single value shows.
    ///
    /// - Returns: The settings outside their range, each with the flag, variable or line that has the value.
    func mistakes() -> [SettingsError] {
        http.mistakes().map { mistake in
            let text = "\(mistake)"
            // A limit that follows from another setting may have its default, and the other one has a line.
            let key = [mistake.key].compactMap(\.self) + sources.keys.sorted().filter { text.contains($0) }
            return SettingsError.invalid(key.compactMap { sources[$0] }.first ?? .argument("settings"), text)
        }
    }
}

/// The settings of the log.
struct LoggingConfiguration: Equatable {
    /// The least level that is logged.
    ///
    /// Default `info`. Flag `--log.level`, file key `log.level`, environment `LLM_COST_EXPORTER_LOG_LEVEL`.
    var level = LogLevel.info

    /// The form of a line.
    ///
    /// Default `logfmt`. Flag `--log.format`, file key `log.format`, environment `LLM_COST_EXPORTER_LOG_FORMAT`.
    var format = LogFormat.logfmt
}

/// What a 200 means.
enum StorageSync: String, CaseIterable {
    /// The spans of the body are on the disk, and outlive a power cut.
    case full
    /// The system has the spans: they outlive the process, but may not outlive a power cut.
    case normal
}

/// How long rows of the ledger are kept, in seconds.
struct Retention: Equatable {
    /// Single calls, by the end of the call.
    var calls = RowConfiguration().callSeconds
    /// Roll-ups.
    var rollups = RowConfiguration().rollupSeconds
}

/// How much is logged.
enum LogLevel: String, CaseIterable {
    case debug, info, warn, error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warn: .warning
        case .error: .error
        }
    }
}

/// The form of a log line.
enum LogFormat: String, CaseIterable {
    case logfmt, json
}
