// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Every recorded run is read as a right reader of its bodies would read it.
@Suite struct CaptureTests {
    /// Scenarios whose spans are in no other.
    private static let distinct = Capture.all.filter { $0.instrumentation != Capture.mergedInstrumentation }

    @Test(arguments: Capture.all, ArrivalOrder.allCases)
    func `Calls and tokens are those of the bodies, in whatever order spans arrive`(
        capture: Capture, order: ArrivalOrder
    ) throws {
        let folder = try TemporaryFolder()
        let shown = try replay(order.files(of: capture, in: folder))
        #expect(try shown.differences(from: capture.acceptedTotals()) == [])
    }

    @Test func `All recorded runs in one replay give the sum of what each gives`() throws {
        try #require(!Self.distinct.isEmpty)
        let shown = try replay(Self.distinct.flatMap { try $0.posts() }.map(\.file))
        let parts = try Self.distinct.map { try $0.acceptedTotals() }
        #expect(shown.differences(from: CallTotals.sums(of: parts)) == [])
    }

    @Test func `All recorded runs sent to one service give the sum of what each gives`() throws {
        let service = try ServiceUnderTest()
        var connection = try HTTPConnection(port: service.otlpPort)
        var refused: [String] = []
        var spans = 0
        for capture in Self.distinct {
            for post in try capture.posts() {
                let response = try connection.send("POST", "/v1/traces", headers: post.headers, body: post.body)
                if response.status != 200 { refused.append("\(response.status) for \(capture.testDescription)") }
                if response.headers["connection"] == "close" { connection = try HTTPConnection(port: service.otlpPort) }
                spans += try post.singleSpanBodies().count
            }
        }
        #expect(refused == [])

        let last = try service.stopAndScrape()
        let parts = try Self.distinct.map { try $0.acceptedTotals() }
        #expect(CallTotals(last).differences(from: CallTotals.sums(of: parts)) == [])
        #expect(last.sum("llm_cost_exporter_spans_total") == Double(spans))
    }

    private func replay(_ files: [URL]) throws -> CallTotals {
        let replayed = try run(Repository.service, ["replay"] + files.map(\.path))
        try #require(replayed.status == 0, "\(replayed.log)")
        return CallTotals(Exposition(replayed.text))
    }
}
