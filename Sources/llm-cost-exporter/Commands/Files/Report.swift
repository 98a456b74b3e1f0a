// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import GenAI
import Glibc
import Notation
import Pricing
import Reports

/// `report`: calls, tokens and dollars of recorded bodies or of stored calls, by group.
struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Report calls, tokens and dollars by day, model, user or label, of the ledger or of files with OTLP bodies.",
        usage: """
            llm-cost-exporter report <folder> [--by <name>] [--from <time>] [--to <time>] [<options>]
            llm-cost-exporter report <files> ... [--by <name>] [<options>]
            For example: llm-cost-exporter report /var/lib/llm-cost-exporter --by month,user --from now/M
            """,
        discussion: """
            It reads the calls that a ledger has stored, if it gets a folder: as the argument, by --storage.path or by the \
            settings. It reads it also while the service runs, and changes nothing. Without other flags, it shows the last \
            seven days by day and model. --where, --measures, --order-by, --limit and the period are the parameters of \
            GET /api/v1/costs.

            Otherwise it reads the same files as 'replay', and counts and prices them as a service would: each call once, money \
            exact to 1e-15 dollars. Calls without a plausible time are in the day "(none)". At most --max-groups groups are \
            kept; the calls of further ones are one row, __overflow__.

            Rows are in the order of time, then the dearest first. A call without a price has an unknown cost, which is never \
            shown as zero.

            The exit code is 0; 1 if the folder, a file or one of the bodies could not be read (the report on standard output \
            has the other files; --output writes no file then), 64 for a wrong flag, and 74 if the result cannot be written.
            """)

    @OptionGroup var ledger: LedgerFolderFlags
    @OptionGroup var prices: OwnPricesFlag

    @Option(
        name: [.customLong("by"), .customLong("group-by")],
        help: ArgumentHelp(
            """
            What to group by: model, provider, operation, day, month, or a label of the settings; of stored calls also hour, \
            week, and every fact and dimension. Repeat it, or separate names by commas (default model).
            """, valueName: "name"))
    var by: [String] = []

    @Flag(help: "Print the total alone.")
    var totals = false

    @Option(help: "Form of the output; 'table' is another name of 'text'.")
    var format = ReportFormat.text

    @OptionGroup var period: PeriodFlags
    @OptionGroup var stored: StoredReportFlags

    @Option(help: ArgumentHelp("Largest number of groups of files, 1 to 1000000 (default 10000).", valueName: "count"))
    var maxGroups: Int?

    @OptionGroup var result: OutputFileFlag

    @Argument(help: "The folder of a ledger, or files with OTLP bodies, or '-'.")
    var files: [String] = []

    func validate() throws {
        if let maxGroups, !(1...1_000_000).contains(maxGroups) {
            throw ValidationError("--max-groups must be from 1 to 1000000, not \(maxGroups)")
        }
        if totals, !by.isEmpty { throw ValidationError("--totals prints one total; leave out --by, or --totals") }
        let source = source
        if case .missing = source { return }
        if case .files = source {
            if let flag = stored.first
                ?? (period.from ?? period.to).map({ _ in period.from == nil ? "--to" : "--from" })
            {
                throw ValidationError("\(flag) is for the folder of a ledger; leave it out for files")
            }
            if ledger.path != nil {
                throw ValidationError("give files or --storage.path, and not both")
            }
            _ = try clock()
        } else {
            if maxGroups != nil { throw ValidationError("--max-groups is for files; --limit is for stored calls") }
            if !prices.paths.isEmpty {
                throw ValidationError("--prices is for files; stored calls have the prices by which they were counted")
            }
            if source != .named, ledger.path != nil { throw ValidationError("give the folder once") }
        }
    }

    /// Where the calls come from.
    private enum Source: Equatable {
        /// A folder that flags, variables or settings name.
        case named
        case folder(String)
        /// Neither a folder nor a file.
        case missing(String)
        case files
    }

    private var source: Source {
        guard let first = files.first else { return .named }
        guard files.count == 1, first != "-" else { return .files }
        var status = stat()
        guard unsafe stat(first, &status) == 0 else { return errno == ENOENT ? .missing(first) : .files }
        return status.st_mode & S_IFMT == S_IFDIR ? .folder(first) : .files
    }

    func run() throws {
        switch source {
        case .named: try reportFolder(nil)
        case .folder(let path): try reportFolder(path)
        case .missing(let path):
            try result.begin()
            StandardError.write(
                "Error: \(ShownText.escaped(path)): there is no such file or folder; name the folder of storage.path, or files "
                    + "with OTLP bodies\n")
            throw ExitCode.failure
        case .files: try reportFiles()
        }
    }

    private func reportFolder(_ path: String?) throws {
        let desk: FolderDesk
        do {
            desk = try FolderDesk(ledger, folder: path, names: ["group_by": "by", "granularity": "by"])
        } catch is ValidationError {
            throw ValidationError(
                "name the folder of a ledger, or files with OTLP bodies: llm-cost-exporter report FOLDER")
        }
        let query = try stored.query(by: by, totals: totals, period: period, format: format)
        try result.begin()
        let words = stored.words(
            folder: [path].compactMap(\.self) + ledger.words, by: by, totals: totals, period: period)
        let report = try desk.ask { desk throws(AnswerFailure) in try desk.report(query: query, askedBy: words) }
        switch format {
        case .text: ReportPrinter.print(report.lines)
        case .csv, .json: StandardOutput.write(report.text.utf8)
        }
    }

    private func reportFiles() throws {
        let loaded = try Loaded(ledger.file, prices: prices)
        try result.begin()
        let builder = ReportBuilder(
            groupings: try groupings(labels: loaded.settings.labels.map(\.name)),
            limit: maxGroups ?? ReportBuilder.defaultLimit)
        let source: any ReportSource = RecordedCalls(
            files: files, loaded: loaded, zone: try clock() ?? loaded.settings.zone)
        let failures = try source.add(to: builder)
        let report = builder.report
        // Figures of nothing would look like an answer.
        guard failures == 0 || report.total.calls > 0 else { throw ExitCode.failure }
        switch format {
        case .text: ReportPrinter.print(report, priceFiles: loaded.settings.priceFiles.map(\.path))
        case .csv: StandardOutput.write(ReportCSV.text(of: report).utf8)
        case .json: StandardOutput.write(ReportJSON.text(of: report).utf8)
        }
        if failures > 0 { throw ExitCode.failure }
    }

    /// The zone that the flag names; `nil` without the flag.
    private func clock() throws -> ZoneClock? {
        guard let zone = period.zone.name else { return nil }
        if let clock = ZoneClock(text: zone) { return clock }
        let hint = ZoneClock.name(nearestTo: zone).map { "; did you mean \($0)?" } ?? ""
        throw ValidationError(
            "--tz must be UTC, an offset such as +08:00 or a time zone such as Europe/Berlin, not '\(zone)'\(hint)")
    }

    private func groupings(labels: [String]) throws -> [Grouping] {
        if totals { return [] }
        var groupings: [Grouping] = []
        for name in by.isEmpty
            ? ["model"] : by.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }).map(String.init)
        {
            do throws(GroupingError) {
                let grouping = try Grouping(name, labels: labels)
                if !groupings.contains(grouping) { groupings.append(grouping) }
            } catch {
                throw ValidationError("--by: \(error)")
            }
        }
        return groupings
    }
}

/// How a report is written.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
    case text, csv, json

    init?(argument: String) { self.init(rawValue: argument == "table" ? "text" : argument) }
}
