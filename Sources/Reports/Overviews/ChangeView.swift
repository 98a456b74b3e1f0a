// SPDX-License-Identifier: Apache-2.0
import Notation
package import Pricing

/// What drove the change of the known cost between two periods.
package struct ChangeView: Sendable {
    /// One group in both periods.
    package struct Row: Sendable {
        /// The values of the keys; empty where the calls have none.
        package let names: [String]
        package let before: ChangeParts.Sums
        package let after: ChangeParts.Sums

        package var change: Dollars { after.cost + -before.cost }
    }

    let calendar: ZoneCalendar
    package let keys: [GroupKey]
    /// Minutes since 1970.
    package let minutes: Range<Int64>
    package let earlierMinutes: Range<Int64>
    /// Whether calls may still be added to the later period.
    package let isProvisional: Bool
    /// The number of calls without a price, which are left out.
    package let unpriced: Int64
    package let parts: ChangeParts
    /// Those with the largest change first.
    package let rows: [Row]

    package var before: Dollars { rows.reduce(.zero) { $0 + $1.before.cost } }
    package var after: Dollars { rows.reduce(.zero) { $0 + $1.after.cost } }

    /// The answer as a JSON object.
    var text: String {
        var line = JSONLine()
        line.add("from", calendar.text(minutes.lowerBound))
        line.add("to", calendar.text(minutes.upperBound))
        line.add("before_from", calendar.text(earlierMinutes.lowerBound))
        line.add("before_to", calendar.text(earlierMinutes.upperBound))
        line.add("tz", calendar.zone.name)
        line.add("provisional", isProvisional)
        line.add("known_cost_before", before.description)
        line.add("known_cost", after.description)
        line.add("change", (after + -before).description)
        if unpriced > 0 {
            let (have, are) = unpriced == 1 ? ("call has", "is") : ("calls have", "are")
            line.add("reason", "\(unpriced) \(have) no price and \(are) left out")
        }
        var object = JSONLine()
        object.add("volume", parts.volume.description)
        object.add("mix", parts.mix.description)
        object.add("tokens_per_call", parts.tokensPerCall.description)
        object.add("cache_share", parts.cacheShare.description)
        object.add("price", parts.price.description)
        line.add("parts", object)
        line.add("rows", rows.prefix(CostQuestion.usualRows).map(self.line))
        line.add("truncated", rows.count > CostQuestion.usualRows)
        return line.text
    }

    private func line(_ row: Row) -> JSONLine {
        var line = JSONLine()
        for (key, name) in zip(keys, row.names) { line.add(key.name, said: name) }
        line.add("before", row.before.cost.description)
        line.add("after", row.after.cost.description)
        line.add("change", row.change.description)
        line.add("calls_before", row.before.calls)
        line.add("calls_after", row.after.calls)
        return line
    }
}
