// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The `ledger` commands on the folder of a service, while it runs and after it has ended.
@Suite struct LedgerCommandTests {
    private static let settings = """
        billing: {settle: 100ms}
        labels:
          - {name: user, from: [span.enduser.id]}
        """
    private let temporary: TemporaryFolder
    private let folder: URL

    init() throws {
        temporary = try TemporaryFolder()
        folder = temporary.url.appending(path: "ledger")
    }

    private func ledger(_ arguments: [String], at folder: URL? = nil) throws -> ProgramResult {
        try run(Repository.service, ["ledger"] + arguments + ["--storage.path", (folder ?? self.folder).path])
    }

    private func service() throws -> ServiceUnderTest {
        try ServiceUnderTest(["--storage.path", folder.path], settings: Self.settings)
    }

    private static func call(_ number: Int, user: String) -> [UInt8] {
        Array(
            """
            {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "0102030405060708090a0b0c0d0e0f\(number + 10)",
            "spanId": "01020304050607\(number + 10)", "attributes": [
            {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
            {"key": "gen_ai.provider.name", "value": {"stringValue": "openai"}},
            {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4o"}},
            {"key": "enduser.id", "value": {"stringValue": "\(user)"}},
            {"key": "gen_ai.usage.input_tokens", "value": {"intValue": \(100 + number)}}]}]}]}]}
            """.utf8)
    }

    private func post(_ users: [String], to service: ServiceUnderTest) throws {
        for (number, user) in users.enumerated() {
            let body = Self.call(number, user: user)
            #expect(try service.post(body, headers: ["content-type": "application/json"]).status == 200)
        }
        _ = try service.scrapeSettled { $0.sum("llm_requests_total") == Double(users.count) }
    }

    private func stop(_ service: ServiceUnderTest) throws {
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
    }

    private func unpack(_ archive: URL, to restored: URL) throws {
        try FileManager.default.createDirectory(at: restored, withIntermediateDirectories: true)
        let done = try run(
            Repository.tool("python"),
            [
                "-c", "import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])",
                archive.path,
                restored.path,
            ])
        #expect(done.status == 0, "\(done.log)")
    }

    @Test func `beside a running service the folder is told, checked and copied, and not changed`() throws {
        let service = try service()
        try post(["alice@example.com", "bob@example.com"], to: service)
        let info = try ledger(["info", "--format", "json"])
        #expect(info.status == 0, "\(info.log)")
        let told = try #require(try JSONSerialization.jsonObject(with: Data(info.output)) as? [String: Any])
        #expect(told["in_use"] as? Bool == true)
        #expect(
            (told["in_use_by"] as? String)?.hasPrefix("process \(service.process.processIdentifier) of version") == true
        )
        for command in ["info", "check"] {
            let named = try run(Repository.service, ["ledger", command, folder.path])
            #expect(named.status == 0, "\(named.log)")
        }
        let twice = try ledger(["info", folder.path])
        #expect(twice.status == 64 && twice.log.contains("both name a folder; give the folder once"), "\(twice.log)")
        let check = try ledger(["check"])
        #expect(check.status == 0, "\(check.text)\(check.log)")
        #expect(check.text.hasSuffix("\neverything agrees\n"))

        let archive = temporary.url.appending(path: "copy.tar")
        let other = temporary.url.appending(path: "other.tar")
        #expect(try run(Repository.service, ["ledger", "backup", folder.path, other.path]).status == 0)
        let copy = try ledger(["backup", archive.path])
        #expect(copy.status == 0, "\(copy.log)")
        #expect(try ledger(["backup", archive.path]).log.contains("there is a file of that name; give another name"))
        for refused in [["compact"], ["forget", "--user", "alice@example.com"], ["downgrade"]] {
            let result = try ledger(refused)
            #expect(result.status == 1)
            #expect(result.log.contains("is in use by process \(service.process.processIdentifier)"), "\(result.log)")
        }
        try stop(service)
        #expect(try ledger(["info"]).text.contains("in use by"))
        for words in [["compact"], ["forget", "--user", "nobody", "--dry-run"]] {
            #expect(try run(Repository.service, ["ledger"] + words + [folder.path]).status == 0)
        }
        #expect(try ledger(["check"]).status == 0)

        let restored = temporary.url.appending(path: "restored")
        try unpack(archive, to: restored)
        #expect(try ledger(["check"], at: restored).status == 0)
        let again = try ServiceUnderTest(["--storage.path", restored.path], settings: Self.settings)
        #expect(try again.scrapeSettled().sum("llm_requests_total") == 2)
        try stop(again)
        #expect(try ledger(["check"], at: restored).status == 0)
    }

    @Test func `a user is forgotten, and the next start counts on with the same sums`() throws {
        let first = try service()
        try post(["alice@example.com", "bob@example.com", "alice@example.com"], to: first)
        try stop(first)
        let dry = try ledger(["forget", "--user", "alice@example.com", "--dry-run"])
        #expect(dry.status == 0 && dry.text.hasPrefix("would change:\n"), "\(dry.text)\(dry.log)")
        let result = try ledger(["forget", "--user", "alice@example.com"])
        #expect(result.status == 0 && result.text.hasPrefix("changed:\n"), "\(result.text)\(result.log)")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let bytes = try Data(contentsOf: folder.appending(path: name))
            #expect(bytes.range(of: Data("alice@example.com".utf8)) == nil, "\(name)")
        }
        #expect(try ledger(["check"]).status == 0)
        let second = try service()
        let shown = try second.scrapeSettled()
        #expect(shown.sum("llm_requests_total") == 3)
        #expect(shown.sum("llm_requests_total") { ($0["user"] ?? "").isEmpty } == 2)
        #expect(shown.sum("llm_requests_total") { $0["user"] == "bob@example.com" } == 1)
        try stop(second)
        let compact = try ledger(["compact"])
        #expect(compact.status == 0 || compact.log.contains("has no rows"), "\(compact.log)")
        #expect(try ledger(["check"]).status == 0)
    }

    @Test func `sessions and names of traces are forgotten where they are asked for`() throws {
        let first = try service()
        let body = """
            {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "0102030405060708090a0b0c0d0e0f10",
            "spanId": "0102030405060708", "name": "alice@example.com", "startTimeUnixNano": "START", "endTimeUnixNano": "END"},
            {"traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060709", "parentSpanId": "0102030405060708",
            "name": "chat", "startTimeUnixNano": "START", "endTimeUnixNano": "END", "attributes": [
            {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
            {"key": "gen_ai.provider.name", "value": {"stringValue": "openai"}},
            {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4o"}},
            {"key": "user.id", "value": {"stringValue": "al"}},
            {"key": "session.id", "value": {"stringValue": "alice@example.com"}},
            {"key": "gen_ai.usage.input_tokens", "value": {"intValue": 100}}]}]}]}]}
            """
        let now = UInt64(Date().timeIntervalSince1970) * 1_000_000_000
        let sent = body.replacing("START", with: "\(now - 2_000_000_000)").replacing(
            "END", with: "\(now - 1_000_000_000)")
        #expect(try first.post(Array(sent.utf8), headers: ["content-type": "application/json"]).status == 200)
        _ = try first.scrapeSettled { $0.sum("llm_requests_total") == 1 }
        try stop(first)
        let misspelt = try ledger(["forget", "--user", "alice@example.com", "--label", "sesion"])
        #expect(misspelt.status == 64 && misspelt.log.contains("service, session, trace_name, user"), "\(misspelt.log)")
        #expect(misspelt.log.contains("\nUsage: llm-cost-exporter ledger forget <folder> --user <text>"))
        #expect(misspelt.log.contains("For example: llm-cost-exporter ledger forget"), "\(misspelt.log)")
        // A short name is part of longer ones, which are others.
        let short = try ledger(["forget", "--user", "al"])
        #expect(short.status == 0 && short.text.contains("rows: 1 call, 1 combination of values"), "\(short.text)")
        let dry = try ledger(["forget", "--user", "alice@example.com", "--dry-run"])
        #expect(dry.status == 0, "\(dry.log)")
        for label in ["session", "trace_name"] {
            let line =
                "would stay: \(label) \"alice@example.com\" in 000000000001.journal, ledger.db; to forget it, add --label \(label)"
            #expect(dry.text.contains(line), "\(dry.text)")
        }
        #expect(dry.text.contains("not reached: copies and backups of the folder"))
        #expect(try ledger(["forget", "--user", "alice@example.com"]).status == 1)
        let labels = ["--label", "session", "--label", "trace_name"]
        let result = try ledger(["forget", "--user", "alice@example.com"] + labels)
        #expect(
            result.status == 0 && result.text.contains("1 session, 1 name of traces"), "\(result.text)\(result.log)")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let bytes = try Data(contentsOf: folder.appending(path: name))
            #expect(bytes.range(of: Data("alice@example.com".utf8)) == nil, "\(name)")
        }
        #expect(try ledger(["check"]).status == 0)
        let second = try service()
        #expect(try second.scrapeSettled().sum("llm_requests_total") == 1)
        #expect(
            second.process.log.contains("calls=1 max_bytes=10737418240 path=\(folder.path)"), "\(second.process.log)")
        try stop(second)
        #expect(try ledger(["check"]).status == 0)
    }

    @Test(arguments: [
        "by alice $(touch x) `touch x` \"it's\" \\ !", "-- alice'; touch x; '", "alice '\u{301}; touch x; '\u{301}",
        "alice \u{7}'; touch x; \\'",
    ])
    func `what forgets a text can be copied into a shell, whatever a sender wrote`(name: String) throws {
        let shown = try service()
        let now = UInt64(Date().timeIntervalSince1970) * 1_000_000_000
        let times = "\"startTimeUnixNano\": \"\(now - 2_000_000_000)\", \"endTimeUnixNano\": \"\(now - 1_000_000_000)\""
        let body = String(decoding: Self.call(1, user: "bob"), as: UTF8.self).replacing(
            "\"attributes\"",
            with:
                "\"name\": \(String(decoding: try JSONEncoder().encode(name), as: UTF8.self)), \(times), \"attributes\""
        )
        #expect(try shown.post(Array(body.utf8), headers: ["content-type": "application/json"]).status == 200)
        _ = try shown.scrapeSettled { $0.sum("llm_requests_total") == 1 }
        try stop(shown)
        let dry = try ledger(["forget", "--user", "alice", "--dry-run"])
        let flags = try #require(dry.text.split(separator: "\n").first { $0.contains("run the command with ") })
        let command = try #require(flags.firstRange(of: "run the command with "))
        let program =
            "cd '\(temporary.url.path)' && '\(Repository.service.path)' ledger forget --storage.path '\(folder.path)' "
        let result = try run(URL(filePath: "/bin/bash"), ["-c", program + flags[command.upperBound...]])
        #expect(
            result.status == 0 && result.text.contains("1 name of traces"), "\(dry.text)\(result.text)\(result.log)")
        _ = try run(URL(filePath: "/bin/sh"), ["-c", program + flags[command.upperBound...]])
        #expect(!FileManager.default.fileExists(atPath: temporary.url.appending(path: "x").path))
    }

    @Test func `a start without a folder says that figures are in memory, and which flag keeps them`() throws {
        let service = try ServiceUnderTest()
        #expect(service.process.log.contains("keep both with --storage.path FOLDER"), "\(service.process.log)")
        try stop(service)
    }

    @Test func `wrong uses and folders that cannot be read are told with the remedy`() throws {
        let nothing = try run(Repository.service, ["ledger", "info"])
        #expect(
            nothing.status == 64 && nothing.log.contains("write it as the argument, or --storage.path FOLDER"),
            "\(nothing.log)")
        #expect(try ledger(["check"]).status == 2)
        let missing = try ledger(["info"])
        #expect(
            missing.status == 1
                && missing.log.contains(
                    "it does not exist; name the folder of storage.path of the service"),
            "\(missing.log)")
        let backup = try ledger(["backup", "\(folder.path)/no/copy.tar"])
        #expect(backup.status == 1 && backup.log.contains("it does not exist"), "\(backup.log)")
        #expect(try ledger(["forget", "--user", ""]).status == 64)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let downgrade = try ledger(["downgrade"])
        #expect(downgrade.status == 1 && downgrade.log.contains("no file ledger-before-N.db"), "\(downgrade.log)")
    }
}
