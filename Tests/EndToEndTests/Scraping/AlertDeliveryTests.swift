// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// From a real SDK through the service, Prometheus with the shipped rules, and Alertmanager with the shipped example, to a
/// webhook and to Slack.
///
/// The copies of the shipped files differ only in thresholds, times, addresses and the folder of the secrets.
@Suite struct AlertDeliveryTests {
    private let folder: TemporaryFolder
    private let receiver: NotificationReceiver

    init() throws {
        folder = try TemporaryFolder()
        receiver = try NotificationReceiver()
    }

    @Test func `A spike reaches webhook and Slack, and an exporter that is down holds back warnings`() throws {
        let service = try ServiceUnderTest()
        let alertmanager = try AlertmanagerServer(settings: alertmanagerSettings())
        let prometheus = try PrometheusServer(
            scraping: service.webPort, every: "500ms", rules: rules(), alerting: alertmanager.port)
        try poll(for: "the rules to see a scrape") {
            try prometheus.query("all:llm_cost_dollars:increase1d") == "0" ? () : nil
        }
        // An alert has come through, so that this one would have, too.
        _ = try receiver.slack("LLMThresholdMissing")
        #expect(try alertmanager.alert("LLMDailySpend") == nil)

        try send(to: service.otlpPort)
        let page = try receiver.webhook("LLMDailySpend")
        #expect(page.path == "/alertmanager" && page.authorization == "Bearer token of the test")
        #expect(page.body.status == "firing")
        let alert = try #require(page.body.alerts?.first)
        #expect(alert.labels["severity"] == "critical")
        // The calls cost 1.6 cents, which `increase` may extrapolate to twice as much at first.
        #expect(alert.annotations["summary"]?.hasPrefix("Model calls cost $0.0") == true)
        #expect(alert.annotations["description"]?.contains("Most of it: claude-sonnet-4-5 $0.0") == true)
        let message = try receiver.slack("LLMDailySpend")
        #expect(message.title == "FIRING (1): LLMDailySpend")
        #expect(message.text.contains("Runbook: docs/alerts.md#llmdailyspend"))

        // The slower burn is explained by the faster one.
        try poll(for: "the medium burn to be held back") { () throws -> Void? in
            guard let fast = try alertmanager.alert("LLMBudgetBurnsFast")?.fingerprint else { return nil }
            return try alertmanager.alert("LLMBudgetBurnsMedium")?.status.inhibitedBy == [fast] ? () : nil
        }
        // A warning of its own goes to Slack alone, until no exporter is left.
        #expect(try alertmanager.alert("LLMThresholdMissing")?.status.inhibitedBy == [])
        kill(service.process.processIdentifier, SIGKILL)
        _ = try receiver.webhook("LLMCostExporterDown")
        try poll(for: "the warning to be held back") { () throws -> Void? in
            guard let down = try alertmanager.alert("LLMCostExporterDown")?.fingerprint else { return nil }
            return try alertmanager.alert("LLMThresholdMissing")?.status.inhibitedBy == [down] ? () : nil
        }
        let sent = try receiver.notifications().flatMap { $0.body.alerts ?? [] }.map { $0.labels["severity"] }
        #expect(sent.allSatisfy { $0 == "critical" })
    }

    private func send(to port: UInt16) throws {
        let script = Repository.scripts.appending(path: "send_spans.py").path
        let sender = try run(Repository.tool("python"), [script, "http://127.0.0.1:\(port)/v1/traces"])
        try #require(sender.status == 0, "the SDK could not send: \(sender.log)")
    }

    /// Copies of the shipped rules: evaluated each second, with thresholds of a cent or nothing, and without that of slow calls.
    private func rules() throws -> [URL] {
        try ["thresholds", "recording", "alerts"].map { name in
            let shipped = Repository.root.appending(path: "grafana/prometheus/\(name).yaml")
            let text = try String(contentsOf: shipped, encoding: .utf8)
                .replacing(/interval: \d+m/, with: "interval: 1s").replacing(/for: \d+[mh]/, with: "for: 1s")
                .replacing("vector(100)", with: "vector(0.01)").replacing("vector(2000)", with: "vector(0.01)")
                .replacing("vector(1)", with: "vector(0)")
                .replacing("record: llm_threshold:p95_seconds", with: "record: llm_threshold:p95_minutes")
            let copy = folder.url.appending(path: "\(name).yaml")
            try Data(text.utf8).write(to: copy)
            return copy
        }
    }

    /// The shipped example, with the secrets of the test and without waits.
    private func alertmanagerSettings() throws -> String {
        let secrets = [
            "slack-url": "http://127.0.0.1:\(receiver.port)/slack", "webhook-token": "token of the test",
            "smtp-password": "unused",
        ]
        for (name, text) in secrets { try Data(text.utf8).write(to: folder.url.appending(path: name)) }
        let shipped = Repository.root.appending(path: "grafana/alertmanager/alertmanager.yaml")
        return try String(contentsOf: shipped, encoding: .utf8)
            .replacing("/etc/alertmanager/secrets", with: folder.url.path)
            .replacing("https://pager.example.com", with: "http://127.0.0.1:\(receiver.port)")
            .replacing(/group_wait: \w+/, with: "group_wait: 100ms")
            .replacing(/group_interval: \w+/, with: "group_interval: 500ms")
    }
}
