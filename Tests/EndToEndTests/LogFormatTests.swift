// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The lines of the log of a whole service.
@Suite struct LogFormatTests {
    @Test func `at debug the log has one line for each body and none that a library writes about itself`() throws {
        let service = try ServiceUnderTest(["--log.level", "debug"])
        let capture = try #require(try Capture("otel-openai-v2", "chat").posts().first)
        for _ in 0..<3 { _ = try service.post(capture.body, headers: capture.headers) }
        _ = try service.post(Array("no protobuf".utf8))
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        let lines = service.process.log.split(separator: "\n")
        let bodies = lines.filter { $0.contains("msg=body") }
        #expect(bodies.count == 4)
        #expect(bodies.filter { $0.contains("outcome=accepted") && $0.contains("spans=1") }.count == 3)
        #expect(bodies.filter { $0.contains("outcome=malformed") }.count == 1)
        #expect(lines.allSatisfy { !$0.contains("sl-") && $0.utf8.count < 600 })
    }

    @Test(
        arguments: [
            (
                [],
                "no folder, and no calls in memory: figures end with the process, and questions about calls have no answers"
            ),
            (
                ["--storage.memory-calls", "10"],
                "no folder: figures, and the newest calls for questions, are in memory only and end with the process"
            ),
        ] as [([String], String)])
    func `the start says whether questions about calls have answers`(flags: [String], sentence: String) throws {
        let service = try ServiceUnderTest(flags)
        #expect(service.process.log.contains(sentence), "\(service.process.log)")
        let isRefused = try service.get("/api/v1/summary").status == 409
        #expect(isRefused == flags.isEmpty)
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
    }

    @Test func `a JSON log has the same lines, each an object of texts`() throws {
        let service = try ServiceUnderTest(
            settings: "log: {format: json, level: debug}\nbilling: {settle: 100ms}", shell: #"exec "$0" "$@""#)
        _ = try service.post(Array("{".utf8))
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        let lines = service.process.log.split(separator: "\n")
        let objects = lines.compactMap { try? JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
        #expect(objects.count == lines.count)
        #expect(objects.allSatisfy { ["time", "level", "msg"].allSatisfy($0.keys.contains) })
        let refused = objects.first { $0["msg"] == "requests were refused" }
        #expect(refused?["reason"] == "the body is JSON, and its content type says protobuf")
        #expect(refused?["remedy"] == "send Content-Type: application/json")
    }
}
