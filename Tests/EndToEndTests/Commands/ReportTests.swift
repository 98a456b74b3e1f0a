// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// What `report` makes of recorded runs.
@Suite struct ReportTests {
    /// With `REWRITE_GOLDEN=1` in the environment the files are written anew; the difference is to be read like code.
    @Test(
        arguments: [
            ("model.txt", []), ("model.csv", ["--format", "csv"]), ("model.jsonl", ["--format", "json"]),
            ("day.txt", ["--by", "day,operation", "--tz", "America/New_York"]),
            ("provider.txt", ["--by", "provider", "--by", "month"]), ("totals.txt", ["--totals"]),
            ("overflow.txt", ["--by", "model", "--max-groups", "2"]),
        ] as [(String, [String])])
    func `the report of recorded runs is what it was`(name: String, flags: [String]) throws {
        let result = try run(Repository.service, ["report"] + flags + Self.files())
        try #require(result.status == 0, "\(result.log)")
        let golden = Repository.root.appending(path: "Tests/EndToEndTests/Golden/report.\(name)")
        if ProcessInfo.processInfo.environment["REWRITE_GOLDEN"] == "1" {
            try result.text.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: golden, encoding: .utf8) == result.text)
    }

    private static func files() throws -> [String] {
        try ["anthropic-sdk-native", "otel-openai-v2", "otel-google-genai", "strands", "langfuse"]
            .flatMap { Capture.all(of: $0) }.flatMap { try $0.posts() }.map(\.file.path)
    }

    @Test(arguments: Capture.all)
    func `a report adds up to the metrics of a replay`(capture: Capture) throws {
        let files = try capture.posts().map(\.file.path)
        let replayed = Exposition(try run(Repository.service, ["replay"] + files).text)
        let result = try run(Repository.service, ["report", "--by", "model,day", "--format", "json"] + files)
        try #require(result.status == 0, "\(result.log)")
        let objects = try result.text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        let total = try #require(objects.last)
        #expect(total["calls"] as? Int == Int(replayed.sum("llm_requests_total")))
        #expect(total["failed"] as? Int == Int(replayed.sum("llm_request_errors_total")))
        #expect(total["without_usage"] as? Int == Int(replayed.sum("llm_requests_without_usage_total")))
        #expect(total["unpriced"] as? Int == Int(replayed.sum("llm_unpriced_requests_total")))
        let tokens = try #require(total["tokens"] as? [String: Int])
        for (name, count) in tokens {
            #expect(Double(count) == replayed.sum("llm_tokens_used_total") { $0["token_type"] == name })
        }
        #expect(tokens.values.reduce(0, +) == Int(replayed.sum("llm_tokens_used_total")))
        let dollars = Double(total["cost_usd"] as? String ?? "0") ?? -1
        #expect(abs(dollars - replayed.sum("llm_cost_dollars_total")) < 1e-9)
        #expect(objects.dropLast().reduce(0) { $0 + ($1["calls"] as? Int ?? 0) } == total["calls"] as? Int)
    }

    @Test func `a label of the settings groups calls`() throws {
        let folder = try TemporaryFolder()
        let settings = folder.url.appending(path: "settings.yaml")
        try "labels: [{name: app, from: [resource.service.name]}]\n".write(
            to: settings, atomically: true, encoding: .utf8)
        let files = try Capture.all(of: "otel-openai-v2").flatMap { try $0.posts() }.map(\.file.path)
        let result = try run(
            Repository.service, ["report", "--config.file", settings.path, "--by", "app", "--format", "csv"] + files)
        try #require(result.status == 0, "\(result.log)")
        #expect(result.text.hasPrefix("app,calls,"))
        #expect(result.text.split(separator: "\n").count > 1)
    }

    @Test func `a file that cannot be read is named, and the others are in the report`() throws {
        let file = try #require(try Capture("otel-openai-v2", "chat").posts().first).file.path
        let result = try run(Repository.service, ["report", "no-such-file", file])
        #expect(result.status == 1)
        #expect(result.log.hasPrefix("no-such-file: the file cannot be read"))
        #expect(result.text.contains("gpt-4o-mini"))
        let none = try run(Repository.service, ["report", "no-such-file", "nor-this"])
        #expect(none.status == 1 && none.log.hasPrefix("no-such-file: the file cannot be read"))
        #expect(none.output.isEmpty)
    }

    @Test func `a name that is neither a folder nor a file is told with the remedy, and nothing is written`() throws {
        let folder = try TemporaryFolder()
        let output = folder.url.appending(path: "report.csv").path
        for more in [[], ["--format", "json"], ["--by", "day", "--from", "now-7d"], ["--output", output]] {
            let result = try run(Repository.service, ["report", "gone"] + more)
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(
                result.log.hasPrefix(
                    "Error: gone: there is no such file or folder; name the folder of storage.path, or files with OTLP bodies\n"
                ))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test(arguments: ["report", "replay", "explain"])
    func `an input that cannot be read is told with the reason`(command: String) throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "closed")
        try Data().write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file.path)
        var reasons: [(String, String)] = []
        // What is no file may be meant as the folder of a ledger.
        if command != "report" {
            reasons = [
                ("gone", "there is no such file"), (folder.url.path, "it is a folder; name the files in it"),
            ]
        }
        if geteuid() != 0 { reasons.append((file.path, "reading it is not permitted")) }
        for (path, reason) in reasons {
            let result = try run(Repository.service, [command, path])
            #expect(result.status == 1)
            #expect(result.log == "\(path): the file cannot be read: \(reason)\n")
        }
    }

    @Test(
        arguments: [
            (["--by", "modle"], "calls cannot be grouped by 'modle'; did you mean 'model'?"),
            (["--by", "model,"], "calls cannot be grouped by ''"),
            (["--by", "team"], "labels of your own come from 'labels' in the settings"),
            (["--by", "model", "--totals"], "leave out --by, or --totals"),
            (["--tz", "Berlin"], "did you mean Europe/Berlin?"),
            (["--tz", "EST"], "--tz must be UTC, an offset such as"),
            (["--max-groups", "0"], "--max-groups must be from 1 to 1000000, not 0"),
            (["--format", "xml"], "one of 'text', 'csv' or 'json'"),
        ] as [([String], String)])
    func `a wrong flag is refused with the remedy`(flags: [String], message: String) throws {
        let result = try run(Repository.service, ["report"] + flags + ["-"])
        #expect(result.status == 64)
        #expect(result.log.replacing("\n", with: " ").contains(message), "\(result.log)")
        #expect(result.output.isEmpty)
    }

    @Test(
        arguments: [([:], true), (["NO_COLOR": "1"], false), (["TERM": "dumb"], false)] as [([String: String], Bool)])
    func `only a terminal gets colours, and none if the environment says so`(
        environment: [String: String], isColoured: Bool
    ) throws {
        let file = try #require(try Capture("otel-openai-v2", "chat").posts().first).file.path
        let command = [Repository.service.path, "report", file]
        let variables = environment.map { "\($0.key)=\($0.value)" }
        let script = """
            import os, pty, sys
            pid, terminal = pty.fork()
            if pid == 0:
                os.execvp("/usr/bin/env", ["env", "-u", "NO_COLOR", "TERM=xterm"] + sys.argv[1:])
            try:
                while piece := os.read(terminal, 4096):
                    os.write(1, piece)
            except OSError:
                pass
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """
        let shown = try run(Repository.tool("python"), ["-c", script] + variables + command)
        #expect(shown.status == 0, "\(shown.log)")
        #expect(shown.text.contains("gpt-4o-mini"))
        #expect(shown.text.contains("\u{1B}[1m") == isColoured, "\(shown.text)")
        #expect(try !run(Repository.service, ["report", file]).text.contains("\u{1B}"))
    }
}
