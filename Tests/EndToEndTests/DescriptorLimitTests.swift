// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The service under limits on open files.
@Suite struct DescriptorLimitTests {
    private static let capture = Capture("otel-openai-v2", "chat")

    /// Sends one request on a connection that stays open.
    private static func send(to service: ServiceUnderTest) throws -> HTTPConnection {
        let post = try #require(try capture.posts().first)
        var connection = try HTTPConnection(port: service.otlpPort)
        #expect(try connection.send("POST", "/v1/traces", headers: post.headers, body: post.body).status == 200)
        return connection
    }

    /// Sets the soft limit of a service that runs, without its knowledge.
    private static func limitOpenFiles(of service: ServiceUnderTest, to limit: Int) throws {
        let process = service.process.processIdentifier
        let result = try run(URL(filePath: "/usr/bin/prlimit"), ["--pid", "\(process)", "--nofile=\(limit):"])
        try #require(result.status == 0, "\(result.log)")
    }

    @Test(arguments: [64, 256, 1024])
    func `It serves under a hard limit, with more keep-alive senders than that`(limit: Int) throws {
        let service = try ServiceUnderTest(ulimit: "-n \(limit)")
        var scraper = try HTTPConnection(port: service.webPort)
        let start = Exposition(try scraper.send("GET", "/metrics").text)
        #expect(start.sum("process_max_fds") == Double(limit))
        let most = start.sum("llm_cost_exporter_connections_limit")
        #expect(most >= 8 && most < Double(limit))
        #expect(service.process.log.contains("allows fewer connections than http.max_connections"))

        let room = Int(start.sum("llm_cost_exporter_connections_limit", where: { $0["listener"] == "otlp" }))
        let senders = min(room + 20, 300)
        let open = try (0..<senders).map { _ in Kept(try Self.send(to: service)) }
        let end = Exposition(try service.get("/metrics").text)
        #expect(end.sum("llm_cost_exporter_bodies_total", where: { $0["outcome"] == "accepted" }) == Double(senders))
        #expect(end.sum("process_open_fds") <= Double(limit))
        #expect(end.sum("llm_cost_exporter_connections", where: { $0["listener"] == "otlp" }) <= most)
        // Each sender beyond the room for them took the place of one that was idle.
        let evicted = end.sum(
            "llm_cost_exporter_connections_evicted_total", where: { $0["listener"] == "otlp" && $0["reason"] == "idle" }
        )
        #expect(evicted == Double(max(0, senders - room)))
        #expect(end.sum("llm_cost_exporter_connections_refused_total") == 0)
        #expect(
            service.process.log.contains("all connections were in use: an idle one was closed for a new one")
                == (senders > room))
        withExtendedLifetime(open) {}
    }

    @Test func `The soft limit is raised to the hard one`() throws {
        let service = try ServiceUnderTest(ulimit: "-Sn 100")
        let page = Exposition(try service.get("/metrics").text)
        #expect(page.sum("process_max_fds") > 100)
    }

    @Test func `A limit that leaves no connections ends the start with an error message`() throws {
        let error = #expect(throws: DeadlinePassed.self) { try ServiceUnderTest(ulimit: "-n 25") }
        #expect(error?.description.contains("the limit on open files is 25, and at least") == true)
    }

    @Test func `Accepting pauses while there are no descriptors, and resumes afterwards`() throws {
        let service = try ServiceUnderTest()
        var scraper = try HTTPConnection(port: service.webPort)
        #expect(try scraper.send("GET", "/-/ready").status == 200)
        // What is open stays open, and nothing more can be opened.
        try Self.limitOpenFiles(of: service, to: 3)
        var waiting = try HTTPConnection(port: service.otlpPort)
        let post = try #require(try Self.capture.posts().first)
        waiting.write(
            HTTPConnection.head(
                "POST", "/v1/traces", headers: post.headers.merging(["content-length": "\(post.body.count)"]) { $1 }))
        waiting.write(post.body)
        let refused = try poll(for: "several attempts to accept") { () throws -> Double? in
            let page = Exposition(try scraper.send("GET", "/metrics").text)
            let count = page.sum(
                "llm_cost_exporter_connections_refused_total", where: { $0["reason"] == "no_descriptor" })
            return count >= 3 ? count : nil
        }
        // One that does not pause makes ten thousand in the time of three pauses.
        #expect(refused < 100)
        #expect(service.process.log.contains("no file descriptor for a new connection"))
        try Self.limitOpenFiles(of: service, to: 1024)
        #expect(try waiting.readResponse().status == 200)
    }
}

/// A connection that stays open as long as it is kept.
private final class Kept {
    private let connection: HTTPConnection

    init(_ connection: consuming HTTPConnection) { self.connection = connection }
}
