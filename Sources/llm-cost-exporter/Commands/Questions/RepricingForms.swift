// SPDX-License-Identifier: Apache-2.0
import Ledger
import Notation
import Pricing
import Reports

/// What repricing changes, for people and for programs.
enum RepricingForms {
    /// What was asked for, and the prices that were used.
    struct Used {
        let period: Period
        /// The version of the embedded book.
        let book: String
        /// The price files over it, as they were named.
        let files: [String]
        let isDry: Bool

        init(_ period: Period, _ book: PriceBook, isDry: Bool) {
            (self.period, self.isDry) = (period, isDry)
            (self.book, files) = (book.header.version, book.files.map(\.name))
        }
    }

    /// A table by model, the models with the largest change first, then what to know about it.
    static func lines(_ report: RepricingReport, _ used: Used) -> [String] {
        var table = TextTable(
            [.text, .number, .number, .number, .decimal, .decimal, .decimal, .decimal],
            heads: ["model", "calls", "changed", "unpriced", "$ before", "up", "down", "$ after"])
        func add(_ name: String, _ sums: RepricingReport.Sums) {
            table.add(
                [name] + [sums.calls, sums.changed, sums.unpriced].map { String($0) }
                    + [
                        // As in other reports, an unknown cost is never shown as zero.
                        ShownFigures.cost(KnownCost.figure(sums.before, unpriced: sums.unpricedBefore)),
                        sums.up.description, sums.down.description,
                        ShownFigures.cost(KnownCost.figure(sums.after, unpriced: sums.unpriced)),
                    ])
        }
        for (model, sums) in sorted(report) { add(model.isEmpty ? "(none)" : ShownText.plain(model), sums) }
        add("total", report.total)
        var lines = table.lines
        lines[0] = Paint.bold(lines[0])
        lines[lines.count - 1] = Paint.bold(lines[lines.count - 1])
        return lines + [""] + notes(report, used)
    }

    private static func notes(_ report: RepricingReport, _ used: Used) -> [String] {
        let (total, period, isDry) = (report.total, used.period, used.isDry)
        let calendar = period.calendar
        let (from, to) = (calendar.text(period.minutes.lowerBound), calendar.text(period.minutes.upperBound))
        let files =
            used.files.isEmpty
            ? "alone"
            : "and the price \(used.files.count == 1 ? "file" : "files") over it, "
                + used.files.map(ShownText.plain).joined(separator: ", ")
        var notes = ["from \(from) to \(to), by the price book \(ShownText.plain(used.book)) \(files)"]
        // No call is in two of these lines.
        func note(_ count: Int64, _ text: String) {
            if count > 0 { notes.append("\(Plural.of(count, "call")) \(text)") }
        }
        func their(_ count: Int64) -> String { count == 1 ? "its" : "their" }
        note(total.newlyPriced, "had no price and now \(total.newlyPriced == 1 ? "has" : "have") one")
        note(total.keptPriced, "without a price in this book: \(their(total.keptPriced)) earlier cost stays")
        let unknown = total.kept - total.keptPriced
        note(
            unknown, "without a price in this book either: \(their(unknown)) cost is not known, and not in the dollars")
        note(
            total.withoutUsage,
            "without usage: \(their(total.withoutUsage)) cost is not known, and not in the dollars; no price helps")
        note(
            total.skipped,
            "left as \(total.skipped == 1 ? "it is" : "they are"): machines that are paid by time, names beyond a limit, "
                + "or a tenant that this book lacks")
        for gap in report.gaps {
            let (begin, end) = (calendar.text(gap.lowerBound), calendar.text(gap.upperBound))
            notes.append(
                "single calls were not kept from \(begin) to \(end) (storage.calls: false): their cost stays")
        }
        if total.changed == 0 {
            notes.append("nothing \(isDry ? "would change" : "has changed")")
        } else {
            notes.append(
                isDry
                    ? "nothing was written; leave out --dry-run to write it"
                    : "counters and roll-ups stay as they were; answers about calls have the new cost as adjusted_cost")
        }
        return notes
    }

    /// One object.
    static func json(_ report: RepricingReport, _ used: Used) -> String {
        let period = used.period
        var line = JSONLine()
        line.add("dry_run", used.isDry)
        line.add("from", period.calendar.text(period.minutes.lowerBound))
        line.add("to", period.calendar.text(period.minutes.upperBound))
        line.add("book", used.book)
        line.add("price_files", used.files)
        line.add(
            "models",
            sorted(report).map { model, sums in
                var line = JSONLine()
                line.add("model", said: model)
                add(sums, to: &line)
                return line
            })
        line.add(
            "calls_not_kept",
            report.gaps.map { gap in
                var line = JSONLine()
                line.add("from", period.calendar.text(gap.lowerBound))
                line.add("to", period.calendar.text(gap.upperBound))
                return line
            })
        var total = JSONLine()
        add(report.total, to: &total)
        line.add("total", total)
        return line.text
    }

    private static func add(_ sums: RepricingReport.Sums, to line: inout JSONLine) {
        line.add("calls", sums.calls)
        line.add("changed", sums.changed)
        line.add("newly_priced", sums.newlyPriced)
        line.add("unpriced", sums.unpriced)
        line.add("kept", sums.kept)
        line.add("without_usage", sums.withoutUsage)
        line.add("skipped", sums.skipped)
        line.add("known_cost_before", sums.before.description)
        line.add("up", sums.up.description)
        line.add("down", sums.down.description)
        line.add("known_cost_after", sums.after.description)
    }

    private static func sorted(_ report: RepricingReport) -> [(String, RepricingReport.Sums)] {
        report.models.sorted { left, right in
            let (one, other) = (left.value.up + -left.value.down, right.value.up + -right.value.down)
            return one != other ? one > other : left.key < right.key
        }.map { ($0.key, $0.value) }
    }
}
