// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The values behind ``Attribution`` numbers: for each span, its values of the labels that the settings add, and the values that
/// it offers to its descendants.
///
/// Equal entries share a number. The table grows up to a limit; later entries have `__overflow__` in every label.
package final class AttributionTable: Sendable {
    /// The value of one label, with the rank of its source in the rule: a lower one is better.
    package struct Value: Hashable, Sendable {
        package var text: Symbol
        package var rank: UInt8

        package init(text: Symbol, rank: UInt8) {
            self.text = text
            self.rank = rank
        }

        /// No source had a value.
        package static let none = Value(text: .absent, rank: .max)
    }

    /// The values of one span, one element for each rule.
    package struct Entry: Hashable, Sendable {
        /// The values of the span's own labels.
        package var own: [Value]
        /// The values that its descendants may inherit.
        package var offers: [Value]

        package init(own: [Value], offers: [Value]) {
            self.own = own
            self.offers = offers
        }
    }

    private struct State {
        var entries: [Entry]
        var numbers: [Entry: UInt32] = [:]
        var values: [Set<Symbol>]
        /// For each rule, its known values, to which its limit does not apply.
        var known: [Set<Symbol>]
        var overflows: UInt64 = 0
    }

    /// All labels: those that families have, in their order, and behind them those that only views read.
    package let rules: [LabelRule]
    /// The labels that families have.
    package let shown: [LabelRule]
    /// By rule, the ranks of its best and last ancestor source; `nil` if it has none.
    private let ancestorRanks: [ClosedRange<UInt8>?]
    private let capacity: Int
    /// Knows the values of call properties; `nil` if none of them are exempt from limits.
    private let symbols: SymbolTable?
    private let state: Mutex<State>

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - shown: The labels that families have, each with at most 64 sources.
    ///   - hidden: The labels that only views read.
    ///   - capacity: The largest number of different entries; as many again are kept for entries with known values.
    ///   - symbols: The table that makes the symbols; with it, limits do not apply to known values of call properties.
    package init(
        rules shown: [LabelRule] = [], hidden: [LabelRule] = [], capacity: Int = 100_000, symbols: SymbolTable? = nil
    ) {
        self.shown = shown
        let rules = shown + hidden
        self.rules = rules
        self.capacity = capacity
        self.symbols = symbols
        ancestorRanks = rules.map { rule in
            let ranks = rule.sources.indices.filter { index in
                if case .ancestor = rule.sources[index] { return true }
                return false
            }
            guard let first = ranks.first, let last = ranks.last else { return nil }
            return UInt8(clamping: first)...UInt8(clamping: last)
        }
        // Number 0 has no values; number 1 is for entries after the table is full.
        let nothing = Entry(
            own: rules.map { _ in .none }, offers: rules.map { _ in .none })
        let overflow = Entry(
            own: rules.map { _ in Value(text: .overflow, rank: 0) }, offers: rules.map { _ in .none })
        state = Mutex(
            State(
                entries: [nothing, overflow], numbers: [nothing: 0], values: rules.map { _ in [] },
                known: rules.map { _ in [] }))
    }

    /// Replaces the known values; limits do not apply to them.
    ///
    /// - Parameter values: For each rule, the symbols of its known values.
    package func know(_ values: [Set<Symbol>]) {
        precondition(values.count == rules.count)
        state.withLock { $0.known = values }
    }

    /// The number of an entry.
    ///
    /// - Parameter entry: Values for each rule; values over a rule's limit are replaced by `__overflow__`.
    /// - Returns: The number, with the flags that billing needs.
    package func attribution(of entry: Entry) -> Attribution {
        state.withLock { state in
            let entry = withinCeilings(entry, &state)
            if let number = state.numbers[entry] { return attribution(number, entry) }
            if state.entries.count < capacity { return add(entry, &state) }
            state.overflows += 1
            // As many entries again are kept for known values.
            if let reduced = reducedToKnown(entry, state.known) {
                if let number = state.numbers[reduced] { return attribution(number, reduced) }
                if state.entries.count < 2 * capacity { return add(reduced, &state) }
            }
            return Attribution(number: 1, seeksAncestors: false, offersToDescendants: false)
        }
    }

    private func add(_ entry: Entry, _ state: inout State) -> Attribution {
        let number = UInt32(state.entries.count)
        state.entries.append(entry)
        state.numbers[entry] = number
        return attribution(number, entry)
    }

    /// The entry with its unknown values replaced by `__overflow__`; `nil` if it has no known value.
    private func reducedToKnown(_ entry: Entry, _ known: [Set<Symbol>]) -> Entry? {
        var reduced = entry
        var hasKnown = false
        func reduce(_ value: inout Value, _ rule: Int) {
            if isKnown(value, rule, known) { return hasKnown = true }
            if value.text != .absent { value.text = .overflow }
        }
        for rule in known.indices {
            reduce(&reduced.own[rule], rule)
            reduce(&reduced.offers[rule], rule)
        }
        return hasKnown ? reduced : nil
    }

    private func isKnown(_ value: Value, _ rule: Int, _ known: [Set<Symbol>]) -> Bool {
        if known[rule].contains(value.text) { return true }
        guard let symbols, value.text != .absent, value.text != .overflow,
            case .call(let property) = rules[rule].sources[Int(value.rank)]
        else { return false }
        return property.knows(symbols.text(of: value.text), symbols)
    }

    /// Combines a span's values with those that an ancestor offers.
    ///
    /// - Parameters:
    ///   - own: The span's attribution, which may include that of nearer ancestors already.
    ///   - ancestor: The ancestor's attribution.
    /// - Returns: For each label the better of both values, and of equally good ones the nearer.
    package func inherit(_ own: Attribution, from ancestor: Attribution) -> Attribution {
        let (mine, theirs) = state.withLock { ($0.entries[Int(own.number)], $0.entries[Int(ancestor.number)]) }
        var merged = mine
        for index in rules.indices where theirs.offers[index].rank < merged.own[index].rank {
            merged.own[index] = theirs.offers[index]
        }
        return merged == mine ? own : attribution(of: merged)
    }

    /// The values of every label, one for each rule; an absent one is ``Symbol/absent``.
    package func values(of number: UInt32) -> [Symbol] {
        state.withLock { $0.entries[Int(number)].own.map(\.text) }
    }

    /// A name for a label that no other one of the table has: a label of a view may be named like one of the settings.
    package func key(ofRule index: Int) -> String {
        index < shown.count ? rules[index].name : "view \(rules[index].name)"
    }

    /// For each label, its values that count against its limit, to be kept for a later process.
    package var memory: [String: [String]] {
        guard let symbols else { return [:] }
        let values = state.withLock { $0.values }
        return Dictionary(
            values.enumerated().map { index, values in
                (key(ofRule: index), values.sorted { $0.number < $1.number }.map { symbols.text(of: $0) })
            }, uniquingKeysWith: +)
    }

    /// Admits the values of an earlier process, whatever the limits are now: their series exist.
    package func restore(_ memory: [String: [String]]) {
        guard let symbols else { return }
        for index in rules.indices {
            // The value of a call's property is of the vocabulary of that property, and takes no place among labels.
            let values = (memory[key(ofRule: index)] ?? []).map {
                symbols.anySymbol(of: $0) ?? symbols.readmit($0, to: .label)
            }
            state.withLock { $0.values[index].formUnion(values.filter { $0 != .absent && $0 != .overflow }) }
        }
    }

    /// The number of an entry that an earlier process had within its limits, whatever they are now: its series exist.
    ///
    /// - Parameter entry: Values for each rule, with `__overflow__` where a limit was reached then.
    /// - Returns: The number, with the flags that billing needs.
    package func readmit(_ entry: Entry) -> Attribution {
        state.withLock { state in
            if let number = state.numbers[entry] { return attribution(number, entry) }
            for rule in rules.indices {
                for value in [entry.own[rule], entry.offers[rule]]
                where value.text != .absent && value.text != .overflow && !state.known[rule].contains(value.text) {
                    if isKnown(value, rule, state.known) {
                        state.known[rule].insert(value.text)
                    } else {
                        state.values[rule].insert(value.text)
                    }
                }
            }
            if state.entries.count < 2 * capacity { return add(entry, &state) }
            state.overflows += 1
            return Attribution(number: 1, seeksAncestors: false, offersToDescendants: false)
        }
    }

    /// The values behind a number, with their sources and with what descendants may inherit.
    package func entry(of number: UInt32) -> Entry { state.withLock { $0.entries[Int(number)] } }

    /// The number of values and entries over their limits.
    package var overflows: UInt64 { state.withLock { $0.overflows } }

    private func attribution(_ number: UInt32, _ entry: Entry) -> Attribution {
        let seeks = rules.indices.contains { index in
            ancestorRanks[index].map { $0.lowerBound < entry.own[index].rank } ?? false
        }
        return Attribution(
            number: number, seeksAncestors: seeks, offersToDescendants: entry.offers.contains { $0 != .none })
    }

    private func withinCeilings(_ entry: Entry, _ state: inout State) -> Entry {
        func admit(_ value: Value, _ rule: Int) -> Value {
            guard value.text != .absent, value.text != .overflow, !state.values[rule].contains(value.text),
                !state.known[rule].contains(value.text)
            else { return value }
            if isKnown(value, rule, state.known) {
                state.known[rule].insert(value.text)
                return value
            }
            guard state.values[rule].count < rules[rule].maxValues else {
                state.overflows += 1
                return Value(text: .overflow, rank: value.rank)
            }
            state.values[rule].insert(value.text)
            return value
        }
        var admitted = entry
        for rule in rules.indices {
            admitted.own[rule] = admit(entry.own[rule], rule)
            admitted.offers[rule] = admit(entry.offers[rule], rule)
        }
        return admitted
    }
}
