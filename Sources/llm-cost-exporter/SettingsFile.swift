// SPDX-License-Identifier: Apache-2.0
import Billing
import Documents
import Foundation
import GenAI
import HTTPAPI
import Ingest

/// The settings file: YAML, read strictly.
///
/// An unknown key is an error, since it is most often a slip of the pen that would otherwise go unnoticed.
enum SettingsFile {
    /// Reads a file over the defaults.
    ///
    /// - Throws: ``SettingsError`` or `DocumentError`, which tell file and line.
    static func read(_ path: String) throws -> Settings {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw SettingsError.unreadable(path)
        }
        var settings = Settings()
        try apply(text, file: path, to: &settings)
        return settings
    }

    /// Lays the settings of a document over others.
    static func apply(_ text: String, file: String, to settings: inout Settings) throws {
        guard let root = try document(text, file: file), !root.isNull else { return }
        let known = (Array(sections.keys) + lists.keys).sorted()
        for section in try root.mapping(keys: known).entries where !section.value.isNull {
            if let setter = lists[section.key] {
                try setter(section.value, &settings)
                continue
            }
            let setters = sections[section.key] ?? [:]
            for entry in try section.value.mapping(keys: setters.keys.sorted()).entries where !entry.value.isNull {
                try setters[entry.key]?(entry.value, &settings)
            }
        }
    }

    /// The root of a document; `nil` for one of comments alone, which changes nothing.
    private static func document(_ text: String, file: String) throws -> DocumentNode? {
        do {
            return try Document.parse(text, file: file)
        } catch {
            if case .empty = error { return nil }
            throw error
        }
    }

    typealias Setter = @Sendable (DocumentNode, inout Settings) throws -> Void

    /// What each key of each section sets.
    private static let sections: [String: [String: Setter]] = [
        "otlp": otlp, "web": web, "http": http, "shutdown": shutdown, "billing": billing, "exposition": exposition,
        "buckets": buckets, "limits": limits, "prices": prices, "log": log,
    ]

    private static let otlp: [String: Setter] = [
        "listen_address": { $1.http.otlpAddress = try address($0) },
        "max_body_bytes": { $1.http.maxBodyBytes = try bytes($0, 1...1 << 30) },
        "max_inflated_bytes": {
            $1.http.maxInflatedBytes = try bytes($0, 1...1 << 30)
            $1.ingest.maxInflatedBytes = $1.http.maxInflatedBytes
        },
        "max_inflight_bytes": { $1.http.maxInflightBytes = try bytes($0, 1...1 << 40) },
        "max_spans_per_body": { $1.ingest.maxSpansPerBody = try $0.integer(in: 1...16_777_216) },
        "workers": { $1.http.workers = try $0.integer(in: 0...1024) },
    ]

    private static let web: [String: Setter] = [
        "listen_address": { $1.http.webAddress = try address($0) },
        "telemetry_path": { $1.http.telemetryPath = try $0.string() },
    ]

    private static let http: [String: Setter] = [
        "header_timeout": { $1.http.headerTimeout = try $0.duration() },
        "body_timeout": { $1.http.bodyTimeout = try $0.duration() },
        "idle_timeout": { $1.http.idleTimeout = try $0.duration() },
        "max_connections": { $1.http.maxConnections = try $0.integer(in: 1...1_000_000) },
    ]

    private static let shutdown: [String: Setter] = [
        "finish_requests": { $1.http.finishRequests = try $0.duration() },
        "final_scrape": { $1.http.finalScrape = try $0.duration() },
    ]

    private static let billing: [String: Setter] = [
        "settle": {
            $1.billing.settleNanoseconds = UInt64(try $0.duration().nanoseconds(from: .milliseconds(1), in: $0))
        },
        "max_waiting": { $1.billing.maxWaiting = try $0.integer(in: 256...8_388_608) },
        "remembered_keys": { $1.billing.rememberedKeys = try $0.integer(in: 1024...67_108_864) },
        "links": { $1.billing.links = try $0.integer(in: 1024...67_108_864) },
        "count_childless_agents": { $1.billing.countChildlessAgents = try $0.boolean() },
    ]

    private static let exposition: [String: Setter] = [
        "created": { $1.page.showsCreated = try $0.boolean() },
        "gen_ai_view": { $1.modelCalls.conventionsView = try $0.boolean() },
    ]

    private static let buckets: [String: Setter] = [
        "duration": { $1.modelCalls.buckets.duration = try bounds($0) },
        "time_to_first_token": { $1.modelCalls.buckets.timeToFirstToken = try bounds($0) },
        "time_per_output_token": { $1.modelCalls.buckets.timePerOutputToken = try bounds($0) },
    ]

    private static let limits: [String: Setter] = [
        "series": { $1.seriesCeiling = try $0.integer(in: 100...10_000_000) },
        "values": { $1.valueLimits = try valueLimits($0) },
    ]

    private static let prices: [String: Setter] = [
        "cache_entries": { $1.priceCacheEntries = try $0.integer(in: 1...1_048_576) },
        "reported_cost": { $1.reportedCosts = try reportedCosts($0) },
    ]

    /// Sections that are no mapping of fixed keys to single values.
    private static let lists: [String: Setter] = [
        "labels": { $1.labels = try labels($0) },
        "attributes": { $1.attributes = try attributes($0) },
    ]

    private static let log: [String: Setter] = [
        "level": { $1.logging.level = try choice($0) },
        "format": { $1.logging.format = try choice($0) },
    ]

    private static func address(_ node: DocumentNode) throws -> ListenAddress {
        let text = try node.string()
        do throws(HTTPAPIError) {
            return try ListenAddress(text)
        } catch {
            throw SettingsError.invalid(node.position, "\(error)")
        }
    }

    private static func bytes(_ node: DocumentNode, _ range: ClosedRange<Int>) throws -> Int {
        let count = try node.byteCount()
        guard range.contains(count) else {
            throw node.unexpected("be from \(range.lowerBound) to \(range.upperBound) bytes")
        }
        return count
    }

    static func choice<Choice: RawRepresentable & CaseIterable>(_ node: DocumentNode) throws -> Choice
    where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try node.string()) else {
            throw node.unexpected("be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// Bounds in seconds, ascending, as nanoseconds.
    private static func bounds(_ node: DocumentNode) throws -> [Int64] {
        var found: [Int64] = []
        for item in try node.sequence() {
            guard let bound = nanoseconds(try item.decimalText()), bound > found.last ?? -1 else {
                throw item.unexpected("be a number of seconds above the one before it, with at most 9 decimals")
            }
            found.append(bound)
        }
        guard (1...64).contains(found.count) else { throw node.unexpected("list 1 to 64 bounds in seconds") }
        return found
    }

    private static func nanoseconds(_ seconds: String) -> Int64? {
        let parts = seconds.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? parts[1] : ""
        guard fraction.count <= 9, parts[0].count <= 6 else { return nil }
        return Int64(parts[0] + fraction + String(repeating: "0", count: 9 - fraction.count))
    }

    private static func valueLimits(_ node: DocumentNode) throws -> [Vocabulary: Int] {
        var limits: [Vocabulary: Int] = [:]
        for entry in try node.mapping(keys: Vocabulary.allCases.map(\.rawValue).sorted()).entries {
            if let vocabulary = Vocabulary(rawValue: entry.key) {
                limits[vocabulary] = try entry.value.integer(in: 10...1_000_000)
            }
        }
        return limits
    }
}

extension Duration {
    /// Whole nanoseconds of a duration that is at least so long and at most a day.
    fileprivate func nanoseconds(from least: Duration, in node: DocumentNode) throws -> Int64 {
        guard self >= least, self <= .seconds(86_400) else { throw node.unexpected("be from \(least) to a day") }
        return components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}

/// Why settings were not accepted, beyond what the document itself tells.
enum SettingsError: Error, CustomStringConvertible {
    case unreadable(String)
    case invalid(DocumentPosition, String)

    var description: String {
        switch self {
        case .unreadable(let path):
            "\(path): the settings file cannot be read; give the path of a YAML file in UTF-8 to --config.file"
        case .invalid(let position, let problem): "\(position): \(problem)"
        }
    }
}
