// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Doctor
import Foundation
import Notation

/// `doctor`: what is wrong with a running service, and what to do.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Ask a running service what arrived, what was refused and why, what has no price, and what to do.",
        discussion: """
            It asks the web listener over HTTP for its metrics, its readiness and its lists of calls without a price and of \
            refused requests. It changes no setting and no figure of calls; the service remembers it as a scraper for some \
            minutes.

            Each line begins with 'ok', 'note' or 'wrong', and the line below it says what to do. Counts are since the start \
            of the process. Findings from counters that a folder continues over a restart say so, and are never 'wrong'.

            The exit code is 0 if nothing is wrong, 1 if something is, 64 for a wrong flag or address, 69 if there is no \
            such service at the address, and 74 if the result cannot be written.
            """)

    @OptionGroup var output: OutputFormatFlag

    @Option(
        name: .customLong("web.telemetry-path"),
        help: ArgumentHelp("Path of the metrics.", valueName: "path"))
    var telemetryPath = "/metrics"

    @Option(help: ArgumentHelp("Longest wait for an answer in seconds, 1 to 600.", valueName: "seconds"))
    var timeout = 10

    @Argument(help: "Address of the web listener: host:port, or only a host for port 9464.")
    var address = "127.0.0.1:9464"

    func validate() throws {
        guard (1...600).contains(timeout) else {
            throw ValidationError("--timeout must be from 1 to 600 seconds, not \(timeout)")
        }
        guard telemetryPath.hasPrefix("/"), telemetryPath.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ValidationError(
                "--web.telemetry-path must begin with a slash, such as /metrics, not '\(telemetryPath)'")
        }
        _ = try asked()
    }

    func run() throws {
        let asked = try asked()
        var limits = PlainHTTP.Limits()
        limits.seconds = timeout
        let questions = ServiceQuestions(
            address: asked, telemetryPath: telemetryPath, agent: "llm-cost-exporter-doctor/\(Version.text)",
            limits: limits)
        let findings: [Finding]
        do throws(NoServiceError) {
            findings = Examination.findings(in: try questions.ask(clock: Date().timeIntervalSince1970), at: asked)
        } catch {
            StandardError.write(ShownText.escaped("\(error)", keepsLines: true) + "\n")
            throw ExitCode(ExitStatus.noService)
        }
        switch output.format {
        case .json: StandardOutput.write(FindingJSON.text(of: findings).utf8)
        case .text:
            for line in FindingText.lines(of: findings) { print(Self.shown(line)) }
            print("\n\(Paint.bold(FindingText.summary(of: findings)))")
        }
        if findings.contains(where: { $0.level == .wrong }) { throw ExitCode.failure }
    }

    private func asked() throws -> ServiceAddress {
        do throws(AddressError) {
            return try ServiceAddress(address)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    private static func shown(_ line: FindingText.Line) -> String {
        let mark = line.mark + String(repeating: " ", count: max(1, 7 - line.mark.count))
        guard !line.mark.isEmpty else { return mark + "→ " + line.text }
        switch line.level {
        case .ok: return Paint.good(mark) + line.text
        case .note: return Paint.warning(mark) + line.text
        case .wrong: return Paint.bad(mark) + line.text
        }
    }
}
