// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI
import Notation
import Pricing

/// The combinations of label values that traces have, each with its series.
///
/// A trace has the values of its first call. There is a ceiling on combinations; further ones count as `__overflow__`.
struct TraceLabels {
    /// The series of one combination.
    struct Series {
        let cost, calls, tokens: SeriesID
        var sessionCost: SeriesID?
    }

    /// The labels that settings add to histograms.
    let rules: [LabelRule]
    private(set) var texts: [[String]] = []
    private var series: [Series?] = []
    private var indices: [[String]: Int32] = [:]
    /// The combinations by the numbers of the attribution and of the card that calls carry.
    private var known: [UInt64: Int32] = [:]
    private var generation: UInt64 = .max

    private static let most = 65_536

    /// Makes an empty table.
    init(rules: [LabelRule]) { self.rules = rules }

    var names: [String] { rules.map(\.name) }

    /// Begins a batch, in which the numbers may stand for other cards.
    mutating func begin(_ generation: UInt64) {
        // Each batch of recorded prices has the generation `.max` and cards of its own.
        guard self.generation != generation || generation == .max else { return }
        self.generation = generation
        known.removeAll(keepingCapacity: true)
    }

    /// The index of the combination of a call.
    mutating func index(
        of call: borrowing ModelCall, _ card: UInt32?, _ cards: RateCards, _ attributions: AttributionTable,
        _ symbols: SymbolTable
    ) -> Int32 {
        guard !rules.isEmpty else { return index(of: []) }
        let number = call.attribution.number
        let key = UInt64(number) << 32 | UInt64(card ?? .max)
        if let index = known[key] { return index }
        let texts = attributions.texts(of: number, card: card.map { cards[Int($0)] }, symbols: symbols)
        let index = index(of: zip(attributions.shown, texts).filter { $0.0.isOnHistograms }.map(\.1))
        if known.count >= Self.most { known.removeAll() }
        known[key] = index
        return index
    }

    /// The index of a combination.
    mutating func index(of values: [String]) -> Int32 {
        if let index = indices[values] { return index }
        var values = values
        if texts.count >= Self.most {
            values = values.map { _ in OverflowValue.text }
            if let index = indices[values] { return index }
        }
        texts.append(values)
        series.append(nil)
        let index = Int32(texts.count - 1)
        indices[values] = index
        return index
    }

    /// Whether a combination has all series that it needs.
    func hasSeries(_ index: Int32, withSession: Bool) -> Bool {
        guard let series = series[Int(index)] else { return false }
        return !withSession || series.sessionCost != nil
    }

    /// The series of a combination, made if they are new.
    mutating func series(
        _ index: Int32, withSession: Bool, _ families: TraceFamilies, _ symbols: SymbolTable,
        in registry: inout SeriesRegistry, _ now: UInt64
    ) -> Series {
        if let series = series[Int(index)], !withSession || series.sessionCost != nil { return series }
        var values = LabelValues()
        for (rule, text) in zip(rules, texts[Int(index)]) {
            values.append(text, isKnown: rule.knows(text, symbols))
        }
        func made(_ family: FamilyID) -> SeriesID { registry.series(family, values, createdAtNanoseconds: now) }
        var new =
            series[Int(index)]
            ?? Series(cost: made(families.cost), calls: made(families.calls), tokens: made(families.tokens))
        if withSession { new.sessionCost = made(families.sessionCost) }
        series[Int(index)] = new
        return new
    }
}
