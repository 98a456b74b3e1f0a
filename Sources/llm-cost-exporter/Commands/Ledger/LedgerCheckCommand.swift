// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Ledger
import Notation

/// `ledger check`: proves that the parts of the folder agree.
struct LedgerCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Prove that counters, calls, roll-ups, traces, sessions and journal agree, or say where they do not.",
        usage: """
            llm-cost-exporter ledger check <folder> [--quick] [--format <format>] [<options>]
            For example: llm-cost-exporter ledger check /var/lib/llm-cost-exporter
            """,
        discussion: """
            It compares every sum to 1e-15 dollars: the counters of the checkpoint with the totals of the rows, the totals with \
            the calls and with the roll-ups, the roll-ups of each dimension with those of all calls, traces and sessions with \
            their calls. It looks for rows that name what does not exist, lets SQLite check its file, and reads the journal as \
            a start would. It changes nothing, and works also while the service runs.

            Each line begins with 'ok', 'note' or 'wrong', and the line below it says what to do. At most 10 differences of a \
            kind are listed.

            The exit code is 0 if everything agrees, 1 if something does not, 2 if the folder cannot be read, 64 for a wrong \
            flag, and 74 if the result cannot be written.
            """)

    @OptionGroup var flags: LedgerFolderArgument
    @OptionGroup var output: OutputFormatFlag
    @Flag(help: "Leave SQLite's own check of the file out, which takes about half of the time.")
    var quick = false

    func run() throws {
        let path = try flags.folder(of: try flags.settings())
        let line = StepProgress()
        let findings: [CheckFinding]
        do throws(JournalError) {
            findings = try LedgerCheck(of: path, isQuick: quick) { progress in
                line.show("checking \(progress.part)", progress.done, of: progress.all)
            }.run()
            line.clear()
        } catch {
            line.clear()
            throw LedgerFolderFlags.refusal(error, ExitStatus.unreadable)
        }
        switch output.format {
        case .json: for finding in findings { print(Self.json(finding)) }
        case .text:
            for finding in findings { Self.show(finding) }
            let wrong = findings.count { $0.level == .wrong }
            print(
                "\n\(Paint.bold(wrong == 0 ? "everything agrees" : "\(wrong) \(wrong == 1 ? "thing does" : "things do") not agree"))"
            )
        }
        if findings.contains(where: { $0.level == .wrong }) { throw ExitCode.failure }
    }

    private static func show(_ finding: CheckFinding) {
        let text = ShownText.plain("\(finding.area.rawValue): \(finding.text)")
        switch finding.level {
        case .ok: print(Paint.good("ok     ") + text)
        case .note: print(Paint.warning("note   ") + text)
        case .wrong: print(Paint.bad("wrong  ") + text)
        }
        if !finding.remedy.isEmpty { print("       → " + ShownText.plain(finding.remedy)) }
    }

    private static func json(_ finding: CheckFinding) -> String {
        var line = JSONLine()
        line.add("area", finding.area.rawValue)
        line.add("level", finding.level.rawValue)
        line.add("text", finding.text)
        line.add("remedy", said: finding.remedy)
        return line.text
    }
}
