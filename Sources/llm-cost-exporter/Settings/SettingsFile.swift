// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import Documents
import GenAI
import Glibc
import HTTPAPI
import Ingest
import Ledger
import Pages
import Pricing

/// The settings file: YAML, read strictly.
///
/// An unknown key is an error, since it is most often a typing mistake that would go unnoticed.
enum SettingsFile {
    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - source: What names the file.
    ///   - settings: Gets the settings of the file, also if there are mistakes; they are not yet checked as a whole.
    ///   - files: Gets the file.
    /// - Throws: ``SettingsError`` or `DocumentError`, with file and line; ``Mistakes`` for several.
    static func read(
        _ path: String, namedBy source: SettingSource, into settings: inout Settings, noting files: inout FileStamps
    ) throws {
        let bytes: [UInt8]
        do throws(FileFault) {
            bytes = try files.read(path)
        } catch {
            throw SettingsError.unreadable(path, error, namedBy: source)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError.unreadable(path, FileFault(path, EILSEQ), namedBy: source)
        }
        try apply(text, file: path, to: &settings)
    }

    /// Replaces settings by those of a document.
    ///
    /// - Parameters:
    ///   - text: YAML or JSON.
    ///   - file: The file name in error messages.
    ///   - settings: Gets the settings of the document; where one has a mistake, the others all the same.
    /// - Throws: ``SettingsError`` or `DocumentError`, with file and line; ``Mistakes`` for several.
    static func apply(_ text: String, file: String, to settings: inout Settings) throws {
        guard let root = try document(text, file: file), !root.isNull else {
            settings.isEmptyFile = true
            return
        }
        var mistakes = Mistakes()
        for section in try root.mapping().entries {
            do { try apply(section, to: &settings, &mistakes) } catch { mistakes.add(error) }
        }
        try mistakes.check()
    }

    private static func apply(
        _ section: DocumentNode.Entry, to settings: inout Settings, _ mistakes: inout Mistakes
    ) throws {
        if let setting = lists[section.key] {
            try read(section.value, by: setting, section.key, into: &settings)
            return
        }
        guard let keys = sections[section.key] else {
            throw unknownKey(section, in: nil, known: (Array(sections.keys) + lists.keys).sorted())
        }
        guard !section.value.isNull else { return }
        let entries = try section.value.mapping().entries
        for entry in entries {
            mistakes.collect {
                guard let setting = keys[entry.key] else {
                    let use = try RenamedSetting.use(
                        of: entry, among: entries, in: section.key, keys: keys.keys.sorted())
                    settings.oldNames.append(use)
                    guard let setting = keys[use.setting.newKey] else { return }
                    try read(entry.value, by: setting, use.newName, into: &settings)
                    return
                }
                try read(entry.value, by: setting, "\(section.key).\(entry.key)", into: &settings)
            }
        }
    }

    /// Reads the value of one key and notes its line.
    private static func read(
        _ value: DocumentNode, by setting: Setting, _ name: String, into settings: inout Settings
    ) throws {
        guard !value.isNull else { return }
        settings.sources[name] = .file(value.position)
        if name == "prices.reported_cost" { settings.reportedCostProviders = reportedCostProviders(value) }
        do {
            try setting.read(value, &settings)
        } catch {
            settings.unread.insert(name)
            throw error
        }
    }

    /// The root of a document; `nil` for a document of comments alone, which changes nothing.
    private static func document(_ text: String, file: String) throws -> DocumentNode? {
        do {
            return try Document.parse(text, file: file)
        } catch {
            if case .empty = error { return nil }
            throw error
        }
    }

    /// Every key by its full name.
    static let all: [(name: String, setting: Setting)] =
        sections.flatMap { section in section.value.map { (section.key + "." + $0.key, $0.value) } }
        + lists.map { ($0.key, $0.value) }

    /// The keys of each section.
    private static let sections: [String: [String: Setting]] = [
        "otlp": otlp, "web": web, "http": http, "shutdown": shutdown, "billing": billing, "exposition": exposition,
        "buckets": buckets, "limits": limits, "prices": prices, "reload": reload, "log": log,
        "storage": storage, "ledger": ledger, "traces": traces,
    ]

    private static let otlp: [String: Setting] = [
        "listen_address": .fixed(\.http.otlpAddress, address),
        "max_body_bytes": .fixed(\.http.maxBodyBytes) { try bytes($0, 1...1 << 30) },
        "max_inflated_bytes": .fixed(\.maxInflatedBytes) { try bytes($0, 1...1 << 30) },
        "max_inflight_bytes": .fixed(\.http.maxInflightBytes) { try bytes($0, 1...1 << 40) },
        "max_spans_per_body": .fixed(\.ingest.maxSpansPerBody) { try $0.integer(in: 1...16_777_216) },
        "workers": .fixed(\.http.workers) { try $0.integer(in: 0...1024) },
        "paths": .fixed(\.http.tracePaths) { try texts($0, most: 16) },
        "other_signals": .fixed(\.http.otherSignals, choice),
    ]

    private static let web: [String: Setting] = [
        "listen_address": .fixed(\.http.webAddress, address),
        "telemetry_path": .fixed(\.http.telemetryPath) { try $0.string() },
        "enable_lifecycle": .fixed(\.http.enablesLifecycle) { try $0.boolean() },
        "reserved_connections": .fixed(\.http.webConnections) { try $0.integer(in: 1...1_000_000) },
        "allowed_hosts": .fixed(\.http.allowedHosts) { try texts($0, most: 64) },
        "pages": .fixed(\.http.pages) { try choice($0) as PageRule },
        "questions": .fixed(\.http.answersQuestions) { try $0.boolean() },
        "max_answer_bytes": .fixed(\.http.maxAnswerBytes) { try bytes($0, 1...1 << 40) },
    ]

    private static let http: [String: Setting] = [
        "header_timeout": .fixed(\.http.headerTimeout) { try $0.duration() },
        "body_timeout": .fixed(\.http.bodyTimeout) { try $0.duration() },
        "min_body_rate": .fixed(\.http.minBodyRate) { try bytes($0, 0...1 << 30) },
        "idle_timeout": .fixed(\.http.idleTimeout) { try $0.duration() },
        "write_timeout": .fixed(\.http.writeTimeout) { try $0.duration() },
        "max_connections": .fixed(\.http.maxConnections) { try $0.integer(in: 2...1_000_000) },
    ]

    private static let shutdown: [String: Setting] = [
        "finish_requests": .fixed(\.http.finishRequests) { try $0.duration() },
        "final_scrape": .fixed(\.http.finalScrape) { try $0.duration() },
    ]

    private static let billing: [String: Setting] = [
        "settle": .fixed(\.billing.settleNanoseconds) {
            UInt64(try $0.duration().nanoseconds(from: .milliseconds(1), in: $0))
        },
        "max_waiting": .fixed(\.billing.maxWaiting) { try $0.integer(in: 256...8_388_608) },
        "remembered_keys": .fixed(\.billing.rememberedKeys) { try $0.integer(in: 1024...67_108_864) },
        "retry_horizon": .fixed(\.billing.retryNanoseconds) {
            UInt64(try $0.duration().nanoseconds(from: .zero, in: $0))
        },
        "remembered_bytes": .fixed(\.billing.rememberedBytes) { try bytes($0, 1 << 20...1 << 36) },
        "remembered_parents": .fixed(\.billing.rememberedParents) { try $0.integer(in: 1024...67_108_864) },
        "count_childless_agents": .fixed(\.billing.countChildlessAgents) { try $0.boolean() },
    ]

    private static let exposition: [String: Setting] = [
        "created": .fixed(\.page.showsCreated) { try $0.boolean() },
        "zero_first": .fixed(\.page.showsZeroFirst) { try $0.boolean() },
        "gen_ai_view": .fixed(\.modelCalls.conventionsView) { try $0.boolean() },
        "openlit_view": .fixed(\.modelCalls.openLITView) { try $0.boolean() },
    ]

    private static let buckets: [String: Setting] = [
        "duration": .fixed(\.modelCalls.buckets.duration, bounds),
        "time_to_first_token": .fixed(\.modelCalls.buckets.timeToFirstToken, bounds),
        "time_per_output_token": .fixed(\.modelCalls.buckets.timePerOutputToken, bounds),
    ]

    private static let limits: [String: Setting] = [
        "series": .fixed(\.seriesCeiling) { try $0.integer(in: 100...10_000_000) },
        "values": .fixed(\.valueLimits, valueLimits),
        "unpriced": .fixed(\.unpricedEntries) { try $0.integer(in: 1...10_000) },
        "known_series_percent": .fixed(\.knownSeriesPercent) { try $0.integer(in: 0...100) },
        "matched_models": .fixed(\.matchedModels) { try $0.integer(in: 0...1_000_000) },
        "unknown_models": .fixed(\.unknownModels) { try $0.integer(in: 0...1_000_000) },
    ]

    private static let prices: [String: Setting] = [
        "files": .live(\.priceFiles, priceFiles),
        "approximate": .live(\.pricing.allowsApproximate) { try $0.boolean() },
        "cache_entries": .live(\.pricing.cacheEntries) { try $0.integer(in: 1...1_048_576) },
        "reported_cost": .live(\.pricing.reportedCosts, reportedCosts),
    ]

    private static let reload: [String: Setting] = [
        "watch": .live(\.watchesFiles) { try $0.boolean() }
    ]

    private static let storage: [String: Setting] = [
        "path": .fixed(\.storagePath) { try $0.string() },
        "sync": .fixed(\.storageSync, choice),
        "calls": .fixed(\.rows.keepsCalls) { try $0.boolean() },
        "max_bytes": .fixed(\.rows.mostBytes) { try bytes($0, 64 << 20...1 << 46) },
        "retention": .fixed(\.retention, retention),
        "memory_calls": .fixed(\.memoryCalls) { try $0.integer(in: Settings.memoryCallsRange) },
    ]

    private static let traces: [String: Setting] = [
        "quiet": .fixed(\.traceQuiet, quietTime),
        "session_quiet": .fixed(\.sessionQuiet) {
            UInt64(try $0.duration().nanoseconds(from: .seconds(60), in: $0))
        },
    ]

    private static let log: [String: Setting] = [
        "level": .live(\.logging.level, choice),
        "format": .fixed(\.logging.format, choice),
    ]

    /// Keys at the top level that are no section.
    private static let lists: [String: Setting] = [
        "labels": .fixed(\.labels, labels),
        "attributes": .fixed(\.attributes, attributes),
        "model_label": .fixed(\.modelLabel, choice),
        "shadow_books": .live(\.shadowBooks, shadowBooks),
        "tz": .live(\.zone, zone),
    ]
}
