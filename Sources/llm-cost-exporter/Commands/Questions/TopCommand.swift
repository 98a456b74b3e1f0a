// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Reports

/// `top`: the dearest traces, sessions, users, calls or models of a period.
struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "List the dearest traces, sessions, users, agents, calls or models that the ledger has.",
        usage: """
            llm-cost-exporter top <folder> [--by <name>] [--from <time>] [--to <time>] [<options>]
            For example: llm-cost-exporter top /var/lib/llm-cost-exporter --by user --from now-7d
            """,
        discussion: """
            It reads the folder that the argument, --storage.path or the settings name, also while the service runs, and changes nothing. The flags are the \
            parameters of GET /api/v1/top. A trace or session comes with everything that it cost, also outside the period.

            The exit code is 0; 1 if the folder cannot be read; 64 for a wrong flag; 74 if the result cannot be written.
            """)

    @OptionGroup var ledger: LedgerFolderArgument
    @OptionGroup var period: PeriodFlags

    @Option(
        help: ArgumentHelp(
            "What is compared: trace, session, call, or a fact or dimension such as user, agent and model (default trace).",
            valueName: "name"))
    var by: String?

    @Option(help: ArgumentHelp("By what: cost, tokens, calls or duration (default cost).", valueName: "figure"))
    var orderBy: String?

    @Option(help: ArgumentHelp("How many, 1 to 1000 (default 10).", valueName: "count"))
    var limit: String?

    @OptionGroup var output: OutputFormatFlag
    @OptionGroup var result: OutputFileFlag

    func run() throws {
        try result.begin()
        let desk = try FolderDesk(ledger)
        let own = [("by", by), ("order_by", orderBy), ("limit", limit)].compactMap { name, value in
            value.map { (name: name, value: $0) }
        }
        let query = QuestionParameters.query(period.parameters() + own)
        switch output.format {
        case .text:
            // Other commands have another usual period.
            let words = CommandWords(folder: ledger.words, period: period.words(from: Period.usualStart))
            ReportPrinter.print(
                try desk.ask { desk throws(AnswerFailure) in try desk.topLines(query: query, askedBy: words) })
        case .json:
            print(
                try desk.ask { desk throws(AnswerFailure) in try desk.reply(to: .top, query: query).text },
                terminator: "")
        }
    }
}
