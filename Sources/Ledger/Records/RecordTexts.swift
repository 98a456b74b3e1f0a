// SPDX-License-Identifier: Apache-2.0
package import GenAI
package import Pricing

/// Writes what the numbers of this process mean, once for each segment: symbols, values of labels, dimensions and tenants, rate
/// cards.
package struct RecordTexts: Sendable {
    private let symbols: SymbolTable
    private let attributions: AttributionTable
    private let tenants: TenantTable
    private let dimensions: DimensionTable?

    /// Makes a describer.
    ///
    /// - Parameters:
    ///   - symbols: The texts of symbols.
    ///   - attributions: The values of the labels that settings add.
    ///   - tenants: The values that identify tenants.
    ///   - dimensions: The values of dimensions; `nil` if none are read.
    package init(
        symbols: SymbolTable, attributions: AttributionTable, tenants: TenantTable, dimensions: DimensionTable? = nil
    ) {
        (self.symbols, self.attributions, self.tenants) = (symbols, attributions, tenants)
        self.dimensions = dimensions
    }

    /// The kinds of definitions: the lower half of their first word; the upper half is the number that they define.
    enum Kind: UInt32 {
        case symbol = 1
        /// A symbol that stands for several values; the text is one of them.
        case standIn = 2
        case attribution = 3
        case tenant = 4
        case card = 5
        /// The values of a set of dimensions.
        case dimensions = 6
        /// The name of a dimension.
        case dimension = 7
        /// The base of a set of dimensions, and its session.
        case session = 8
    }

    func define(_ calls: Span<ModelCall>, _ texts: inout SegmentTexts, _ bytes: inout RecordBytes) {
        for index in calls.indices {
            define(calls[index].responseModel, &texts, &bytes)
            define(calls[index].requestModel, &texts, &bytes)
            define(calls[index].operation, &texts, &bytes)
            define(calls[index].provider, &texts, &bytes)
            define(calls[index].serverAddress, &texts, &bytes)
            define(calls[index].tier, &texts, &bytes)
            define(calls[index].inferenceGeo, &texts, &bytes)
            define(calls[index].errorType, &texts, &bytes)
            define(calls[index].attribution, &texts, &bytes)
            define(calls[index].dimensions, &texts, &bytes)
            if texts.isNew(tenantClass: calls[index].tenantClass) { define(tenant: calls[index].tenantClass, &bytes) }
        }
    }

    func define(_ spans: Span<PassThroughSpan>, _ texts: inout SegmentTexts, _ bytes: inout RecordBytes) {
        for index in spans.indices {
            define(spans[index].model, &texts, &bytes)
            define(spans[index].provider, &texts, &bytes)
            define(spans[index].attribution, &texts, &bytes)
            define(spans[index].dimensions, &texts, &bytes)
        }
    }

    func define(cardsOf calls: PricedCalls, _ texts: inout SegmentTexts, _ bytes: inout RecordBytes) {
        var latest: UInt32?
        for verdict in calls.verdicts {
            guard let number = verdict.card, number != latest else { continue }
            latest = number
            guard !texts.remembers(number, calls.generation) else { continue }
            let card = calls.cards[Int(number)]
            let (own, isNew) = texts.number(of: card)
            texts.remember(number, calls.generation, as: own)
            if isNew { define(card, own, &bytes) }
        }
    }

    @inline(__always)
    private func define(_ symbol: Symbol, _ texts: inout SegmentTexts, _ bytes: inout RecordBytes) {
        if texts.isNew(symbol) { define(symbol, &bytes) }
    }

    @inline(never)
    private func define(_ symbol: Symbol, _ bytes: inout RecordBytes) {
        bytes.append((symbols.isStandIn(symbol) ? Kind.standIn : .symbol).rawValue, symbol.number)
        bytes.append(symbols.meantText(of: symbol))
    }

    @inline(__always)
    private func define(_ attribution: Attribution, _ texts: inout SegmentTexts, _ bytes: inout RecordBytes) {
        if texts.isNew(attribution) { define(attribution, &bytes) }
    }

    @inline(never)
    private func define(_ attribution: Attribution, _ bytes: inout RecordBytes) {
        let entry = attributions.entry(of: attribution.number)
        let rules = attributions.rules.indices.filter { entry.own[$0] != .none || entry.offers[$0] != .none }
        bytes.append(Kind.attribution.rawValue, attribution.number)
        bytes.append(UInt64(rules.count))
        for rule in rules {
            bytes.append(attributions.key(ofRule: rule))
            for value in [entry.own[rule], entry.offers[rule]] {
                // The settings may have other sources by the time this is read, so the vocabulary stands beside the rank.
                let sources = attributions.rules[rule].sources
                let vocabulary = value.rank < sources.count ? sources[Int(value.rank)].vocabulary : .label
                bytes.append(UInt64(value.rank) | UInt64(vocabulary.labelNumber) << 8)
                bytes.append(symbols.text(of: value.text))
            }
        }
    }

    @inline(__always)
    private func define(_ set: DimensionSet, _ texts: inout SegmentTexts, _ bytes: inout RecordBytes) {
        if set.word != 0, set.number != 0, let dimensions, texts.isNew(setOrBase: set.number) {
            DimensionRecord.define(set, dimensions, &texts, &bytes)
        }
    }

    @inline(never)
    private func define(tenant tenantClass: UInt32, _ bytes: inout RecordBytes) {
        let values = tenants.values(of: tenantClass)
        bytes.append(Kind.tenant.rawValue, tenantClass)
        bytes.append(UInt64(values.count))
        for (attribute, value) in values {
            bytes.append(attribute.owner.rawValue)
            bytes.append(attribute.key)
            bytes.append(value)
        }
    }

    private func define(_ card: RateCard, _ number: UInt32, _ bytes: inout RecordBytes) {
        bytes.append(Kind.card.rawValue, number)
        CardRecord.write(card.recorded, &bytes)
    }
}

/// The vocabularies that the values of labels may be of, by their numbers in records.
extension Vocabulary {
    private static let ofLabels: [Vocabulary] = [.label, .provider, .tier, .model]

    fileprivate var labelNumber: UInt8 { UInt8(clamping: Self.ofLabels.firstIndex(of: self) ?? 0) }

    /// The vocabulary with a number; that of labels for a number that a newer version may have.
    init(labelNumber: UInt8) {
        let number = Int(labelNumber)
        self = number < Self.ofLabels.count ? Self.ofLabels[number] : .label
    }
}
