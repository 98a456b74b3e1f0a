// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Reports

/// The flags of `report` that are for stored calls.
struct StoredReportFlags: ParsableArguments {
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Of stored calls, only those with key:pattern, such as project:search,model:gpt-* or -user:ada.",
            valueName: "conditions"))
    var `where`: [String] = []

    @Option(
        help: ArgumentHelp(
            "Figures of stored calls (default calls,failed,unpriced,tokens,cost).", valueName: "names"))
    var measures: String?

    @Option(
        help: ArgumentHelp(
            "Order of the rows of stored calls: columns between commas, with - before what descends, as in --order-by=-cost.",
            valueName: "names"))
    var orderBy: String?

    @Option(help: ArgumentHelp("Largest number of rows of stored calls, 1 to 10000 (default all).", valueName: "count"))
    var limit: String?

    /// The first of the flags that is there.
    var first: String? {
        if !`where`.isEmpty { return "--where" }
        let others = [("--measures", measures), ("--order-by", orderBy), ("--limit", limit)]
        return others.first { $0.1 != nil }?.0
    }

    /// The periods that `--by` may name beside what calls have in common.
    private static let periods: Set<String> = ["hour", "day", "week", "month"]

    /// The start of a period without one.
    private static let usualStart = "now/d-6d"

    /// The words by which a report was asked for, for the commands that its notes name.
    func words(folder: [String], by: [String], totals: Bool, period: PeriodFlags) -> CommandWords {
        let order = [("--order-by", orderBy), ("--limit", limit)]
        return CommandWords(
            folder: folder, period: period.words(from: Self.usualStart),
            filters: `where`.flatMap { ["--where", $0] },
            groups: (totals ? ["--totals"] : by.flatMap { ["--by", $0] })
                + order.flatMap { name, value in value.map { ["\(name)=\($0)"] } ?? [] })
    }

    /// The parameters of a question about costs.
    ///
    /// - Parameters:
    ///   - by: What to group by, also the length of periods; without any, days and models.
    ///   - totals: Whether there are no groups at all.
    ///   - period: The time; without a begin, the last seven days.
    ///   - format: The form of the answer.
    /// - Returns: A query.
    /// - Throws: What to write, if several lengths of periods are named.
    func query(by: [String], totals: Bool, period: PeriodFlags, format: ReportFormat) throws -> String {
        let named = by.flatMap { $0.split(separator: ",") }.map(String.init)
        let words = totals ? [] : named.isEmpty ? ["day", "model"] : named
        let lengths = words.filter { Self.periods.contains($0) }
        guard lengths.count < 2 else {
            throw ValidationError(
                "--by: rows are for one length of time; leave out \(lengths.dropFirst().joined(separator: ", "))")
        }
        var parameters = period.parameters(from: Self.usualStart)
        parameters += lengths.map { ("granularity", $0) }
        parameters += words.filter { !Self.periods.contains($0) }.map { ("group_by", $0) }
        parameters += `where`.map { ("where", $0) }
        parameters.append(("measures", measures ?? "calls,failed,unpriced,tokens,cost"))
        if let orderBy { parameters.append(("order_by", orderBy)) }
        if let limit { parameters.append(("limit", limit)) }
        if format != .text { parameters.append(("format", format.rawValue)) }
        return QuestionParameters.query(parameters)
    }
}
