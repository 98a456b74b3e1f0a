// SPDX-License-Identifier: Apache-2.0
import Notation
package import Pricing

/// Figures of stored calls, as tables for people show them.
package enum ShownFigures {
    /// A cost of ``KnownCost``, or of a call.
    ///
    /// - Parameter amount: The amount; `nil` if nothing is known.
    /// - Returns: Decimal text, or a word.
    package static func cost(_ amount: Dollars?) -> String { amount?.description ?? "unknown" }

    /// A text of a sender's; `(none)` for an empty one.
    static func text(_ text: String) -> String { text.isEmpty ? "(none)" : ShownText.plain(text) }

    /// Seconds, rounded to milliseconds.
    ///
    /// - Parameter microseconds: The duration; `nil` if it is not known.
    /// - Returns: Decimal text; empty for none.
    static func seconds(_ microseconds: Int64?) -> String {
        guard let microseconds else { return "" }
        // Durations are far from the largest number, except damaged ones.
        let (sum, overflows) = microseconds.addingReportingOverflow(500)
        return Figures.seconds(overflows ? microseconds : sum - sum.modulo(1_000))
    }

    /// The local date and time of a moment, to the second.
    ///
    /// - Parameters:
    ///   - microseconds: Microseconds since 1970.
    ///   - calendar: The zone.
    /// - Returns: Such as `2026-11-28 10:00:03`.
    static func moment(_ microseconds: Int64, _ calendar: ZoneCalendar) -> String {
        String(calendar.text(microseconds: microseconds).prefix(19)).replacing("T", with: " ")
    }

    /// The begin of a period, as exact as its length needs.
    ///
    /// - Parameters:
    ///   - minute: Minutes since 1970.
    ///   - granularity: The length.
    ///   - calendar: The zone.
    /// - Returns: Such as `2026-11-28`.
    static func begin(_ minute: Int64, _ granularity: Granularity, _ calendar: ZoneCalendar) -> String {
        let text = calendar.text(minute)
        switch granularity {
        case .month: return String(text.prefix(7))
        case .day, .week: return String(text.prefix(10))
        case .hour, .total: return String(text.prefix(16)).replacing("T", with: " ")
        }
    }

    /// A note that says which time figures are about.
    static func note(on minutes: Range<Int64>, _ calendar: ZoneCalendar, _ rest: String = "") -> ReportText.Line {
        let (from, to) = (calendar.text(minutes.lowerBound), calendar.text(minutes.upperBound))
        return ReportText.Line(text: "from \(from) to \(to), \(calendar.zone.name)\(rest)", kind: .note)
    }

    /// Notes on calls without a price; none if all have one.
    ///
    /// - Parameters:
    ///   - unpriced: How many there are.
    ///   - words: How the command was asked.
    /// - Returns: The notes, whose commands stand at the ends of lines, to be copied.
    static func notes(unpriced: Int64, _ words: CommandWords) -> [ReportText.Line] {
        guard unpriced > 0 else { return [] }
        var notes = ["\(Plural.of(unpriced, "call")) without a price: the cost is not known, and not in the dollars"]
        let isChosen = words.filters.contains("source:unpriced")
        if !isChosen || !words.groups.contains("model,unpriced_reason") {
            let filters = words.filters + (isChosen ? [] : ["--where", "source:unpriced"])
            notes.append("to see why: \(words.line("report", filters + ["--by", "model,unpriced_reason"]))")
        }
        // Prices are those of the settings, or of a flag that only a person can complete.
        let (file, flag) =
            words.folder.contains("--config.file")
            ? ("a price file under prices.files of these settings", "") : ("a price file", ", add --prices FILE")
        notes.append(
            "to price all calls of this time again, once \(file) has the models (none helps no_usage and no_model)\(flag): "
                + words.line("reprice"))
        return notes.map { ReportText.Line(text: $0, kind: .note) }
    }

    /// A note on figures that may still change.
    static let provisional = ReportText.Line(
        text: "the latest figures may still change, since spans that belong to them may be on their way", kind: .note)
}
