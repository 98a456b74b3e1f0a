// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// `import` adds the calls of recorded runs to the folder of a service that has ended.
@Suite struct ImportCommandTests {
    private static let settings = "billing: {settle: 100ms}\nstorage: {retention: {calls: 3660d, rollups: 3660d}}\n"
    private let temporary: TemporaryFolder
    private let folder: String
    private let file: String

    init() throws {
        temporary = try TemporaryFolder()
        folder = temporary.url.appending(path: "ledger").path
        file = temporary.url.appending(path: "own.yaml").path
        try Self.settings.write(toFile: file, atomically: true, encoding: .utf8)
    }

    private func command(_ words: [String]) throws -> ProgramResult {
        try run(Repository.service, words + ["--storage.path", folder, "--config.file", file])
    }

    private static func posts(_ instrumentation: String) throws -> [Capture.Post] {
        try Capture.all(of: instrumentation).flatMap { try $0.posts() }
    }

    /// The calls and the known cost of all time.
    private func stored() throws -> (calls: Int, cost: String) {
        let result = try command(
            [
                "report", "--totals", "--format", "json", "--measures", "calls,cost", "--from", "2020-01-01", "--to",
                "2099-01-01",
            ])
        let answer = try #require(try JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any])
        let row = (answer["rows"] as? [[String: Any]])?.first ?? [:]
        return (row["calls"] as? Int ?? 0, row["known_cost"] as? String ?? "")
    }

    private func runService(_ body: (ServiceUnderTest) throws -> Void = { _ in }) throws -> Exposition {
        let service = try ServiceUnderTest(["--storage.path", folder], settings: Self.settings)
        try body(service)
        let shown = try service.scrapeSettled { $0.sum("llm_cost_exporter_storage_backlog_calls") == 0 }
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        return shown
    }

    @Test func `old bodies become rows under their own dates, once, and counters stay`() throws {
        let own = try Self.posts("strands")
        let before = try runService { service in
            for post in own { _ = try service.post(post.body, headers: post.headers) }
            _ = try service.scrapeSettled { $0.sum("llm_requests_total") > 0 }
        }
        let kept = try stored()
        #expect(kept.calls == Int(before.sum("llm_requests_total")))

        let old = try Self.posts("otel-openai-v2").map(\.file.path)
        let imported = try command(["import"] + old + own.map(\.file.path))
        #expect(imported.status == 0, "\(imported.log)")
        let replayed = Exposition(try run(Repository.service, ["replay"] + old).text)
        let calls = Int(replayed.sum("llm_requests_total"))
        #expect(imported.text.hasPrefix("imported: \(calls) calls, "), "\(imported.text)")
        #expect(imported.text.contains("that the ledger has already"))
        let check = try command(["ledger", "check"])
        #expect(check.status == 0, "\(check.text)")
        let sum = try stored()
        #expect(sum.calls == kept.calls + calls)

        // A second time there is nothing new.
        let again = try command(["import"] + old)
        #expect(again.text.hasPrefix("imported: 0 calls, 0 dollars"), "\(again.text)")
        #expect(try stored() == sum)

        // The service goes on with its counters, and adds to the same rows.
        let more = try Self.posts("langfuse")
        let after = try runService { service in
            let first = try service.scrapeSettled()
            #expect(first.sum("llm_requests_total") == before.sum("llm_requests_total"))
            #expect(first.sum("llm_cost_dollars_total") == before.sum("llm_cost_dollars_total"))
            for post in more { _ = try service.post(post.body, headers: post.headers) }
            _ = try service.scrapeSettled { $0.sum("llm_requests_total") > before.sum("llm_requests_total") }
        }
        #expect(try stored().calls == Int(after.sum("llm_requests_total")) + calls)
        let last = try command(["ledger", "check"])
        #expect(last.status == 0, "\(last.text)")
        let info = try command(["ledger", "info"])
        #expect(info.text.contains("imported"), "\(info.text)")
    }

    @Test func `calls that would not be kept are left out, and a folder in use is not touched`() throws {
        let own = try Self.posts("strands").map(\.file.path)
        let nothing = try command(["import"] + own)
        #expect(nothing.status == 1 && nothing.log.contains("there is no such folder"), "\(nothing.log)")
        _ = try runService { service in
            let refused = try command(["import"] + own)
            #expect(refused.status == 1 && refused.log.contains("is in use by process"), "\(refused.log)")
            #expect(refused.log.contains("stop that process first, then run this command again"), "\(refused.log)")
        }
        try "storage: {retention: {calls: 1d}}\n".write(toFile: file, atomically: true, encoding: .utf8)
        let old = try command(["import"] + own)
        #expect(old.status == 0 && old.text.hasPrefix("imported: 0 calls"), "\(old.text)\(old.log)")
        #expect(old.text.contains("storage.retention.calls"))
        try "storage: {calls: false}\n".write(toFile: file, atomically: true, encoding: .utf8)
        let uncounted = try command(["import"] + own)
        #expect(uncounted.status == 1 && uncounted.log.contains("storage.calls is false"), "\(uncounted.log)")
        try Self.settings.write(toFile: file, atomically: true, encoding: .utf8)
        let missing = try command(["import", "no-such-file"] + own)
        #expect(missing.status == 1 && missing.log.hasPrefix("no-such-file: the file cannot be read"))
        #expect(missing.text.hasPrefix("imported: "))
        let check = try command(["ledger", "check"])
        #expect(check.status == 0, "\(check.text)")
    }
}
