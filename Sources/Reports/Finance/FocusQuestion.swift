// SPDX-License-Identifier: Apache-2.0
import Pricing

/// Which calls a FOCUS file is about, and what its rows are by.
struct FocusQuestion: Sendable {
    let period: Period
    /// What rows are by and what their tags state, in addition to day, provider, model and price.
    let keys: [GroupKey]
    /// What the sub accounts are; `nil` for none.
    let subAccount: GroupKey?
    /// The number of days from the end of a month until it is closed: what arrives later is a correction.
    let closeDays: Int64

    static let names = Period.names + ["format", "group_by", "sub_account", "close_days"]

    static let usualCloseDays: Int64 = 3
    static let mostCloseDays: Int64 = 60
    /// The first of these that is kept is the sub account of a question that names none.
    private static let usualSubAccounts = ["team", "tenant", "project"]
    /// The dimension that has as many values as there are people, which rows are by only if asked for.
    private static let people = "user"

    init(query: String?, answers: StoredAnswers) throws(QuestionError) {
        let parameters = try QuestionParameters(query: query, known: Self.names)
        period = try Period(parameters, now: answers.now, zone: answers.configuration.zone)
        let kept = answers.dimensions.entries
        let names = kept.map(\.name)
        let stated = try GroupKey.list(parameters, dimensions: names)
        guard !stated.contains(.fact(.trace)) else {
            throw QuestionError(
                "group_by", "rows of a FOCUS file are by day, not by trace; format=csv has a line for each call",
                example: "team,user")
        }
        keys =
            stated.isEmpty
            ? kept.filter { $0.hasRollup && $0.name != Self.people }.map { .dimension($0.name) } : stated
        if let name = try parameters.text("sub_account") {
            let key = try GroupKey(name, parameter: "sub_account", dimensions: names)
            guard key != .fact(.trace) else {
                throw QuestionError("sub_account", "a trace is no sub account", example: "project")
            }
            subAccount = key
        } else {
            subAccount = Self.usualSubAccounts.first { names.contains($0) }.map { .dimension($0) }
        }
        closeDays = try Self.closeDays(parameters)
    }

    /// The dimensions whose values are wanted of each call, each once.
    var dimensions: [String] {
        (keys + [subAccount].compactMap(\.self)).compactMap(\.dimension).reduce(into: []) { names, name in
            if !names.contains(name) { names.append(name) }
        }
    }

    /// The month that a minute belongs to.
    ///
    /// - Parameter minute: A minute since 1970.
    /// - Returns: The month in the zone of the question, and the minute from which on it is closed.
    func month(containing minute: Int64) -> (minutes: Range<Int64>, close: Int64) {
        let begin = period.calendar.begin(of: .month, containing: minute)
        let end = period.calendar.end(of: .month, from: begin)
        return (begin..<end, end + closeDays * ZoneCalendar.minutesOfDay)
    }

    private static func closeDays(_ parameters: QuestionParameters) throws(QuestionError) -> Int64 {
        guard let text = try parameters.text("close_days") else { return usualCloseDays }
        guard let days = Int64(text), (0...mostCloseDays).contains(days) else {
            throw QuestionError(
                "close_days", "\(QuestionError.quoted(text)) is no number of days from 0 to \(mostCloseDays)",
                example: String(usualCloseDays))
        }
        return days
    }
}
