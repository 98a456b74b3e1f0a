// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Ledger

/// `ledger info`: what is in the folder.
struct LedgerInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract:
            "Say who has the folder and what is in it: calls, times, traces, sessions, roll-ups, totals and bytes.",
        usage: """
            llm-cost-exporter ledger info <folder> [--format <format>] [<options>]
            For example: llm-cost-exporter ledger info /var/lib/llm-cost-exporter
            """,
        discussion: """
            It reads the folder and changes nothing, and works also while the service runs: the figures are then those of one \
            moment. How long rows are kept is said of the settings that --config.file names, which may not be those of the service.

            The exit code is 0; 1 if the folder cannot be read; 64 for a wrong flag.
            """)

    @OptionGroup var flags: LedgerFolderArgument
    @OptionGroup var output: OutputFormatFlag

    func run() throws {
        let settings = try flags.settings()
        let path = try flags.folder(of: settings)
        do throws(JournalError) {
            let info = try LedgerInfo(of: path)
            switch output.format {
            case .json: print(LedgerInfoForms.json(info, path: path, settings.rows))
            case .text: print(LedgerInfoForms.text(info, path: path, settings.rows), terminator: "")
            }
        } catch {
            throw LedgerFolderFlags.refusal(error)
        }
    }
}
