// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// `reprice` on the folder of a service, while it runs.
@Suite struct RepriceCommandTests {
    private let temporary: TemporaryFolder
    private let folder: String

    init() throws {
        temporary = try TemporaryFolder()
        folder = temporary.url.appending(path: "ledger").path
    }

    private func reprice(_ words: [String]) throws -> ProgramResult {
        try run(Repository.service, ["reprice", "--storage.path", folder, "--from", "2020-01-01"] + words)
    }

    private func object(_ result: ProgramResult) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any], "\(result.log)")
    }

    @Test func `recorded runs keep their prices, and get others as adjusted_cost`() throws {
        let service = try ServiceUnderTest(["--storage.path", folder], settings: "billing: {settle: 100ms}")
        for post in try Capture.all.flatMap({ try $0.posts() }) {
            _ = try service.post(post.body, headers: post.headers)
        }
        let metrics = try service.scrapeSettled {
            $0.sum("llm_requests_total") > 0 && $0.sum("llm_cost_exporter_storage_backlog_calls") == 0
        }
        let calls = Int(metrics.sum("llm_requests_total"))
        func same() throws -> [String: Any] {
            try object(try reprice(["--dry-run", "--format", "json"]))["total"] as? [String: Any] ?? [:]
        }
        let total = try poll(for: "the rows of all calls") {
            let total = try same()
            return total["calls"] as? Int == calls ? total : nil
        }
        // By the prices that they were counted with.
        #expect(total["changed"] as? Int == 0, "\(total)")
        #expect(total["skipped"] as? Int == 0, "\(total)")

        let prices = temporary.url.appending(path: "dearer.yaml")
        try "format: pricebook/1\nversion: dearer\ndiscount: [{by: \"2\"}]\n".write(
            to: prices, atomically: true, encoding: .utf8)
        let dry = try reprice(["--prices", prices.path, "--dry-run"])
        #expect(dry.text.contains("nothing was written; leave out --dry-run"), "\(dry.text)\(dry.log)")
        let before = try service.get("/api/v1/costs?from=2020-01-01&to=2099-01-01&measures=cost,adjusted_cost").text
        let done = try object(try reprice(["--prices", prices.path, "--format", "json"]))
        let sums = done["total"] as? [String: Any] ?? [:]
        #expect((sums["changed"] as? Int ?? 0) > 20)
        let answer = try service.get("/api/v1/costs?from=2020-01-01&to=2099-01-01&measures=cost,adjusted_cost").text
        #expect(answer != before)
        #expect(answer.contains("\"known_cost\": \"\(sums["known_cost_before"] ?? "")\""))
        let again = try object(try reprice(["--prices", prices.path, "--format", "json"]))
        #expect((again["total"] as? [String: Any])?["changed"] as? Int == 0)
        #expect(
            (again["total"] as? [String: Any])?["known_cost_before"] as? String == sums["known_cost_after"] as? String)
        let lines = try run(
            Repository.service,
            ["export", "--storage.path", folder, "--from", "2020-01-01", "--format", "jsonl"]
        ).text.split(separator: "\n")
        let adjusted = try lines.count { line in
            let call = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return call?["cost"] as? String != call?["adjusted_cost"] as? String
        }
        #expect(adjusted == sums["changed"] as? Int)

        // What was counted is as it was.
        let later = try service.scrapeSettled()
        #expect(later.sum("llm_cost_dollars_total") == metrics.sum("llm_cost_dollars_total"))
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        let check = try run(Repository.service, ["ledger", "check", "--storage.path", folder])
        #expect(check.status == 0, "\(check.text)")
    }

    @Test func `prices of the settings' files are not taken back by a command that does not read them`() throws {
        let files = try PriceFolder(
            settings: "billing: {settle: 50ms}\nprices: {files: [prices.yaml]}\nstorage: {path: \(folder)}\n",
            prices: PriceFolder.prices(input: 3, output: 4).replacing("models:", with: "version: \"7\"\nmodels:"))
        let service = try ServiceUnderTest(files.arguments)
        let id = "4bf92f3577b34da6a3ce929d0e0e4736"
        _ = try service.post(
            Array(
                """
                {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "\(id)", "spanId": "00f067aa0ba902b7",
                "startTimeUnixNano": "\(1_785_000_000_000_000_000 as Int)", "endTimeUnixNano": "\(1_785_000_001_000_000_000 as Int)",
                "attributes": [{"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
                {"key": "gen_ai.provider.name", "value": {"stringValue": "acme"}},
                {"key": "gen_ai.request.model", "value": {"stringValue": "m"}},
                {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "1000000"}}]}]}]}]}
                """.utf8), headers: ["Content-Type": "application/json"])
        let trace = try poll(for: "the stored call") {
            let answer = try service.get("/api/v1/traces/\(id)")
            return answer.status == 200 ? answer.text : nil
        }
        #expect(trace.contains(" + prices.yaml (7)\"}"), "\(trace)")

        let refused = try reprice([])
        #expect(refused.status == 64 && refused.output.isEmpty)
        #expect(
            refused.log.contains(
                "1 call of the period was priced with the price file prices.yaml, which is not among the prices of this command; "
                    + "name the settings of the service by --config.file FILE"), "\(refused.log)")
        let settled = try run(
            Repository.service, ["reprice", "--from", "2020-01-01"] + files.arguments)
        #expect(settled.status == 0, "\(settled.log)")
        #expect(settled.text.contains(" and the price file over it, \(files.path("prices.yaml"))\n"), "\(settled.text)")
        #expect(settled.text.contains("nothing has changed"))
        let object = try object(
            try reprice(["--prices", files.path("prices.yaml"), "--dry-run", "--format", "json"]))
        #expect(object["price_files"] as? [String] == [files.path("prices.yaml")])
        let forced = try reprice(["--allow-missing-files", "--dry-run"])
        #expect(forced.status == 0 && forced.text.contains(" alone\n"), "\(forced.text)\(forced.log)")
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
    }

    @Test func `a wrong use is told with the remedy`() throws {
        let bare = try run(Repository.service, ["reprice", "--storage.path", folder])
        #expect(bare.status == 64 && bare.log.contains("name the start of the period: --from"), "\(bare.log)")
        let none = try reprice([])
        #expect(none.status == 1 && none.log.contains("there is no such folder"), "\(none.log)")
        let time = try reprice(["--to", "tomorrow"])
        #expect(time.status == 1 || time.status == 64)
        let prices = try reprice(["--prices", "none.yaml"])
        #expect(prices.status == 1 && prices.log.contains("none.yaml does not exist"), "\(prices.log)")
    }
}
