// SPDX-License-Identifier: Apache-2.0
import Aggregation
import ArgumentParser
import CallMetrics
import Exposition
import Foundation
import Overview
import Pricing
import Testing
import TestSupport

@testable import llm_cost_exporter

/// `docs/metrics.md` has a row for each family that the service registers, and no other.
@Suite struct DocumentedFamiliesTests {
    /// By name: the cells of the row.
    private let documented: [String: [String]]
    /// By name, everything that some setting turns on included.
    private let registered: [String: MetricFamily]
    /// What a service shows that has received nothing.
    private let shown: TestSupport.Exposition

    init() throws {
        let rows = try MarkdownPage("docs/metrics.md").rows(by: "family")
        documented = try Dictionary(
            uniqueKeysWithValues: rows.map { (try #require(MarkdownPage.code(in: $0[0]).first), $0) })

        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "settings.yaml")
        try "exposition: {gen_ai_view: true}\nshadow_books: [{name: other, files: []}]"
            .write(to: file, atomically: true, encoding: .utf8)
        let loaded = try Loaded(ConfigFileFlag.parse(["--config.file", file.path]))
        let clock = AssemblyClock(
            monotonicNanoseconds: { 1_000_000_000 }, wallNanoseconds: { 1_790_000_000_000_000_000 },
            processLevels: { ProcessLevels() },
            logLosses: { LogLosses(queueFull: 0, writeFailed: 0, rateLimit: 0) },
            scrapers: { (regular: 0, forgotten: 0) })
        let guest = OverviewKeeper(since: 0, zone: .utc).guest
        let page = Assembly(loaded, clock: clock, guests: [guest]).page
        shown = TestSupport.Exposition(String(decoding: page.render(.prometheusText), as: UTF8.self))
        // The page leaves out families without series, so that the registry behind it is asked.
        let store = try #require(Mirror(reflecting: page).descendant("store") as? MetricsStore)
        let families = store.update { $0.snapshot.families }
        registered = Dictionary(uniqueKeysWithValues: families.map { ($0.name, $0) })
    }

    @Test func `each family has a row, and each row is a family`() {
        #expect(Set(registered.keys).subtracting(documented.keys) == [])
        #expect(Set(documented.keys).subtracting(registered.keys) == [])
    }

    @Test func `types, labels and buckets are those of the code`() {
        for (name, family) in registered {
            guard let row = documented[name], row.count == 4 else { continue }
            #expect(row[1] == Self.type(of: family.kind), "\(name)")
            #expect(row[2].split(separator: ", ").map(String.init) == family.labels.map(\.name), "\(name)")
            guard case .histogram(let bounds) = family.kind, let told = Self.buckets(in: row[3]) else { continue }
            let unit = (0..<family.scale).reduce(1.0) { value, _ in value * 10 }
            #expect(told.map { Int64(($0 * unit).rounded()) } == bounds, "\(name)")
        }
    }

    @Test func `values of labels that are there from the start are in their rows`() {
        for sample in shown.samples {
            for (label, value) in sample.labels where ["outcome", "reason", "anomaly"].contains(label) {
                let row = documented[sample.name]
                #expect(row.map { MarkdownPage.code(in: $0[3]).contains(value) } ?? false, "\(sample.name) \(value)")
            }
        }
    }

    @Test func `a search for the name of a family finds the line that registers it`() throws {
        let folder = Repository.root.appending(path: "Sources")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var code = ""
        for case let file as URL in files where file.pathExtension == "swift" {
            code += try String(contentsOf: file, encoding: .utf8)
        }
        #expect(documented.keys.filter { !code.contains("\"\($0)\"") } == [])
    }

    private static func type(of kind: MetricFamily.Kind) -> String {
        switch kind {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }

    /// The bounds behind the word Buckets; `nil` where a row describes them.
    private static func buckets(in meaning: String) -> [Double]? {
        guard let start = meaning.range(of: "Buckets ") else { return nil }
        let bounds = meaning[start.upperBound...].components(separatedBy: ", ").map { Double($0) }
        return bounds.contains(nil) ? nil : bounds.compactMap(\.self)
    }
}
