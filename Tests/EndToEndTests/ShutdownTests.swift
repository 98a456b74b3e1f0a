// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

/// How the service ends.
@Suite struct ShutdownTests {
    @Test func `SIGTERM ends it with status 0`() throws {
        let service = try ServiceUnderTest()
        let capture = try #require(try Capture("otel-openai-v2", "chat").posts().first)
        #expect(try service.post(capture.body, headers: capture.headers).status == 200)
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
    }

    @Test(arguments: ["otlp", "web"])
    func `A port that is taken is told in one line`(door: String) throws {
        let first = try ServiceUnderTest()
        let addresses = ["otlp", "web"].flatMap { other in
            ["--\(other).listen-address", "127.0.0.1:\(other == door ? first.webPort : 0)"]
        }
        let second = try run(Repository.service, addresses)
        #expect(second.status == 1)
        let errors = second.log.split(separator: "\n").filter { $0.contains("level=error") }
        #expect(errors.count == 1, "\(second.log)")
        #expect(errors.first?.contains("cannot listen on 127.0.0.1:\(first.webPort): the address is in use") == true)
    }

    @Test func `A request in flight at SIGTERM is answered first`() throws {
        let service = try ServiceUnderTest()
        let capture = try #require(try Capture("otel-openai-v2", "chat").posts().first)
        var connection = try HTTPConnection(port: service.otlpPort)
        let headers = capture.headers.merging(["content-length": String(capture.body.count)]) { $1 }
        connection.write(HTTPConnection.head("POST", "/v1/traces", headers: headers))
        connection.write(Array(capture.body.prefix(100)))
        try poll(for: "the service to read what was sent") {
            TCPTable.hasReadAll(server: service.otlpPort, from: connection.localPort) ? () : nil
        }

        service.process.terminate()
        try poll(for: "the OTLP door to close") { (try? HTTPConnection(port: service.otlpPort)) == nil ? () : nil }
        #expect(service.process.isRunning)
        connection.write(Array(capture.body.dropFirst(100)))
        #expect(try connection.readResponse().status == 200)
        #expect(try service.process.waitForExit() == 0)
    }

    @Test func `One scrape sees the final state`() throws {
        let service = try ServiceUnderTest()
        _ = try service.get("/metrics")
        let capture = Capture("otel-openai-v2", "chat")
        for post in try capture.posts() { _ = try service.post(post.body, headers: post.headers) }

        service.process.terminate()
        try poll(for: "the OTLP door to close") { (try? HTTPConnection(port: service.otlpPort)) == nil ? () : nil }
        let last = Exposition(try service.get("/metrics").text)
        #expect(last.sum("llm_requests_total") == 1)
        // A scrape that comes too early does not count as the last one; then the service waits its 15 seconds.
        #expect(try service.process.waitForExit() == 0)
    }
}
