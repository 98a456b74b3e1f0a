// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Foundation
import Ingest
import Testing
import TestRooms
import TestSupport

/// Whole expositions of recorded runs.
///
/// With `REWRITE_GOLDEN=1` in the environment the files are written anew; the difference is to be read like code.
@Suite struct GoldenTests {
    @Test(arguments: [
        Capture("otel-genai-openai", "many"), Capture("otel-openai-v2", "many_split"),
        Capture("otel-google-genai", "g_cached_thinking"), Capture("anthropic-sdk-native", "a_cached"),
        Capture("otel-openai-v2", "error_429"),
    ])
    func `the exposition of a recorded run is what it was`(capture: Capture) throws {
        try check(try Replayed(), capture, "\(capture.instrumentation).\(capture.scenario).prom")
    }

    @Test func `the exposition of a recorded run with every view is what it was`() throws {
        var calls = ModelCallMetricsConfiguration()
        calls.addViews()
        try check(try Replayed(calls: calls), Capture("otel-genai-openai", "many"), "otel-genai-openai.many.views.prom")
    }

    private func check(_ replayed: Replayed, _ capture: Capture, _ name: String) throws {
        for post in try capture.posts() {
            try replayed.ingest(post.body, coding: post.headers["content-encoding"] == "gzip" ? .gzip : .identity)
        }
        let file = Repository.root.appending(path: "Tests/CallMetricsTests/Golden").appending(path: name)
        // What depends on the price book's date stays out; prices are part of it, since they are the point.
        let text = replayed.text
        if ProcessInfo.processInfo.environment["REWRITE_GOLDEN"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }
}
