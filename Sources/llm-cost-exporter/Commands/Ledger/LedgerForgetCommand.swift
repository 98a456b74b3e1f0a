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
        usage: """
            llm-cost-exporter ledger forget <folder> --user <text> [--label <name> ...] [--dry-run] [<options>]
            For example: llm-cost-exporter ledger forget /var/lib/llm-cost-exporter --user alice@example.com --dry-run
            """,
        discussion: """
            The user goes as a value of the dimension user, of labels that are named like users or read an attribute such as \
            user.id, and of the labels that --label names: out of the rows, the journal and the counters. What the user had is \
            added to what has no user, so no sum changes. Sessions and traces may be named after users: --label session and \
            --label trace_name forget those whose name is exactly this text. Rows are written anew, which needs room for \
            a second file. With --dry-run, the command changes nothing, also works on a read-only folder, and needs that room \
            among the temporary files.

            At the end, the command lists what still names the user: values of other labels, and texts with the user as a \
            part. It does not reach copies and backups of the folder, what Prometheus has scraped, and logs.

            The service must be stopped.

            The exit code is 0 if nothing in the folder names the user any more, or with --dry-run; 1 if something does, if a \
            process has the folder, or if a file cannot be read or written; 64 for a wrong flag.
            """)

    @OptionGroup var flags: LedgerFolderArgument
    @Option(help: ArgumentHelp("The user, as senders write it or as the ledger has it.", valueName: "text"))
    var user: String
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "A label or dimension whose values are users too: also session, and trace_name for names of traces. May be repeated.",
            valueName: "name"))
    var label: [String] = []
    @Flag(help: "Say what would be changed, and change nothing.")
    var dryRun = false

    func validate() throws {
        guard !DimensionText.kept(user).isEmpty else {
            throw ValidationError("--user must name a user, and not be empty or blank")
        }
    }

    func run() throws {
        let settings = try flags.settings()
        let path = try flags.folder(of: settings)
        let (report, user): (LedgerForgetting.Report, ForgottenUser)
        do {
            let known = try LedgerForgetting.labels(in: path).union(settings.labels.map(\.name))
                .union(DimensionRule.all(with: settings.dimensions).map(\.name))
            if let unknown = label.first(where: { !known.contains($0) }) { throw Self.noLabel(unknown, known) }
            user = try forgotten(settings, path)
            report = try LedgerForgetting(
                user, in: path, labels: known, holder: LedgerFolderFlags.holder("forget"), isDry: dryRun
            ).run()
        } catch let error as JournalError {
            throw LedgerFolderFlags.refusal(error)
        }
        for line in ForgettingForms.lines(report, user, isDry: dryRun) { print(ShownText.escaped(line)) }
        guard dryRun || !report.isNamedStill else { throw ExitCode.failure }
    }

    /// The user with all forms that the folder may have, and the labels that name users.
    private func forgotten(_ settings: Settings, _ path: String) throws(JournalError) -> ForgottenUser {
        let ofUsers = ForgottenUser.attributeKeys
        let labels = ForgottenUser.usualLabels.union(label).union(
            settings.labels.filter { rule in
                rule.sources.contains { $0.attributeKey.map(ofUsers.contains) ?? false }
            }.map(\.name)
        ).union(
            settings.dimensions.filter { rule in
                rule.sources.contains { !ofUsers.isDisjoint(with: $0.attributeKeys) }
            }.map(\.name))
        let kept = DimensionText.kept(user)
        let hashes = try ForgottenUser.hashes(of: kept, in: path)
        // What has the form of a hash is most likely one.
        if let hash = hashes.texts.first, !KeyedTextHash.isHash(user) {
            print(ShownText.escaped("the folder has a key for hashes, by which this user is \(hash)"))
        }
        if hashes.isCutShort {
            print(
                "Unicode has more than \(ForgottenUser.mostSpellings) spellings of this user: the hashes of the others stay"
            )
        }
        let name = DimensionText.name(Array(user.utf8).span)
        return ForgottenUser(
            texts: Set([user, kept, name] + hashes.texts).subtracting([""]), labels: labels)
    }

    private static func noLabel(_ name: String, _ known: Set<String>) -> ValidationError {
        ValidationError(
            "--label '\(ShownText.plain(name))' names a label that neither the folder nor the settings have; choose from \(known.sorted().joined(separator: ", "))"
        )
    }
}
