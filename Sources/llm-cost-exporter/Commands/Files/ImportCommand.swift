// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import GenAI
import Glibc
import Ingest
import Ledger
import Notation
import Pricing

/// `import`: adds the calls of old bodies to the ledger.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Add the calls of files with OTLP bodies to the ledger, under their own dates and never to counters.",
        usage: """
            llm-cost-exporter import --storage.path <folder> [--prices <file> ...] <files> ... [<options>]
            For example: llm-cost-exporter import --storage.path /var/lib/llm-cost-exporter spans.jsonl
            """,
        discussion: """
            It reads the same files as 'replay', and decides and prices their calls as a service would, with the time in the \
            spans as the clock: give the files in the order of time. Spans that the ledger has already are left out, so a \
            file may be imported again. The service must be stopped.

            Counters stay as they are, since they would rise at a time at which nothing was spent. Spans older than \
            storage.retention.calls, and those without a plausible time, are left out.

            The exit code is 0 if all files were imported; 1 if one of them or one of the bodies could not be read (the \
            others are imported), if a process has the folder, or if rows cannot be written; 64 for a wrong flag.
            """)

    @OptionGroup var ledger: LedgerFolderFlags
    @OptionGroup var prices: OwnPricesFlag

    @Argument(help: "Files with OTLP bodies, or '-'.")
    var files: [String]

    func run() throws {
        let loaded = try Loaded(ledger.file, prices: prices)
        let path = try ledger.folder(of: try ledger.settings())
        if let problem = FolderDesk.problem(of: path) { throw Self.refused(problem) }
        guard loaded.settings.rows.keepsCalls else {
            throw Self.refused(
                "storage.calls is false: without single calls, the ledger could not tell a call that it has from a new one"
            )
        }
        for note in loaded.clockNotes { StandardError.write("note: \(note)\n") }
        let (failures, report): (Int, LedgerImport.Report)
        do throws(JournalError) {
            var folder = try LedgerFolder(
                path, holder: "process \(getpid()), 'import' of version \(Version.text)", isOfCommand: true)
            if loaded.settings.users == .hash { try folder.readUserKey() }
            (failures, report) = try Self.take(files, loaded, into: folder)
        } catch {
            throw LedgerFolderFlags.refusal(error)
        }
        for line in Self.lines(report) { print(line) }
        if failures > 0 { throw ExitCode.failure }
    }

    /// Imports files.
    ///
    /// - Returns: The number of files and bodies that could not be read, and what was imported.
    private static func take(
        _ files: [String], _ loaded: Loaded, into folder: LedgerFolder
    ) throws(JournalError) -> (failures: Int, report: LedgerImport.Report) {
        let rows = try LedgerImport(folder, configuration: loaded.settings.rows, now: WallClock.nanoseconds())
        // A day, so that the clock goes wherever the spans are.
        let clock = StepClock(seconds: 86_400)
        let assembly = Assembly(
            loaded, clock: nil, guests: [Guest(sinks: [rows], observers: [clock], journal: rows)],
            replayClock: { clock.now }, imports: folder)
        try rows.begin(assembly.rowTexts)
        clock.whenMoved { now, _ in
            assembly.pipeline.settleDue(arrivalNanoseconds: now)
            return false
        }
        let failures = RecordedBodies.ingest(files, into: assembly)
        assembly.pipeline.settleAll(arrivalNanoseconds: clock.now > 0 ? clock.now : nil)
        return (failures, try rows.finish())
    }

    private static func refused(_ sentence: String) -> ExitCode {
        StandardError.write("Error: \(ShownText.escaped(sentence))\n")
        return ExitCode.failure
    }

    private static func lines(_ report: LedgerImport.Report) -> [String] {
        var lines = [
            "imported: \(Plural.of(report.calls, "call")), \(report.cost) dollars, and "
                + "\(Plural.of(report.dropped, "span")) that \(report.dropped == 1 ? "is" : "are") not counted"
        ]
        if report.unpriced > 0 { lines.append("without a price: \(Plural.of(report.unpriced, "call"))") }
        for (number, reason) in [
            (report.known, "that the ledger has already"),
            (report.tooOld, "older than the calls that the ledger keeps (storage.retention.calls)"),
            (report.undated, "without a plausible time"),
        ] where number > 0 {
            lines.append("left out: \(Plural.of(number, "span")) \(reason)")
        }
        lines.append("counters are as they were")
        return lines
    }
}
