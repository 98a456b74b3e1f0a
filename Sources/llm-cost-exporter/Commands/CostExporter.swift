// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import Notation

/// llm-cost-exporter: the executable with its commands, settings and wiring.
@main
struct CostExporter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "llm-cost-exporter",
        abstract:
            "Counts and prices model calls from OpenTelemetry spans, and exposes tokens, dollars and latencies to Prometheus.",
        version: Version.report,
        subcommands: [
            Serve.self, Replay.self, Explain.self, Report.self, TopCommand.self, TraceCommand.self, ExportCommand.self,
            RepriceCommand.self, ImportCommand.self, Price.self, Prices.self, Metrics.self, CheckConfig.self,
            DoctorCommand.self,
            LedgerCommand.self,
            ShowVersion.self,
        ],
        defaultSubcommand: Serve.self)

    /// Runs the command that the arguments name.
    ///
    /// This replaces the argument parser's own function, whose writes can block for ever or end the process with another status
    /// than the command's. It is no asynchronous one, because for such a function the runtime ends the main thread with
    /// `pthread_exit`, which loads `libgcc_s.so.1`: a system with nothing but the C library lacks that file.
    static func main() {
        StandardDescriptors.fill()
        // A write that the system refuses must return an error and not end the process.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        // A service must act on signals that arrive before its handlers are in place.
        EarlySignals.note()
        Task.detached { await runCommand() }
        // Signals of the process arrive here, because the threads of Dispatch block them.
        while true { pause() }
    }

    /// Runs the command and ends the process.
    private static func runCommand() async {
        var command: any ParsableCommand
        do {
            command = try parseAsRoot(arguments)
        } catch {
            // The wrong arguments may be meant for the service, which must not block on standard error.
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
            end(error, of: type(of: command))
        }
    }

    /// The arguments of the command line; `-v` alone is `--version`.
    private static var arguments: [String] {
        let given = Array(CommandLine.arguments.dropFirst())
        return given == ["-v"] ? ["--version"] : given
    }

    /// The text that the argument parser has for an error, with better words for the commonest ones.
    ///
    /// - Parameters:
    ///   - error: The error.
    ///   - command: The command that threw it; `nil` for the parser.
    /// - Returns: The text.
    private static func message(for error: any Error, of command: (any ParsableCommand.Type)?) -> String {
        let text = fullMessage(for: error)
        if text == helpMessage() { return BareHelp.text }
        guard exitCode(for: error) == .validationFailure else { return text }
        if let command { return CommandUsage.sentence(text, of: command) }
        guard let sentence = WrongCommand.sentence(for: arguments) else {
            return WrongFlag.sentence(for: text, arguments) ?? text
        }
        return "Error: \(sentence)\n  See 'llm-cost-exporter --help' for more information."
    }

    /// The sentence of an error that is none of the argument parser's.
    private static func ownSentence(of error: any Error) -> String? {
        error is ExitCode || exitCode(for: error) != .failure ? nil : "\(error)"
    }

    /// Ends the process as the argument parser would: help goes to standard output, an error to standard error.
    private static func end(_ error: (any Error)?, of command: (any ParsableCommand.Type)? = nil) -> Never {
        var status = EXIT_SUCCESS
        if let error {
            let mistakes = Mistakes.told(error)
            status = mistakes?.exitCode ?? exitCode(for: error).rawValue
            // Values of files may have anything in them.
            let lines = mistakes?.lines ?? ownSentence(of: error).map { [$0] }
            let text =
                lines?.map { "Error: \(ShownText.escaped($0))" }.joined(separator: "\n")
                ?? message(for: error, of: command)
            if !text.isEmpty, status == EXIT_SUCCESS { print(text) }
            if !text.isEmpty, status != EXIT_SUCCESS {
                StandardError.write(ShownText.escaped(text, keepsLines: true) + "\n")
            }
        }
        StandardOutput.finish(isWhole: status == EXIT_SUCCESS)
        StandardError.flush()
        // No `exit` handler has work left, and one could wait for a thread that writes to a full pipe.
        _exit(status)
    }
}
