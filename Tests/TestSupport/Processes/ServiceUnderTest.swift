// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The real service, started on ports of its own.
package final class ServiceUnderTest {
    package let process: ChildProcess
    /// The port that takes OTLP.
    package let otlpPort: UInt16
    /// The port that is scraped.
    package let webPort: UInt16
    /// Holds the settings file, which the service watches as long as it runs.
    private let folder: URL

    /// Starts the service and waits until both listeners are open.
    ///
    /// - Parameters:
    ///   - arguments: Arguments besides the two addresses.
    ///   - settings: The settings file; by default calls settle soon, so that nobody has to wait for them.
    ///   - ulimit: Options of the shell's `ulimit` for its resources, for example `-n 64`; `nil` leaves them as they are.
    ///   - shell: A shell script that ends by running `exec "$0" "$@"` with other descriptors or limits. The service's log is
    ///     then not read, and the service has started when it says that it is ready.
    /// - Throws: ``DeadlinePassed`` with its log when it does not come up.
    package init(
        _ arguments: [String] = [], settings: String = "billing: {settle: 100ms}", ulimit: String? = nil,
        shell: String? = nil
    ) throws {
        let addresses = ["--otlp.listen-address", "127.0.0.1:0", "--web.listen-address", "127.0.0.1:0"]
        let folder = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        let file = folder.appending(path: "settings.yaml")
        try Data(settings.utf8).write(to: file)
        let own =
            addresses + (arguments.contains("--config.file") ? [] : ["--config.file", file.path()]) + arguments
        if let shell {
            let process = try ChildProcess(URL(filePath: "/bin/sh"), ["-c", shell, Repository.service.path] + own)
            self.process = process
            (otlpPort, webPort) = try poll(for: "the service to be ready without its log") {
                try Self.readyPorts(of: process)
            }
            return
        }
        let process =
            if let ulimit {
                // Sockets of other tests are inherited, and count against a limit.
                try ChildProcess(
                    URL(filePath: "/bin/bash"),
                    [
                        "-c",
                        "for file in /proc/$$/fd/*; do number=${file##*/}; "
                            + "if [ \"$number\" -gt 2 ]; then eval \"exec $number>&-\"; fi; done; "
                            + "ulimit \(ulimit) && exec \"$0\" \"$@\"", Repository.service.path(),
                    ] + own)
            } else {
                try ChildProcess(Repository.service, own)
            }
        self.process = process
        let ports = try poll(for: "both listeners to open; the service said: \(process.log)") {
            guard process.isRunning else { throw DeadlinePassed(description: "the service ended: \(process.log)") }
            let log = process.log
            guard let otlp = Self.port(of: "otlp", in: log), let web = Self.port(of: "web", in: log) else {
                return (otlp: UInt16, web: UInt16)?.none
            }
            return (otlp, web)
        }
        otlpPort = ports.otlp
        webPort = ports.web
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Posts traces on a connection of its own.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - headers: Headers; protobuf when none are given.
    /// - Returns: The answer.
    /// - Throws: ``HTTPFailure``.
    package func post(
        _ body: [UInt8], headers: [String: String] = ["content-type": "application/x-protobuf"]
    ) throws -> HTTPResponse {
        var connection = try HTTPConnection(port: otlpPort)
        return try connection.send("POST", "/v1/traces", headers: headers, body: body)
    }

    /// Gets a page of the web listener.
    ///
    /// - Parameters:
    ///   - path: The path.
    ///   - headers: Headers.
    /// - Returns: The answer.
    /// - Throws: ``HTTPFailure``.
    package func get(_ path: String, headers: [String: String] = [:]) throws -> HTTPResponse {
        var connection = try HTTPConnection(port: webPort)
        return try connection.send("GET", path, headers: headers)
    }

    /// Scrapes once nothing waits to be counted any more.
    ///
    /// - Parameter isComplete: Whether a scrape shows what else has to be there.
    /// - Returns: The samples.
    /// - Throws: ``HTTPFailure`` or ``DeadlinePassed``.
    package func scrapeSettled(until isComplete: (Exposition) -> Bool = { _ in true }) throws -> Exposition {
        try poll(for: "everything to be counted") {
            let scraped = Exposition(try get("/metrics").text)
            return scraped.sum("llm_cost_exporter_settle_pending_spans") == 0 && isComplete(scraped) ? scraped : nil
        }
    }

    /// Scrapes in even intervals until the service takes us for a regular scraper: only for one does it wait at shutdown.
    ///
    /// - Parameter interval: The time between two scrapes, in seconds.
    /// - Throws: ``HTTPFailure`` or ``DeadlinePassed``.
    package func scrapeRegularly(every interval: Double = 0.15) throws {
        try poll(for: "the service to see a regular scraper") {
            let scraped = Exposition(try get("/metrics").text)
            if scraped.sum("llm_cost_exporter_regular_scrapers") > 0 { return () }
            Thread.sleep(forTimeInterval: interval)
            return nil
        }
    }

    /// Stops the service as a service manager would and scrapes what it shows last: everything it took is counted.
    ///
    /// - Parameter isComplete: Whether a scrape shows what is counted after the last span; one that does not is not the last.
    /// - Returns: The samples.
    /// - Throws: ``HTTPFailure`` or ``DeadlinePassed``.
    package func stopAndScrape(until isComplete: (Exposition) -> Bool = { _ in true }) throws -> Exposition {
        try scrapeRegularly()
        process.terminate()
        try poll(for: "the OTLP listener to close") { (try? HTTPConnection(port: otlpPort)) == nil ? () : nil }
        return try scrapeSettled(until: isComplete)
    }

    /// Distinguishes the two listeners by requesting `/-/ready` from both; `nil` while the service is not ready.
    private static func readyPorts(of process: ChildProcess) throws -> (otlp: UInt16, web: UInt16)? {
        guard process.isRunning else { throw DeadlinePassed(description: "the service ended: \(process.log)") }
        let ports = TCPTable.listeningPorts(of: process.processIdentifier, address: "127.0.0.1")
        guard ports.count == 2 else { return nil }
        for (web, otlp) in [(ports[0], ports[1]), (ports[1], ports[0])] {
            guard var connection = try? HTTPConnection(port: web),
                let answer = try? connection.send("GET", "/-/ready"), answer.text == "Ready.\n"
            else { continue }
            return (otlp, web)
        }
        return nil
    }

    /// Reads `… msg=listening door=otlp address=127.0.0.1:43121`.
    private static func port(of listener: String, in log: String) -> UInt16? {
        // The last line may be half written.
        for line in log.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let words = line.split(separator: " ")
            guard words.contains("msg=listening"), words.contains("door=\(listener)") else { continue }
            let address = words.first { $0.hasPrefix("address=") }
            return address?.split(separator: ":").last.flatMap { UInt16($0) }
        }
        return nil
    }
}
