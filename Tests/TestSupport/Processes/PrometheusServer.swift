// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// Debian's Prometheus on a port of its own, scraping one target into a temporary folder.
package final class PrometheusServer {
    private let process: ChildProcess
    private let folder: TemporaryFolder
    package let port: UInt16

    /// Starts Prometheus and waits until it answers queries.
    ///
    /// - Parameters:
    ///   - target: The port on 127.0.0.1 to scrape.
    ///   - interval: The time between two scrapes, as its settings write it.
    ///   - rules: Files of rules.
    ///   - alertmanager: The port on 127.0.0.1 of the Alertmanager that takes the alerts.
    /// - Throws: ``MissingTool``, or ``DeadlinePassed`` with its log.
    package init(
        scraping target: UInt16, every interval: String = "1s", rules: [URL] = [], alerting alertmanager: UInt16? = nil
    ) throws {
        let folder = try TemporaryFolder()
        let files = rules.map { "'\($0.path)'" }.joined(separator: ", ")
        let receivers = alertmanager.map { "{ static_configs: [{ targets: ['127.0.0.1:\($0)'] }] }" } ?? ""
        let settings = """
            global: { scrape_interval: \(interval) }
            rule_files: [\(files)]
            alerting: { alertmanagers: [\(receivers)] }
            scrape_configs:
              - job_name: llm-cost-exporter
                static_configs: [{ targets: ["127.0.0.1:\(target)"] }]
            """
        let file = folder.url.appending(path: "prometheus.yml")
        try Data(settings.utf8).write(to: file)
        let process = try ChildProcess(
            Repository.tool("prometheus"),
            [
                "--config.file=\(file.path)", "--storage.tsdb.path=\(folder.url.appending(path: "data").path)",
                "--web.listen-address=127.0.0.1:0",
                // Alerts before Alertmanager is discovered are lost, and sent again a minute later by default.
                "--rules.alert.resend-delay=1s",
            ])
        port = try poll(for: "Prometheus; it said: \(process.log)") {
            guard process.log.contains("Server is ready to receive web requests.") else { return nil }
            return TCPTable.listeningPort(of: process.processIdentifier, address: "127.0.0.1")
        }
        self.folder = folder
        self.process = process
    }

    /// Asks for the value of an expression now.
    ///
    /// - Parameter expression: PromQL that gives at most one element.
    /// - Returns: The value as Prometheus writes it, the shortest decimal that is the stored number; `nil` for no element.
    /// - Throws: When the query fails or gives several elements.
    package func query(_ expression: String) throws -> String? {
        let escaped = expression.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        var connection = try HTTPConnection(port: port)
        let response = try connection.send("GET", "/api/v1/query?query=\(escaped)")
        guard response.status == 200 else { throw QueryFailure(description: "\(expression): \(response.text)") }
        let elements = try JSONDecoder().decode(Answer.self, from: Data(response.body)).data.result
        guard elements.count < 2 else { throw QueryFailure(description: "\(expression): \(elements.count) elements") }
        return elements.first?.value
    }

    private struct Answer: Decodable {
        var data: Result

        struct Result: Decodable { var result: [Element] }

        struct Element: Decodable {
            /// The second of two: the first is the time.
            var value: String

            init(from decoder: any Decoder) throws {
                var pair = try decoder.container(keyedBy: Key.self).nestedUnkeyedContainer(forKey: .value)
                _ = try pair.decode(Double.self)
                value = try pair.decode(String.self)
            }

            private enum Key: CodingKey { case value }
        }
    }
}

/// A query that gave no usable answer.
package struct QueryFailure: Error, CustomStringConvertible {
    package var description: String
}
