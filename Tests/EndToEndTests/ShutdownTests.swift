// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
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

    @Test func `after questions, a folder is left as closed files`() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.url.appending(path: "ledger")
        let service = try ServiceUnderTest(["--storage.path", folder.path], settings: "billing: {settle: 100ms}")
        let capture = try #require(try Capture("otel-openai-v2", "chat").posts().first)
        #expect(try service.post(capture.body, headers: capture.headers).status == 200)
        _ = try service.scrapeSettled { $0.sum("llm_requests_total") == 1 }
        for question in ["/api/v1/costs?from=now-7d", "/api/v1/top?by=trace", "/api/v1/export?from=now-1d", "/"] {
            #expect(try service.get(question).status == 200)
        }
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "ledger.db-wal").path))
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        #expect(
            service.process.log.contains(
                "not waiting for a last scrape: the folder keeps the counters for the next process"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.contains("ledger.db"))
        #expect(names.filter { $0.hasSuffix("-wal") || $0.hasSuffix("-shm") } == [])
    }

    @Test(arguments: ["otlp", "web"])
    func `A port that is taken is told in one line`(listener: String) throws {
        let first = try ServiceUnderTest()
        let addresses = ["otlp", "web"].flatMap { other in
            ["--\(other).listen-address", "127.0.0.1:\(other == listener ? first.webPort : 0)"]
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
        try poll(for: "the OTLP listener to close") { (try? HTTPConnection(port: service.otlpPort)) == nil ? () : nil }
        #expect(service.process.isRunning)
        connection.write(Array(capture.body.dropFirst(100)))
        #expect(try connection.readResponse().status == 200)
        #expect(try service.process.waitForExit() == 0)
    }

    @Test func `One scrape sees the final state`() throws {
        let service = try ServiceUnderTest()
        try service.scrapeRegularly()
        let capture = Capture("otel-openai-v2", "chat")
        for post in try capture.posts() { _ = try service.post(post.body, headers: post.headers) }

        service.process.terminate()
        try poll(for: "the OTLP listener to close") { (try? HTTPConnection(port: service.otlpPort)) == nil ? () : nil }
        #expect(try service.scrapeSettled().sum("llm_requests_total") == 1)
        // A scrape that comes too early does not count as the last one; then the service waits two seconds.
        #expect(try service.process.waitForExit() == 0)
    }

    @Test func `The shutdown does not wait for a client that has looked at the metrics once`() throws {
        let service = try ServiceUnderTest()
        _ = try service.get("/metrics")
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        #expect(service.process.log.contains("not waiting for a last scrape: no scraper is expected\"\n"))
    }

    @Test func `Scrapers with different intervals all see the final state`() throws {
        // Nothing settles before the end.
        let service = try ServiceUnderTest(settings: "billing: {settle: 1h}")
        let loops = [ScraperLoop(port: service.webPort, every: 1), ScraperLoop(port: service.webPort, every: 2)]
        try poll(for: "both scrapers to be seen as regular") {
            loops.allSatisfy { ($0.last?.sum("llm_cost_exporter_regular_scrapers") ?? 0) >= 2 } ? () : nil
        }
        let capture = try #require(try Capture("otel-openai-v2", "chat").posts().first)
        #expect(try service.post(capture.body, headers: capture.headers).status == 200)
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        for loop in loops { #expect(loop.last?.sum("llm_requests_total") == 1) }
        #expect(service.process.log.contains("scrapers=2"))
        #expect(service.process.log.contains("each scraper has seen the final state"))
    }

    @Test func `Prometheus sees the final state`() throws {
        let service = try ServiceUnderTest(settings: "billing: {settle: 1h}")
        let prometheus = try PrometheusServer(scraping: service.webPort)
        try poll(for: "Prometheus to be seen as a regular scraper") {
            try prometheus.query("llm_cost_exporter_regular_scrapers > 0").map { _ in () }
        }
        let capture = try #require(try Capture("otel-openai-v2", "chat").posts().first)
        #expect(try service.post(capture.body, headers: capture.headers).status == 200)
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        // The scrape is stored soon after it was answered.
        try poll(for: "the last scrape to be stored") {
            try prometheus.query("sum(last_over_time(llm_requests_total[5m]))") == "1" ? () : nil
        }
    }

    @Test func `A second SIGTERM ends the wait`() throws {
        let service = try ServiceUnderTest()
        try service.scrapeRegularly(every: 2)
        service.process.terminate()
        try poll(for: "the wait") { service.process.log.contains("waiting for a last scrape") ? () : nil }
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        #expect(service.process.log.contains("a signal ended the wait for a last scrape"))
    }

    @Test func `SIGINT from a terminal waits for no scrape`() throws {
        // TIOCSPTLCK and TIOCGPTN of Linux, ioctl_tty(2): unlock the other end of a new terminal, and get its number.
        let terminal = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        defer { close(terminal) }
        var (lock, number) = (Int32(0), UInt32(0))
        try #require(unsafe ioctl(terminal, 0x4004_5431, &lock) == 0 && ioctl(terminal, 0x8004_5430, &number) == 0)
        let service = try ServiceUnderTest(shell: #"exec "$0" "$@" </dev/pts/\#(number)"#)
        try service.scrapeRegularly()
        kill(service.process.processIdentifier, SIGINT)
        #expect(try service.process.waitForExit() == 0)
        #expect(service.process.log.contains("not waiting for a last scrape"))
    }

    @Test func `Signals that come before the service listens are kept`() throws {
        let addresses = ["--otlp.listen-address", "127.0.0.1:0", "--web.listen-address", "127.0.0.1:0"]
        let process = try ChildProcess(Repository.service, addresses)
        try poll(for: "a handler") { try process.handles(SIGTERM) ? () : nil }
        kill(process.processIdentifier, SIGHUP)
        process.terminate()
        #expect(try process.waitForExit() == 0)
        #expect(process.log.contains("stopped"))
    }

    @Test func `SIGTERM in the middle of reloads ends it with status 0`() throws {
        let service = try ServiceUnderTest()
        for _ in 0..<20 { kill(service.process.processIdentifier, SIGHUP) }
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
    }
}
