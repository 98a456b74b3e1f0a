// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A real collector (rotel) that takes OTLP and passes it on over OTLP/HTTP: protobuf, gzip, batches of 200 ms.
package final class CollectorProcess {
    private let process: ChildProcess
    private let folder: TemporaryFolder

    /// The port that takes OTLP/HTTP.
    package let port: UInt16

    /// Starts the collector and waits until it listens.
    ///
    /// - Parameter target: The port on 127.0.0.1 to pass spans on to.
    /// - Throws: ``MissingTool``, or ``DeadlinePassed`` with its log.
    package init(exportingTo target: UInt16) throws {
        let folder = try TemporaryFolder()
        // It tells no log line which port it took; and it cannot listen twice on equal addresses, not even on port 0.
        let process = try ChildProcess(
            Repository.tool("rotel"),
            [
                "start", "--otlp-http-endpoint", "127.0.0.1:0", "--otlp-grpc-endpoint", "127.0.0.2:0",
                "--exporter", "otlp", "--otlp-exporter-protocol", "http",
                "--otlp-exporter-endpoint", "http://127.0.0.1:\(target)",
                "--pid-file", folder.url.appending(path: "pid").path,
                "--log-file", folder.url.appending(path: "log").path,
            ])
        port = try poll(for: "the collector; it said: \(process.log)") {
            TCPTable.listeningPort(of: process.processIdentifier, address: "127.0.0.1")
        }
        self.folder = folder
        self.process = process
    }
}
