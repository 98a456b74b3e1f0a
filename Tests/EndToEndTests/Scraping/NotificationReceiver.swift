// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport

/// A listener that takes what Alertmanager sends to webhooks and to Slack.
final class NotificationReceiver {
    let port: UInt16
    private let process: ChildProcess

    /// Starts the listener.
    init() throws {
        let script = Repository.scripts.appending(path: "receive_alerts.py").path
        let process = try ChildProcess(Repository.tool("python"), [script])
        port = try poll(for: "the receiver; it said: \(process.log)") {
            TCPTable.listeningPort(of: process.processIdentifier, address: "127.0.0.1")
        }
        self.process = process
    }

    /// One request, as `receive_alerts.py` prints it.
    struct Notification: Decodable {
        var path: String
        var authorization: String
        var body: Body

        struct Body: Decodable {
            /// Of a webhook: `firing` or `resolved`.
            var status: String?
            var alerts: [Alert]?
            /// Of Slack.
            var attachments: [Attachment]?
        }

        struct Alert: Decodable {
            var labels: [String: String]
            var annotations: [String: String]
        }

        struct Attachment: Decodable {
            var title: String
            var text: String
        }
    }

    /// All requests so far whose body is whole.
    func notifications() throws -> [Notification] {
        let lines = process.output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        return try lines.map { try JSONDecoder().decode(Notification.self, from: Data($0)) }
    }

    /// Waits for the first notification of an alert to the webhook.
    func webhook(_ alert: String) throws -> Notification {
        try poll(for: "\(alert) at the webhook") {
            try notifications().first { $0.body.alerts?.first?.labels["alertname"] == alert }
        }
    }

    /// Waits for the first message about an alert to Slack.
    func slack(_ alert: String) throws -> Notification.Attachment {
        try poll(for: "\(alert) at Slack") {
            try notifications().compactMap { $0.body.attachments?.first }.first { $0.title.hasSuffix(": \(alert)") }
        }
    }
}
