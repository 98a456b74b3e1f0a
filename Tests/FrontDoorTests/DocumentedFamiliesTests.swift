// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CallMetrics
import Exposition
import Foundation
import TestSupport
import Testing

@testable import llm_cost_exporter

/// `docs/metrics.md` has a row for each family of the catalogue, and no other, and says of it what the catalogue says.
///
/// With `REWRITE_GOLDEN=1` in the environment the test writes types, labels and buckets anew, and a row for each new family;
/// the meanings stay as they are. The difference is to be read like code.
@Suite struct DocumentedFamiliesTests {
    private static let path = "docs/metrics.md"
    private let families: [MetricFamily]
    /// By name: the cells of the row.
    private let documented: [String: [String]]
    /// By label: the code in its paragraph of the section about labels.
    private let labels: [String: [String]]

    init() throws {
        families = try FamilyCatalogueTests.whole().families
        let rows = try MarkdownPage(Self.path).rows(by: "family")
        documented = try Dictionary(
            uniqueKeysWithValues: rows.map { (try #require(MarkdownPage.code(in: $0[0]).first), $0) })
        let text = try FamilyTable.text(Self.path)
        let paragraphs = text.components(separatedBy: "\n- ").dropFirst().map { paragraph in
            MarkdownPage.code(in: paragraph.components(separatedBy: "\n\n")[0])
        }
        labels = Dictionary(paragraphs.compactMap { code in code.first.map { ($0, code) } }) { first, _ in first }
    }

    @Test func `each family has a row, and each row is a family`() {
        let names = Set(families.map(\.name))
        #expect(names.subtracting(documented.keys) == [])
        #expect(Set(documented.keys).subtracting(names) == [])
    }

    @Test func `types, labels and buckets are those of the catalogue`() throws {
        let text = try FamilyTable.text(Self.path)
        let derived = FamilyTable(families).derived(text)
        if ProcessInfo.processInfo.environment["REWRITE_GOLDEN"] == "1" {
            try derived.write(to: Repository.root.appending(path: Self.path), atomically: true, encoding: .utf8)
        }
        let (present, wanted) = (text.components(separatedBy: "\n"), derived.components(separatedBy: "\n"))
        #expect(Array(Set(wanted).subtracting(present)).sorted() == [])
        #expect(wanted.count == present.count)
    }

    @Test func `the meaning names each value of a label that has only these`() {
        for family in families {
            let meaning = MarkdownPage.code(in: documented[family.name]?[3] ?? "")
            for label in family.labels where !label.values.isEmpty {
                let told = Set(meaning).union(labels[label.name] ?? [])
                #expect(Set(label.values).subtracting(told) == [], "\(family.name) \(label.name)")
            }
        }
    }

    @Test func `words that the meaning lists are values of a label, labels or families`() {
        let names = Set(families.map(\.name))
        for family in families {
            var values = Set(family.labels.flatMap(\.values))
            guard !values.isEmpty else { continue }
            values.insert("__overflow__")
            for word in MarkdownPage.code(in: documented[family.name]?[3] ?? "")
            where word.allSatisfy({ $0.isLowercase || $0.isNumber || $0 == "_" }) {
                let isLabel = family.labels.contains { $0.name == word }
                #expect(values.contains(word) || isLabel || names.contains(word), "\(family.name) \(word)")
            }
        }
    }

    @Test func `a name that ends in a unit has it, and a later version than the first is in the meaning`() throws {
        let present = Version.number(FamilyTable.version)
        for family in families {
            for unit in MetricFamily.Unit.allCases where family.baseName.hasSuffix("_\(unit.rawValue)") {
                #expect(family.unit == unit, "\(family.name)")
            }
            #expect(!present.lexicographicallyPrecedes(Version.number(family.since)), "\(family.name)")
            guard family.since != MetricFamily.firstVersion else { continue }
            #expect(documented[family.name]?[3].contains("Since \(family.since)") ?? false, "\(family.name)")
        }
    }

    @Test func `the series of one label set of OpenLIT's names are as many as the page says`() throws {
        let series = families.filter { $0.view == .openLIT }.map(\.seriesPerLabelSet).reduce(0, +)
        #expect(try FamilyTable.text(Self.path).contains("has up to \(series) series"))
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
}

extension Version {
    fileprivate static func number(_ text: String) -> [Int] { text.split(separator: ".").compactMap { Int($0) } }
}
