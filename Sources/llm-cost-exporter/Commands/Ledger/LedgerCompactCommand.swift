// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Ledger

/// `ledger compact`: makes the rows as small as they can be.
struct LedgerCompactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Write the rows anew without free space, while the service is stopped.",
        usage: """
            llm-cost-exporter ledger compact <folder> [<options>]
            For example: llm-cost-exporter ledger compact /var/lib/llm-cost-exporter
            """,
        discussion: """
            A running service uses free space again and gives the rest back by itself, so this is of use only after much was \
            removed at once. It needs the service to be stopped, and room for a second file of rows; without that room, it \
            cuts free pages off in place.

            The exit code is 0; 1 if a process has the folder, or the rows cannot be read or written; 64 for a wrong flag.
            """)

    @OptionGroup var flags: LedgerFolderArgument

    func run() throws {
        let path = try flags.folder(of: try flags.settings())
        do throws(JournalError) {
            let report = try LedgerCompaction(of: path, holder: LedgerFolderFlags.holder("compact")).run()
            print("before: \(LedgerInfoForms.bytes(report.before))")
            print("after:  \(LedgerInfoForms.bytes(report.after))")
            if !report.isRewritten {
                print("free pages were cut off in place: the disk has no room to write the rows anew")
            }
        } catch {
            throw LedgerFolderFlags.refusal(error)
        }
    }
}
