// SPDX-License-Identifier: Apache-2.0
package import GenAI
package import Pricing

/// Turns the numbers of a segment into those of this process.
///
/// A text gets its symbol when a span first uses it, in the vocabulary of the field; whatever the limits are now, a text that
/// had a symbol gets one again.
package struct RecordMeanings {
    private let symbols: SymbolTable
    private let attributionTable: AttributionTable
    private let tenants: TenantTable
    private let dimensionTable: DimensionTable?
    private var texts: [UInt32: (text: String, isStandIn: Bool)] = [:]
    private var known: [SymbolUse: Symbol] = [:]
    private var attributions: [UInt32: Attribution] = [:]
    private var tenantClasses: [UInt32: UInt32] = [:]
    private(set) var cards: [UInt32: RateCard] = [:]
    private var dimensionNames: [UInt32: String] = [:]
    /// The recorded values of each base, and the index of the session, whose text each of its sets has.
    private var dimensionBases: [UInt32: (values: [DimensionTable.RecordedValue], session: Int)] = [:]
    /// The recorded values of each set, and its number in this process if that is known and not too old.
    private var dimensionSets: [UInt32: (values: [DimensionTable.RecordedValue], set: DimensionSet?)] = [:]

    private struct SymbolUse: Hashable {
        var number: UInt32
        var vocabulary: Vocabulary
    }

    /// Makes the meanings of no segment.
    package init(
        symbols: SymbolTable, attributions: AttributionTable, tenants: TenantTable, dimensions: DimensionTable? = nil
    ) {
        (self.symbols, attributionTable, self.tenants) = (symbols, attributions, tenants)
        dimensionTable = dimensions
    }

    /// Forgets everything, for the next segment.
    package mutating func beginSegment() {
        self = RecordMeanings(
            symbols: symbols, attributions: attributionTable, tenants: tenants, dimensions: dimensionTable)
    }

    /// Reads the definitions in front of a record's own content.
    package mutating func readDefinitions(of record: inout RecordReader) throws(MalformedRecord) {
        let length = try record.count(of: 1)
        var definitions = try record.part(length)
        try read(&definitions)
    }

    /// Reads definitions up to their end.
    package mutating func read(_ definitions: inout RecordReader) throws(MalformedRecord) {
        while !definitions.isAtEnd {
            let (kind, number) = try definitions.pair()
            switch RecordTexts.Kind(rawValue: kind) {
            case .symbol: texts[number] = (try definitions.text(), false)
            case .standIn: texts[number] = (try definitions.text(), true)
            case .attribution: attributions[number] = try attribution(&definitions)
            case .tenant: tenantClasses[number] = try tenantClass(&definitions)
            case .card: cards[number] = RateCard(recorded: try CardRecord.read(&definitions))
            case .dimension: dimensionNames[number] = try definitions.text()
            case .dimensions:
                let (values, session) = try DimensionRecord.read(&definitions, dimensionNames)
                if let session {
                    dimensionBases[number] = (values, session)
                } else {
                    dimensionSets[number] = (values, nil)
                }
            case .session:
                let word = try definitions.word()
                guard let base = dimensionBases[UInt32(truncatingIfNeeded: word)] else {
                    throw MalformedRecord("the base of a session was never defined")
                }
                var values = base.values
                values[base.session].text = try definitions.text(of: Int(word >> 48))
                dimensionSets[number] = (values, nil)
            case nil: throw MalformedRecord("a definition of an unknown kind")
            }
        }
    }

    /// The symbol of a number in a vocabulary.
    ///
    /// - Parameters:
    ///   - number: The number in the segment.
    ///   - vocabulary: The vocabulary of the field.
    ///   - call: The call, where it is the name of its model; provider, host and tenant class are set already.
    /// - Returns: The symbol.
    /// - Throws: ``MalformedRecord`` if the segment has not defined the number.
    mutating func symbol(
        _ number: UInt32, _ vocabulary: Vocabulary, of call: ModelCall? = nil
    ) throws(MalformedRecord) -> Symbol {
        if number <= 1 { return number == 0 ? .absent : .overflow }
        let use = SymbolUse(number: number, vocabulary: vocabulary)
        if let symbol = known[use] { return symbol }
        guard let (text, isStandIn) = texts[number] else { throw MalformedRecord("a text was never defined") }
        // A value that had a symbol gets one again. One that had none gets one if there is room now, or a stand-in again.
        var symbol = isStandIn ? symbols.symbol(for: text, in: vocabulary) : symbols.readmit(text, to: vocabulary)
        if symbol == .overflow, vocabulary == .model, let call {
            symbol = symbols.standIn(
                for: text, provider: call.provider, host: call.serverAddress, tenantClass: call.tenantClass)
        }
        // What stands in for a name depends on the rest of the call.
        if !isStandIn { known[use] = symbol }
        return symbol
    }

    func attribution(_ number: UInt32) throws(MalformedRecord) -> Attribution {
        if number == 0 { return .none }
        guard let attribution = attributions[number] else { throw MalformedRecord("labels were never defined") }
        return attribution
    }

    /// The set of dimensions with a word of the segment.
    ///
    /// - Throws: ``MalformedRecord`` if the segment has not defined its number.
    mutating func dimensions(_ recorded: DimensionSet) throws(MalformedRecord) -> DimensionSet {
        guard recorded.number != 0 else {
            guard recorded.seeksAncestors, let dimensionTable else { return .none }
            return dimensionTable.nothing
        }
        guard let (values, known) = dimensionSets[recorded.number] else {
            throw MalformedRecord("values of dimensions were never defined")
        }
        guard let dimensionTable else { return .none }
        // Sets of older generations are soon forgotten, and so get new numbers.
        if let known, dimensionTable.isNew(known) { return known }
        let set = dimensionTable.set(ofRecorded: values)
        dimensionSets[recorded.number] = (values, set)
        return set
    }

    func tenantClass(_ number: UInt32) throws(MalformedRecord) -> UInt32 {
        if number == 0 { return 0 }
        guard let own = tenantClasses[number] else { throw MalformedRecord("a tenant was never defined") }
        return own
    }

    private func attribution(_ definition: inout RecordReader) throws(MalformedRecord) -> Attribution {
        let rules = attributionTable.rules
        let nothing = [AttributionTable.Value](repeating: .none, count: rules.count)
        var entry = AttributionTable.Entry(own: nothing, offers: nothing)
        for _ in 0..<(try definition.count(of: 8)) {
            let name = try definition.text()
            let own = try value(&definition)
            let offer = try value(&definition)
            // A label that the settings no longer have is left out, and its series are summed over.
            guard let rule = rules.indices.first(where: { attributionTable.key(ofRule: $0) == name }) else { continue }
            entry.own[rule] = own.fitting(rules[rule])
            entry.offers[rule] = offer.fitting(rules[rule])
        }
        return attributionTable.readmit(entry)
    }

    private func value(_ definition: inout RecordReader) throws(MalformedRecord) -> AttributionTable.Value {
        let word = try definition.word()
        let vocabulary = Vocabulary(labelNumber: UInt8(truncatingIfNeeded: word >> 8))
        return AttributionTable.Value(
            text: symbols.readmit(try definition.text(), to: vocabulary), rank: UInt8(truncatingIfNeeded: word))
    }

    private func tenantClass(_ definition: inout RecordReader) throws(MalformedRecord) -> UInt32 {
        var values: [Tenants.Attribute: String] = [:]
        for _ in 0..<(try definition.count(of: 8)) {
            let (owner, key, value) = (try definition.text(), try definition.text(), try definition.text())
            if let owner = Tenants.Owner(rawValue: owner) { values[Tenants.Attribute(owner, key)] = value }
        }
        return tenants.tenantClass(of: values)
    }
}

extension AttributionTable.Value {
    /// The value with a source that the rule has, if the settings have changed since.
    fileprivate func fitting(_ rule: LabelRule) -> Self {
        guard self != .none, Int(rank) >= rule.sources.count else { return self }
        return Self(text: text, rank: UInt8(clamping: rule.sources.count - 1))
    }
}
