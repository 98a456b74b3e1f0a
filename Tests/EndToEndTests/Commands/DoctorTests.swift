// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// What `doctor` says of running services, and of what is no service.
@Suite struct DoctorTests {
    private func doctor(_ address: String, _ flags: [String] = []) throws -> ProgramResult {
        try run(Repository.service, ["doctor", address] + flags)
    }

    /// The lines about what is wrong, except that the embedded price book is old, which it becomes by itself.
    private static func wrong(in result: ProgramResult) -> [Substring] {
        let wrong = result.text.split(separator: "\n").filter { $0.hasPrefix("wrong") }
        #expect(result.status == (wrong.isEmpty ? 0 : 1), "\(result.text)\(result.log)")
        return wrong.filter { !$0.contains("price book") }
    }

    @Test func `a service that nothing has reached is wrong, and one that counts calls is not`() throws {
        let service = try ServiceUnderTest()
        let first = try doctor("127.0.0.1:\(service.webPort)")
        #expect(first.status == 1)
        #expect(first.text.contains("wrong  arrived: no body with spans has arrived since the start\n"))
        #expect(first.text.contains("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="))
        #expect(Self.wrong(in: first).count == 1, "\(first.text)")

        for post in try Capture("otel-openai-v2", "chat").posts() {
            #expect(try service.post(post.body, headers: post.headers).status == 200)
        }
        _ = try service.scrapeSettled()
        let second = try doctor("http://127.0.0.1:\(service.webPort)/")
        #expect(Self.wrong(in: second) == [])
        #expect(second.text.contains("ok     arrived: 1 call counted"), "\(second.text)")
        #expect(second.text.contains("ok     prices: every call since the start has a price\n"), "\(second.text)")
        #expect(!second.text.contains("\u{1B}"))
    }

    @Test func `refused bodies and models without a price are told with the remedy, also as JSON`() throws {
        let service = try ServiceUnderTest()
        #expect(try service.post([1, 2, 3], headers: ["content-type": "text/plain"]).status == 415)
        let spans = """
            {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "0102030405060708090a0b0c0d0e0f10",
            "spanId": "0102030405060708", "attributes": [
            {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
            {"key": "gen_ai.provider.name", "value": {"stringValue": "openai"}},
            {"key": "gen_ai.request.model", "value": {"stringValue": "no-such-model"}},
            {"key": "gen_ai.usage.input_tokens", "value": {"intValue": 5}}]}]}]}]}
            """
        #expect(try service.post(Array(spans.utf8), headers: ["content-type": "application/json"]).status == 200)
        _ = try service.scrapeSettled()
        let result = try doctor("127.0.0.1:\(service.webPort)", ["--format", "json"])
        #expect(result.status == 1)
        let wrong = try result.text.split(separator: "\n").compactMap { line -> [String: Any]? in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let isOld = (object?["text"] as? String)?.hasPrefix("price book") == true
            return object?["level"] as? String == "wrong" && !isOld ? object : nil
        }
        #expect(wrong.map { $0["area"] as? String } == ["refused", "prices"])
        #expect(wrong.allSatisfy { ($0["remedy"] as? String)?.isEmpty == false })
        #expect((wrong.last?["text"] as? String)?.hasPrefix("no-such-model of openai: 1 call without a price") == true)
    }

    @Test func `after a restart on a folder, calls of before are told as such and are nothing wrong`() throws {
        let temporary = try TemporaryFolder()
        let folder = ["--storage.path", temporary.url.appending(path: "ledger").path]
        func spans(_ model: String, _ number: Int, _ tokens: String) -> [UInt8] {
            let now = UInt64(Date().timeIntervalSince1970) * 1_000_000_000
            return Array(
                """
                {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "0102030405060708090a0b0c0d0e0f1\(number)",
                "spanId": "010203040506070\(number)", "startTimeUnixNano": "\(now)", "endTimeUnixNano": "\(now)", "attributes": [
                {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}}, \(tokens)
                {"key": "gen_ai.provider.name", "value": {"stringValue": "openai"}},
                {"key": "gen_ai.request.model", "value": {"stringValue": "\(model)"}}]}]}]}]}
                """.utf8)
        }
        let tokens = #"{"key": "gen_ai.usage.input_tokens", "value": {"intValue": 5}},"#
        let json = ["content-type": "application/json"]
        let first = try ServiceUnderTest(folder)
        #expect(try first.post(spans("gpt-4o", 1, ""), headers: json).status == 200)
        #expect(try first.post(spans("no-such-model", 2, tokens), headers: json).status == 200)
        _ = try first.scrapeSettled { $0.sum("llm_requests_total") == 2 }
        let before = Self.wrong(in: try doctor("127.0.0.1:\(first.webPort)"))
        #expect(before.count == 2 && before.allSatisfy { !$0.contains("before the start") }, "\(before)")
        first.process.terminate()
        #expect(try first.process.waitForExit() == 0)

        let second = try ServiceUnderTest(folder)
        #expect(try second.post(spans("gpt-4o", 3, tokens), headers: json).status == 200)
        _ = try second.scrapeSettled { $0.sum("llm_requests_total") == 3 }
        let after = try doctor("127.0.0.1:\(second.webPort)")
        #expect(Self.wrong(in: after) == [])
        let notes = after.text.split(separator: "\n").filter { $0.hasPrefix("note   prices: before the start") }
        #expect(notes.count == 1, "\(after.text)")
        #expect(notes.first?.contains("2 calls whose cost is not known: ") == true, "\(after.text)")
        #expect(notes.first?.contains("no-such-model of openai (1)") == true, "\(after.text)")
        second.process.terminate()
        #expect(try second.process.waitForExit() == 0)

        let closed = try ServiceUnderTest(folder, settings: "web: {questions: false}")
        let silent = try doctor("127.0.0.1:\(closed.webPort)")
        #expect(Self.wrong(in: silent).allSatisfy { $0.contains("no body with spans has arrived") })
        #expect(
            silent.text.contains(
                "note   prices: calls before the start whose cost is not known cannot be named: questions over HTTP are "
                    + "closed: "), "\(silent.text)")
    }

    @Test func `the wrong listener is told from the right one`() throws {
        let service = try ServiceUnderTest()
        let result = try doctor("127.0.0.1:\(service.otlpPort)")
        #expect(result.status == 69)
        #expect(result.log.contains("give the address of the web listener"), "\(result.log)")
        #expect(result.output.isEmpty)
        let path = try doctor("127.0.0.1:\(service.webPort)", ["--web.telemetry-path", "/metrics2"])
        #expect(path.status == 69)
        #expect(path.log.contains("name the path with --web.telemetry-path"), "\(path.log)")
    }

    @Test func `a service that has ended is told`() throws {
        let service = try ServiceUnderTest()
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        let result = try doctor("127.0.0.1:\(service.webPort)")
        #expect(result.status == 69)
        #expect(result.log.contains("nothing listens there; start the service"), "\(result.log)")
    }

    @Test func `the page of another program is no service`() throws {
        let prometheus = try PrometheusServer(scraping: 1)
        let result = try doctor("127.0.0.1:\(prometheus.port)")
        #expect(result.status == 69)
        #expect(result.log.contains("/metrics is the page of another program"), "\(result.log)")
    }

    @Test(
        arguments: [
            (["host.invalid"], 69, "the host 'host.invalid' is not known here"),
            (["https://127.0.0.1:9464"], 64, "only http is spoken here"), (["127.0.0.1:x"], 64, "from 1 to 65535"),
            (["127.0.0.1", "--timeout", "0"], 64, "--timeout must be from 1 to 600 seconds, not 0"),
            (["127.0.0.1", "--web.telemetry-path", "metrics"], 64, "must begin with a slash"),
        ] as [([String], Int32, String)])
    func `what cannot be asked is told with the remedy`(arguments: [String], status: Int32, message: String) throws {
        let result = try run(Repository.service, ["doctor"] + arguments)
        #expect(result.status == status)
        #expect(result.log.contains(message), "\(result.log)")
    }
}
