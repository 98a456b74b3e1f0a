// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Exposition
import Foundation
import TestSupport
import Testing

@testable import llm_cost_exporter

/// What a build says of itself.
@Suite struct VersionTests {
    @Test func `the version is the one in the file VERSION`() throws {
        let file = try String(contentsOf: Repository.root.appending(path: "VERSION"), encoding: .utf8)
        #expect(file == Version.text + "\n")
        #expect(file.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
    }

    @Test(arguments: [["--version"], ["-v"], ["version"], ["serve", "--version"]])
    func `every way to ask prints the same report`(arguments: [String]) throws {
        let result = try run(Repository.service, arguments)
        #expect(result.status == 0)
        #expect(String(decoding: result.output, as: UTF8.self) == Version.report + "\n")
    }

    @Test func `the report has version, revision, date of the commit and Swift version`() {
        let build = BuildInfo(
            version: "1.2.3", revision: "0123abc-modified", commitDate: "2026-11-28T17:00:00Z", swiftVersion: "6.3.1")
        #expect(
            Version.report(of: build) == """
                llm-cost-exporter 1.2.3
                revision:    0123abc-modified
                commit date: 2026-11-28T17:00:00Z
                Swift:       6.3.1
                """)
    }

    @Test func `a build without the history of the source says so`() {
        let build = BuildInfo(version: "1.2.3", revision: "unknown", commitDate: "unknown", swiftVersion: "6.3.1")
        #expect(
            Version.report(of: build).contains("revision:    unknown (built without the history of the source)\n"))
    }

    @Test func `this build knows its compiler, and has a revision and a date or neither`() {
        let build = BuildInfo.current
        #expect(build.swiftVersion.wholeMatch(of: /[0-9]+\.[0-9]+.*/) != nil)
        #expect(build.revision.wholeMatch(of: /[0-9a-f]{40}([0-9a-f]{24})?(-modified)?|unknown/) != nil)
        #expect((build.revision == "unknown") == (build.commitDate == "unknown"))
        #expect(build.commitDate.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z|unknown/) != nil)
    }

    @Test func `build_info has the figures of the report as labels`() {
        let store = MetricsStore()
        let build = BuildInfo(version: "1.2.3", revision: "0123abc", commitDate: "unknown", swiftVersion: "6.3.1")
        let service = ServiceMetrics(store: store, build: build)
        withExtendedLifetime(service) {
            let page = String(
                decoding: MetricsPage(store: store, health: []).render(.prometheusText), as: UTF8.self)
            #expect(
                page.contains(
                    #"llm_cost_exporter_build_info{version="1.2.3",revision="0123abc",commit_date="unknown",swift_version="6.3.1"} 1"#
                ))
        }
    }
}
