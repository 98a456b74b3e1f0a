// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Reports

/// `export`: all calls of a period, for a spreadsheet, a program or a FinOps tool.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all calls of a period that the ledger has, one a line, or their cost as a FOCUS file.",
        usage: """
            llm-cost-exporter export <folder> [--from <time>] [--to <time>] [--format <format>] [<options>]
            For example: llm-cost-exporter export /var/lib/llm-cost-exporter --from now/M-1M --to now/M --output calls.csv
            """,
        discussion: """
            It reads the folder that the argument, --storage.path or the settings name, also while the service runs, and changes nothing. Memory does not depend on \
            the period. The lines are those of GET /api/v1/export.

            The exit code is 0; 1 if the folder cannot be read; 64 for a wrong flag; 74 if the result cannot be written.
            """)

    @OptionGroup var ledger: LedgerFolderArgument
    @OptionGroup var period: PeriodFlags

    // The question refuses any other form and names those that there are.
    @Option(
        help: ArgumentHelp("Form of the lines: csv, jsonl or focus (default csv).", valueName: "format"))
    var format: String?

    @Option(
        help: ArgumentHelp(
            "Of a FOCUS file: what rows are by, such as project,user, in addition to day, model and price.",
            valueName: "keys"))
    var groupBy: String?

    @Option(help: ArgumentHelp("Of a FOCUS file: what sub accounts are, such as project.", valueName: "key"))
    var subAccount: String?

    @Option(
        help: ArgumentHelp(
            "Of a FOCUS file: days from the end of a month until later calls are corrections (default 3).",
            valueName: "days"))
    var closeDays: String?

    @OptionGroup var result: OutputFileFlag

    func run() throws {
        try result.begin()
        let desk = try FolderDesk(ledger)
        let own = [
            ("format", format), ("group_by", groupBy), ("sub_account", subAccount), ("close_days", closeDays),
        ]
        let query = QuestionParameters.query(
            period.parameters() + own.compactMap { name, text in text.map { (name, $0) } })
        let reply = try desk.ask { desk throws(AnswerFailure) in try desk.reply(to: .export, query: query) }
        if let export = reply.export { try desk.write(export) }
    }
}
