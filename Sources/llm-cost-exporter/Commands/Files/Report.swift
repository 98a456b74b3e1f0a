// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import GenAI
import Pricing
import Reports

/// `report`: calls, tokens and dollars of recorded bodies, by group.
struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read OTLP bodies from files and report calls, tokens and dollars by model, day, operation or label.",
        discussion: """
            It reads the same files as 'replay', and counts and prices them as a service would: each call once, money exact \
            to 1e-15 dollars. A call without a price has an unknown cost, which is never shown as zero.

            Rows are in the order of days or months, if the report is grouped by them, then the dearest first. Calls without \
            a plausible time are in the day "(none)". At most --max-groups groups are kept; the calls of further ones are one \
            row, __overflow__.

            The exit code is 0 if all files were read, 1 if one of them or one of the bodies was not (the report on standard \
            output has the others; --output writes no file then), 64 for a wrong flag, and 74 if the result cannot be written.
            """)

    @OptionGroup var file: ConfigFileFlag
    @OptionGroup var prices: OwnPricesFlag

    @Option(
        help: ArgumentHelp(
            """
            What to group by: model, provider, operation, day, month, or a label of the settings. Repeat it, or separate \
            names by commas (default model).
            """, valueName: "name"))
    var by: [String] = []

    @Flag(help: "Print the total alone.")
    var totals = false

    @Option(help: "Form of the output.")
    var format = ReportFormat.text

    @Option(
        name: .customLong("tz"),
        help: ArgumentHelp(
            "Time zone of days and months: UTC, +08:00 or a name such as Europe/Berlin (default the setting tz).",
            valueName: "zone"))
    var zone: String?

    @Option(help: ArgumentHelp("Largest number of groups, 1 to 1000000.", valueName: "count"))
    var maxGroups = ReportBuilder.defaultLimit

    @OptionGroup var result: OutputFileFlag

    @Argument(help: "Files with OTLP bodies, or '-'.")
    var files: [String]

    func validate() throws {
        guard (1...1_000_000).contains(maxGroups) else {
            throw ValidationError("--max-groups must be from 1 to 1000000, not \(maxGroups)")
        }
        if totals, !by.isEmpty { throw ValidationError("--totals prints one total; leave out --by, or --totals") }
        _ = try clock()
    }

    func run() throws {
        let loaded = try Loaded(file, prices: prices)
        try result.begin()
        let builder = ReportBuilder(
            groupings: try groupings(labels: loaded.settings.labels.map(\.name)), limit: maxGroups)
        let source: any ReportSource = RecordedCalls(
            files: files, loaded: loaded, zone: try clock() ?? loaded.settings.zone)
        let failures = try source.add(to: builder)
        let report = builder.report
        switch format {
        case .text: ReportPrinter.print(report)
        case .csv: StandardOutput.write(ReportCSV.text(of: report).utf8)
        case .json: StandardOutput.write(ReportJSON.text(of: report).utf8)
        }
        if failures > 0 { throw ExitCode.failure }
    }

    /// The zone that the flag names; `nil` without the flag.
    private func clock() throws -> ZoneClock? {
        guard let zone else { return nil }
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
}
