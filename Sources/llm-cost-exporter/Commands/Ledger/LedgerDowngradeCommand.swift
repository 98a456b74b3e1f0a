// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Ledger
import Notation

/// `ledger downgrade`: puts the rows back that an upgrade has kept.
struct LedgerDowngradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "downgrade",
        abstract: "Put back the copy of the rows that an upgrade kept, so that the older version can start again.",
        usage: """
            llm-cost-exporter ledger downgrade <folder> [--yes] [<options>]
            For example: llm-cost-exporter ledger downgrade /var/lib/llm-cost-exporter
            """,
        discussion: """
            An upgrade that changes the rows keeps a copy of them as ledger-before-N.db. This command puts the newest copy in \
            the place of the rows; what was added to them since then is lost, and the counters go on. Without --yes, it says \
            what would be lost and changes nothing. The service must be stopped.

            The exit code is 0; 1 if --yes is missing, if there is no copy or it is damaged, if a process has the folder, or \
            if a file cannot be written; 64 for a wrong flag.
            """)

    @OptionGroup var flags: LedgerFolderArgument
    @Flag(help: "Put the copy back.")
    var yes = false

    func run() throws {
        let path = try flags.folder(of: try flags.settings())
        do throws(JournalError) {
            let downgrade = try LedgerDowngrade(of: path, holder: LedgerFolderFlags.holder("downgrade"))
            for line in Self.lines(downgrade.plan) { print(ShownText.escaped(line)) }
            if yes {
                try downgrade.run()
                print("the copy is in place; start the version that reads format \(downgrade.plan.version)")
            }
        } catch {
            throw LedgerFolderFlags.refusal(error)
        }
        guard yes else {
            StandardError.write(
                "Error: nothing was changed; repeat this with --yes, after a copy of the folder: llm-cost-exporter ledger "
                    + "backup \((flags.words + ["FILE"]).map(ShellWord.quoted).joined(separator: " "))\n")
            throw ExitCode.failure
        }
    }

    private static func lines(_ plan: LedgerDowngrade.Plan) -> [String] {
        var lines = [
            "\(plan.copy) has rows of format \(plan.version)\(plan.position.map { ", up to record \($0)" } ?? "")"
        ]
        if let version = plan.presentVersion {
            lines.append(
                "the present rows have format \(version)\(plan.presentPosition.map { ", up to record \($0)" } ?? "")")
        }
        if let calls = plan.calls, let present = plan.presentCalls {
            lines.append(
                "\(max(0, present - calls)) calls were counted since the copy; they are lost to the rows, but for those"
            )
            lines.append("that the journal still has, and stay in the counters")
        }
        if let first = plan.firstRecord, let format = plan.journalFormat {
            lines.append("the journal begins with record \(first) and keeps format \(format): a version that reads")
            lines.append("only earlier formats refuses the folder even with the copy")
        }
        return lines
    }
}
