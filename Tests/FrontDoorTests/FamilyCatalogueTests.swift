// SPDX-License-Identifier: Apache-2.0
import Aggregation
import ArgumentParser
import CallMetrics
import Exposition
import Foundation
import TestSupport
import Testing

@testable import llm_cost_exporter

/// The catalogue of families is what the service registers, and `grafana/families.json` is the catalogue.
///
/// With `REWRITE_GOLDEN=1` in the environment the file is written anew; the difference is to be read like code.
@Suite struct FamilyCatalogueTests {
    /// Every family that some setting turns on.
    static func whole() throws -> FamilyCatalogue {
        var files = FileStamps()
        return Metrics.catalogue(try Loaded(nil, noting: &files), isWhole: true)
    }

    private static func catalogue(settings: String) throws -> FamilyCatalogue {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "settings.yaml")
        try settings.write(to: file, atomically: true, encoding: .utf8)
        return Metrics.catalogue(try Loaded(ConfigFileFlag.parse(["--config.file", file.path])), isWhole: false)
    }

    @Test func `the committed file is the catalogue of the program`() throws {
        let file = Repository.root.appending(path: "grafana/families.json")
        let json = try Self.whole().json
        if ProcessInfo.processInfo.environment["REWRITE_GOLDEN"] == "1" {
            try json.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == json)
    }

    @Test func `the command prints the catalogue`() throws {
        let printed = try run(Repository.service, ["metrics", "--format", "json"])
        #expect(printed.status == 0)
        #expect(printed.text == (try Self.whole().json))
        let table = try run(Repository.service, ["metrics"]).text
        #expect(table.hasPrefix("family  "))
        #expect(table.contains("  counter    Cost of model calls in US dollars. By model, operation.\n"))
    }

    @Test func `the families are in the order of the page, and a page shows no other`() throws {
        let names = try Self.whole().families.map(\.name)
        #expect(Set(names).count == names.count)
        var files = FileStamps()
        let assembly = Assembly(try Loaded(nil, noting: &files), clock: nil)
        assembly.metrics.countBody(.accepted, receivedBytes: 1, inflatedBytes: 1, nanoseconds: 1)
        let page = String(decoding: assembly.page.render(.prometheusText), as: UTF8.self)
        let shown = page.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
        #expect(shown.count > 20)
        #expect(names.filter { shown.contains($0[...]) } == shown.map(String.init))
    }

    @Test func `each view of the settings has families, and only when it is on`() throws {
        for view in MetricFamily.View.allCases {
            #expect(try Self.whole().families.contains { $0.view == view })
            let on = try Self.catalogue(settings: "exposition: {\(view.rawValue)_view: true}")
            #expect(Set(on.families.compactMap(\.view)) == [view])
        }
        #expect(try Self.catalogue(settings: "tz: UTC").families.allSatisfy { $0.view == nil })
    }

    @Test func `labels of the settings are on the families that say so, and on no other`() throws {
        let settings =
            "labels: [{name: team, from: [resource.team]}, {name: kind, from: [resource.kind], histograms: true}]"
        for family in try Self.catalogue(settings: settings).families {
            let names = family.labels.map(\.name)
            #expect(names.contains("team") == family.addsLabels, "\(family.name)")
            guard case .histogram = family.kind else { continue }
            #expect(names.contains("kind") == names.contains("model"), "\(family.name)")
        }
    }
}
