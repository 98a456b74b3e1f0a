// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// `report`, `top`, `trace` and `export` on the folder of a service, while it runs and after it has ended.
@Suite struct QuestionCommandTests {
    private let temporary: TemporaryFolder
    private let folder: String

    init() throws {
        temporary = try TemporaryFolder()
        folder = temporary.url.appending(path: "ledger").path
    }

    private func ask(_ words: [String]) throws -> ProgramResult { try run(Repository.service, words) }

    private func objects(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test func `the commands answer as the API does, beside the service and after it`() throws {
        let service = try ServiceUnderTest(["--storage.path", folder], settings: "billing: {settle: 100ms}")
        let posts = try ["otel-openai-v2", "strands"].flatMap { Capture.all(of: $0) }.flatMap { try $0.posts() }
        for post in posts { _ = try service.post(post.body, headers: post.headers) }
        let metrics = try service.scrapeSettled {
            $0.sum("llm_requests_total") > 0 && $0.sum("llm_cost_exporter_storage_backlog_calls") == 0
        }
        let calls = Int(metrics.sum("llm_requests_total"))
        // Rows follow the counters within about a second.
        let period = ["--from", "2020-01-01", "--to", "2099-01-01"]
        let count = { () throws -> Int in
            let result = try ask(["report", folder, "--totals", "--format", "json", "--measures", "calls"] + period)
            let rows = try objects(result.text).first?["rows"] as? [[String: Any]]
            return rows?.first?["calls"] as? Int ?? 0
        }
        try poll(for: "the rows of all calls") { try count() == calls ? true : nil }

        let query = "from=2020-01-01&to=2099-01-01"
        for (words, path) in [
            (
                ["report", folder, "--by", "model,month", "--format", "csv", "--measures", "cost,calls"],
                "costs?\(query)&granularity=month&group_by=model&measures=cost,calls&format=csv"
            ),
            (
                ["report", folder, "--by", "model", "--format", "json", "--measures", "cost,calls"],
                "costs?\(query)&group_by=model&measures=cost,calls"
            ),
            (["top", "--storage.path", folder, "--by", "model", "--format", "json"], "top?\(query)&by=model"),
            (["export", "--storage.path", folder, "--format", "jsonl"], "export?\(query)&format=jsonl"),
            (["export", "--storage.path", folder], "export?\(query)"),
        ] {
            let result = try ask(words + period)
            #expect(result.status == 0, "\(result.log)")
            #expect(result.log.isEmpty)
            #expect(result.text == (try service.get("/api/v1/\(path)").text))
            // The folder as the argument is the same as behind the flag.
            guard let flag = words.firstIndex(of: "--storage.path") else { continue }
            var others = words
            others.remove(at: flag)
            #expect(try ask(others + period).text == result.text)
        }
        let top = try ask(["top", "--storage.path", folder, "--format", "json", "--limit", "1"] + period)
        let rows = try objects(top.text).first?["rows"] as? [[String: Any]] ?? []
        let trace = try #require(rows.first?["trace"] as? String)
        let shown = try ask(["trace", "--storage.path", folder, trace])
        #expect(shown.status == 0 && shown.text.hasPrefix("trace \(trace)"), "\(shown.text)\(shown.log)")
        #expect(shown.text.contains("not counted: repeats the calls below it"))
        #expect(!shown.text.contains("\u{1B}"))
        let json = try ask(["trace", trace, "--storage.path", folder, "--format", "json"])
        #expect(json.text == (try service.get("/api/v1/traces/\(trace)").text))
        #expect(try ask(["trace", folder, trace]).text == shown.text)
        #expect(try ask(["reprice", folder, "--dry-run"] + period).status == 0)

        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        let names = try Set(FileManager.default.contentsOfDirectory(atPath: folder))
        #expect(try count() == calls)
        let file = temporary.url.appending(path: "calls.csv")
        let written = try ask(["export", "--storage.path", folder, "--output", file.path] + period)
        #expect(written.status == 0 && written.output.isEmpty)
        #expect(try String(contentsOf: file, encoding: .utf8).split(separator: "\n").count == calls + 1)
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder)) == names)

        for (words, sentence) in [
            (["report", folder, "--by", "modle"], "--by: calls have no 'modle'; did you mean model?"),
            (["report", folder, "--by", "day,month"], "--by: rows are for one length of time; leave out month"),
            (["report", folder, "--from", "tomorrow"], "--from: 'tomorrow' is no time"),
            (["report", folder, "--from", "now", "--to", "now-1d"], "for example --from now-7d --to now"),
            (["report", folder, "--where", "model"], "--where: 'model' has no colon between key and value"),
            (["report", folder, "--prices", "a.yaml"], "--prices is for files"),
            (["report", folder, "--max-groups", "3"], "--max-groups is for files"),
            (["report", "--limit", "3", posts[0].file.path], "--limit is for the folder of a ledger"),
            (["report", "--from", "now-1d", posts[0].file.path], "--from is for the folder of a ledger"),
            (["report"], "name the folder of a ledger, or files with OTLP bodies"),
            (["top", "--storage.path", folder, "--by", "usr"], "--by: calls have no 'usr'; did you mean user?"),
            (["top", "--storage.path", folder, "--order-by", "price"], "--order-by: 'price' is none of cost"),
            (["trace", "--storage.path", folder, "12"], "trace: '12' is not 32 hexadecimal digits"),
            (["export", "--storage.path", folder, "--format", "xml"], "--format: 'xml' is none of csv"),
            (["export", "--storage.path", folder, "--group-by", "usr"], "--group-by: "),
            (["report", folder, "--by", "hour", "--from", "2020-01-01"], "--by: the period has more than"),
            (["trace", folder, "12"], "trace: '12' is not 32 hexadecimal digits"),
            (["trace", folder], "no folder is named; write it as the argument"),
            (["trace"], "the id of the trace is missing"),
            (
                ["trace", folder, trace, "12"],
                "'12' is one argument too many; write at most the folder and then the id"
            ),
            (["top", folder, "--storage.path", folder], "both name a folder; give the folder once"),
            (["export"], "no folder is named; write it as the argument, or --storage.path FOLDER"),
            (["reprice", "--storage.path", folder, "--nope"], "Unknown option '--nope'"),
        ] {
            let result = try ask(words)
            #expect(result.status == 64)
            let usage = "Usage: llm-cost-exporter \(words[0]) "
            #expect(result.log.contains("\n\(usage)") && result.log.contains("For example: "), "\(result.log)")
            #expect(result.log.contains("See 'llm-cost-exporter \(words[0]) --help'"), "\(result.log)")
            #expect(result.log.hasPrefix("Error: \(sentence)") || result.log.contains(sentence), "\(result.log)")
            #expect(result.output.isEmpty)
        }
        let unknown = try ask(["trace", "--storage.path", folder, "4bf92f3577b34da6a3ce929d0e0e4736"])
        #expect(unknown.status == 1)
        #expect(
            unknown.log
                == "Error: no call of the trace 4bf92f3577b34da6a3ce929d0e0e4736 is kept; a new call is listed 15 s after it "
                + "arrives at the latest, one without a model 25 s (billing.settle, or twice that, and 5 s)\n")
    }

    @Test func `the commands that notes name are about the folder, the period and the calls that were asked for`()
        throws
    {
        let spaced = temporary.url.appending(path: "my ledger").path
        let service = try ServiceUnderTest(["--storage.path", spaced], settings: "billing: {settle: 50ms}")
        let now = UInt64(Date().timeIntervalSince1970) * 1_000_000_000
        let spans = """
            {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "0102030405060708090a0b0c0d0e0f10",
            "spanId": "0102030405060708", "startTimeUnixNano": "\(now)", "endTimeUnixNano": "\(now)", "attributes": [
            {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
            {"key": "gen_ai.request.model", "value": {"stringValue": "acme-9"}},
            {"key": "gen_ai.usage.input_tokens", "value": {"intValue": 5}}]}]}]}]}
            """
        #expect(try service.post(Array(spans.utf8), headers: ["content-type": "application/json"]).status == 200)
        _ = try service.scrapeSettled { $0.sum("llm_requests_total") == 1 }
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        let period = ["--from", "now-2d", "--tz", "Asia/Tokyo"]
        for words in [
            ["top", spaced, "--by", "model"] + period, ["top", "--storage.path", spaced, "--by", "user"] + period,
            ["report", spaced, "--where", "model:acme-*"] + period,
        ] {
            let result = try ask(words)
            let lines = result.text.split(separator: "\n").compactMap { line -> String? in
                guard let begin = line.firstRange(of: ": llm-cost-exporter ") else { return nil }
                return String(line[begin.upperBound...])
            }
            #expect(lines.count == 2, "\(result.text)")
            for line in lines {
                #expect(line.contains("--from now-2d") && line.contains("--tz Asia/Tokyo"), "\(line)")
                let pasted = try run(
                    URL(filePath: "/bin/sh"), ["-c", "\"$0\" \(line)", Repository.service.path])
                #expect(pasted.status == 0, "\(line): \(pasted.log)")
                if line.hasPrefix("report ") {
                    #expect(pasted.text.contains("unknown_provider"), "\(pasted.text)")
                    #expect(line.contains("'model:acme-*'") == words.contains("--where"))
                }
            }
        }
    }

    @Test func `a folder that is none, or has no rows, is told with the remedy`() throws {
        let empty = temporary.url.path
        for words in [["top"], ["export"], ["trace", "4bf92f3577b34da6a3ce929d0e0e4736"], ["report"]] {
            let none = try ask(words + ["--storage.path", folder])
            #expect(none.status == 1)
            #expect(none.log == "Error: \(folder): there is no such folder; name the folder of storage.path\n")
            let bare = try ask(words + ["--storage.path", empty])
            #expect(bare.status == 1 && bare.log.hasPrefix("Error: \(empty) has no ledger.db"), "\(bare.log)")
            let file = try ask(words + ["--storage.path", Repository.service.path])
            #expect(file.status == 1 && file.log.contains("is no folder"), "\(file.log)")
        }
        try Data("no database at all, but some text".utf8).write(to: temporary.url.appending(path: "ledger.db"))
        let damaged = try ask(["top", "--storage.path", empty])
        #expect(damaged.status == 1 && damaged.log.contains("ledger.db is damaged"), "\(damaged.log)")
        #expect(try ask(["top"]).status == 64)
    }
}
