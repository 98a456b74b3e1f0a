// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Reports

/// `export`: all calls of a period, for a spreadsheet or a program.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all calls of a period that the ledger has, one a line, as CSV or JSON.",
        discussion: """
            It reads the folder of storage.path, also while the service runs, and changes nothing. Memory does not depend on \
            the period. The lines are those of GET /api/v1/export.

            The exit code is 0; 1 if the folder cannot be read; 64 for a wrong flag; 74 if the result cannot be written.
            """)

    @OptionGroup var flags: LedgerFolderFlags
    @OptionGroup var period: PeriodFlags

    // The question refuses any other form and names those that there are.
    @Option(
        help: ArgumentHelp("Form of the lines: csv or jsonl (default csv).", valueName: "format"))
    var format: String?

    @OptionGroup var result: OutputFileFlag

    func run() throws {
        try result.begin()
        let desk = try FolderDesk(flags)
        let query = QuestionParameters.query(period.parameters() + (format.map { [("format", $0)] } ?? []))
        let reply = try desk.ask { desk throws(AnswerFailure) in try desk.reply(to: .export, query: query) }
        if let export = reply.export { try desk.write(export) }
    }
}
