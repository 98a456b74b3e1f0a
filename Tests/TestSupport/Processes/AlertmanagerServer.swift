// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Debian's Alertmanager on a port of its own, in a cluster of one.
package final class AlertmanagerServer {
    /// The port that takes alerts and answers its API.
    package let port: UInt16

    private let process: ChildProcess
    private let folder: TemporaryFolder

    /// Starts Alertmanager and waits until it listens.
    ///
    /// - Parameter settings: The text of its settings file.
    /// - Throws: ``MissingTool``, or ``DeadlinePassed`` with its log.
    package init(settings: String) throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "alertmanager.yml")
        try Data(settings.utf8).write(to: file)
        let process = try ChildProcess(
            Repository.tool("alertmanager"),
            [
                "--config.file=\(file.path)", "--storage.path=\(folder.url.appending(path: "data").path)",
                "--web.listen-address=127.0.0.1:0", "--cluster.listen-address=",
            ])
        port = try poll(for: "Alertmanager; it said: \(process.log)") {
            guard process.isRunning else { throw DeadlinePassed(description: "Alertmanager ended: \(process.log)") }
            return TCPTable.listeningPort(of: process.processIdentifier, address: "127.0.0.1")
        }
        self.folder = folder
        self.process = process
    }

    /// An alert that Alertmanager holds.
    package struct Alert: Decodable {
        package var fingerprint: String
        package var labels: [String: String]
        package var status: Status

        package struct Status: Decodable {
            /// Fingerprints of the alerts that hold this one back.
            package var inhibitedBy: [String]
        }
    }

    /// Asks for an alert.
    ///
    /// - Parameter name: The value of its label `alertname`.
    /// - Returns: The alert, or `nil` while Alertmanager does not have it.
    /// - Throws: ``HTTPFailure``, or when the answer is not the one of the API.
    package func alert(_ name: String) throws -> Alert? {
        var connection = try HTTPConnection(port: port)
        let response = try connection.send("GET", "/api/v2/alerts")
        let alerts = try JSONDecoder().decode([Alert].self, from: Data(response.body))
        return alerts.first { $0.labels["alertname"] == name }
    }
}
