// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import GenAI
import Ledger
import Notation

/// `ledger forget`: takes a user out of the folder.
struct LedgerForgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Take a user out of all files of the folder; calls, tokens and dollars stay.",
        discussion: """
            The user goes as a value of the dimension user, of labels that are named like users or read an attribute such as \
            user.id, and of the labels that --label names: out of the rows, the journal and the counters. What the user had is \
            added to what has no user, so no sum changes. Rows are written anew, which needs room for a second file. With \
            --dry-run, the command changes nothing, also works on a read-only folder, and needs that room among the temporary \
            files.

            The service must be stopped. What Prometheus has scraped, and copies of the folder elsewhere, are not changed.

            The exit code is 0 if no file has the text any more, or with --dry-run; 1 if a file has it still, if a process \
            has the folder, or if a file cannot be read or written; 64 for a wrong flag.
            """)

    @OptionGroup var flags: LedgerFolderFlags
    @Option(help: ArgumentHelp("The user, as senders write it.", valueName: "text"))
    var user: String
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("A label or dimension whose values are users too. May be repeated.", valueName: "name"))
    var label: [String] = []
    @Flag(help: "Say what would be changed, and change nothing.")
    var dryRun = false

    func validate() throws {
        guard !user.isEmpty else { throw ValidationError("--user must not be empty") }
    }

    func run() throws {
        let settings = try flags.settings()
        let path = try flags.folder(of: settings)
        let ofUsers = ForgottenUser.attributeKeys
        let labels = ForgottenUser.usualLabels.union(label).union(
            settings.labels.filter { rule in
                rule.sources.contains { $0.attributeKey.map(ofUsers.contains) ?? false }
            }.map(\.name)
        ).union(
            settings.dimensions.filter { rule in
                rule.sources.contains { !ofUsers.isDisjoint(with: $0.attributeKeys) }
            }.map(\.name))
        let report: LedgerForgetting.Report
        do throws(JournalError) {
            let kept = DimensionText.kept(user)
            let hash = try ForgottenUser.hash(of: kept, in: path)
            if let hash { print(ShownText.escaped("the folder has a key for hashes, by which this user is \(hash)")) }
            report = try LedgerForgetting(
                ForgottenUser(texts: Set([user, kept] + [hash].compactMap { $0 }), labels: labels), in: path,
                holder: LedgerFolderFlags.holder("forget"),
                isDry: dryRun
            ).run()
        } catch {
            throw LedgerFolderFlags.refusal(error)
        }
        for line in lines(report) { print(ShownText.escaped(line)) }
        guard report.remaining.isEmpty else { throw ExitCode.failure }
    }

    private func lines(_ report: LedgerForgetting.Report) -> [String] {
        guard report.hasFound else { return ["no file of the folder has this user"] + remaining(report) }
        var lines = [
            "\(dryRun ? "would change" : "changed"):",
            "  rows: \(report.calls) calls, \(report.sets) combinations of values, \(report.rollups) roll-ups",
            "  journal: \(report.values) values in \(report.segments) segments",
            "  counters: \(report.counterValues) values",
        ]
        for copy in report.copies { lines.append("  \(dryRun ? "would remove" : "removed"): \(copy)") }
        return lines + remaining(report)
    }

    private func remaining(_ report: LedgerForgetting.Report) -> [String] {
        report.remaining.map {
            "\($0) has the text still, as a part of another text or as something else than a user; --label NAME names a further label"
        }
    }
}
