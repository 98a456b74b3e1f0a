// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc

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

    /// Runs the command that the arguments name.
    ///
    /// The argument parser has a function for this, but it writes with functions that can block for ever, or end the process
    /// with another status than the command's.
    @MainActor
    static func main() async {
        StandardDescriptors.fill()
        // A write that the system refuses is an error number, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        // A service must hear of signals that come before its handlers are in place.
        EarlySignals.note()

        var command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            // It may be the service whose arguments are wrong.
            StandardError.startQueue()
            end(error)
        }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                StandardError.startQueue()
                try await asynchronous.run()
            } else {
                EarlySignals.release()
                try command.run()
            }
            end(nil)
        } catch {
            end(error)
        }
    }

    /// Ends the process as the argument parser would: help goes to standard output, an error to standard error.
    private static func end(_ error: (any Error)?) -> Never {
        var status = EXIT_SUCCESS
        if let error {
            status = exitCode(for: error).rawValue
            let text = fullMessage(for: error)
            if !text.isEmpty, status == EXIT_SUCCESS { print(text) }
            if !text.isEmpty, status != EXIT_SUCCESS { StandardError.write(text + "\n") }
        }
        StandardOutput.flush()
        StandardError.flush()
        // Nothing is left for handlers of `exit` to do, and they could wait for a thread that writes to a full pipe.
        _exit(status)
    }
}

/// What this build calls itself.
enum Version {
    static let text = "0.1.0"
}
