// SPDX-License-Identifier: Apache-2.0
import GenAI
import Notation

/// Finds what calls lose when a price file's model takes the place of another model.
///
/// A model replaces another as a whole, which surprises those who meant to correct one rate.
enum DroppedPrices {
    /// The largest number of prices that one warning names.
    private static let mostNamed = 12

    /// Prices that a model states and the one in its place does not.
    ///
    /// - Parameters:
    ///   - model: The model of a price file.
    ///   - earlier: The model in whose place it is.
    ///   - isInBook: Whether the earlier one is a model of the book, and not of another price file.
    ///   - bookDay: The date of the book, in days since 1 January 1970; prices that begin later are announced ones.
    /// - Returns: At most two sentences; none for machines of one's own, whose price has no parts.
    static func warnings(
        _ model: PriceModel, inPlaceOf earlier: PriceModel, isInBook: Bool, bookDay: Int32
    ) -> [String] {
        guard model.hosted == nil, earlier.hosted == nil else { return [] }
        var warnings: [String] = []
        let dropped = missing(parts(of: earlier, onlyMissed: true), from: parts(of: model, onlyMissed: false))
        let owner = isInBook ? "the book's \(earlier.id)" : "\(earlier.id) of another price file"
        if !dropped.isEmpty {
            var named = dropped.prefix(mostNamed).joined(separator: ", ")
            if dropped.count > mostNamed { named += " and \(dropped.count - mostNamed) more" }
            let hint = isInBook ? "; 'llm-cost-exporter prices show \(earlier.id)' shows them" : ""
            warnings.append(
                "\(model.id) takes the place of \(owner) as a whole, without its prices for \(named): such calls get the "
                    + "rates that are left, and no such fee; state all prices that shall stay\(hint)")
        }
        if let first = firstDay(of: model), first > bookDay, first > firstDay(of: earlier) ?? .min {
            let date = CivilDate(daysSince1970: Int(first)).description
            warnings.append(
                "\(model.id) takes the place of \(owner) as a whole, and has no price before \(date): until then calls stay "
                    + "unpriced; state the present price as well, in an entry without from before the other one")
        }
        return warnings
    }

    /// What a price is for: a condition, empty for all calls, and a token class, step, fee or factor.
    private struct Part: Hashable {
        let condition: String
        let what: String

        var text: String { condition.isEmpty ? what : "\(condition) \(what)" }
    }

    /// The parts that are missing, in words; a condition of which all are missing is named alone.
    private static func missing(_ parts: [Part], from others: [Part]) -> [String] {
        let stated = Set(others)
        let conditions = Set(others.map(\.condition))
        var seen: Set<String> = []
        return parts.filter { !stated.contains($0) }.map { part in
            part.condition.isEmpty || conditions.contains(part.condition) ? part.text : part.condition
        }.filter { seen.insert($0).inserted }
    }

    /// The parts of a model.
    ///
    /// With `onlyMissed`, without rates that equal the one that would hold in their absence.
    private static func parts(of model: PriceModel, onlyMissed: Bool) -> [Part] {
        var parts = inForce(model.prices).flatMap { Self.parts(of: $0.table, "", onlyMissed) }
        for variant in model.variants where variant.entry.days.until == nil {
            parts += Self.parts(of: variant.entry.table, variant.when.text, onlyMissed)
        }
        return parts + model.multipliers.map { Part(condition: $0.when.text, what: "times") }
    }

    /// The prices that calls may get from now on.
    private static func inForce(_ prices: [PriceEntry]) -> [PriceEntry] {
        let open = prices.filter { $0.days.until == nil }
        let last = open.lastIndex { $0.windows.isEmpty } ?? open.startIndex
        return Array(open[last...])
    }

    private static func parts(of table: PriceTable, _ condition: String, _ onlyMissed: Bool) -> [Part] {
        let classes = TokenClass.allCases.filter { tokenClass in
            guard let rate = table.rates[tokenClass] else { return false }
            // A rate that equals the one that would hold without it is not missed.
            var others = table.rates
            others[tokenClass] = nil
            guard onlyMissed, let other = others.billed(tokenClass) else { return true }
            return other.rate != rate || other.isEstimate
        }
        return classes.map { Part(condition: condition, what: $0.name) }
            + table.above.map { Part(condition: condition, what: "input above \($0.over) tokens") }
            + table.fees.map { Part(condition: condition, what: "\($0.unit.rawValue) (a fee)") }
    }

    /// The first day with a price; `nil` if there is one on all earlier days.
    private static func firstDay(of model: PriceModel) -> Int32? {
        let starts = model.prices.filter(\.windows.isEmpty).map(\.days.from)
        return starts.contains(nil) ? nil : starts.compactMap(\.self).min()
    }
}
