// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Reports

/// `trace`: what a trace cost, call by call.
struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Show what a trace cost: a tree of its calls with tokens, duration and dollars.",
        usage: """
            llm-cost-exporter trace <folder> <id> [<options>]
            For example: llm-cost-exporter trace /var/lib/llm-cost-exporter 4bf92f3577b34da6a3ce929d0e0e4736
            """,
        discussion: """
            It reads the folder that the first of two arguments, --storage.path or the settings name, also while the service runs, and changes nothing. Spans that are not counted, \
            since they are twins of a call, sent again, or repeat the calls below them, are in the tree with the reason. Spans \
            that are no calls are not kept.

            The exit code is 0; 1 if the folder cannot be read or has no call of the trace; 64 for a wrong flag or id; 74 if \
            the result cannot be written.
            """)

    @OptionGroup var flags: LedgerFolderFlags
    @OptionGroup var zone: ZoneFlag
    @OptionGroup var output: OutputFormatFlag
    @OptionGroup var result: OutputFileFlag

    @Argument(
        help: ArgumentHelp(
            "Folder of the ledger, if no flag or setting names it, and the id of the trace, 32 hexadecimal digits.",
            valueName: "folder> <id"))
    var words: [String] = []

    func run() throws {
        let (folder, id) = try LedgerFolderFlags.split(words, last: "the id of the trace")
        try result.begin()
        let desk = try FolderDesk(flags, folder: folder)
        let query = QuestionParameters.query(zone.parameters)
        switch output.format {
        case .text:
            ReportPrinter.print(try desk.ask { desk throws(AnswerFailure) in try desk.traceLines(id, query: query) })
        case .json:
            print(
                try desk.ask { desk throws(AnswerFailure) in try desk.reply(to: .trace(id), query: query).text },
                terminator: "")
        }
    }
}
