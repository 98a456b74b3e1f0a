// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// llm-cost-exporter: the front door, with commands, settings and wiring.
@main
struct CostExporter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "llm-cost-exporter",
        abstract:
            "Receives OpenTelemetry spans of model calls and shows Prometheus their tokens, dollars and latencies.",
        version: Version.text,
        subcommands: [Serve.self, Replay.self, Explain.self, Price.self, Prices.self, CheckConfig.self],
        defaultSubcommand: Serve.self)
}

/// What this build calls itself.
enum Version {
    static let text = "0.1.0"
}
