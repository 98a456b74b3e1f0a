// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI
import Pricing

/// One of the series that calls with one ``CallTallyKey`` may belong to.
enum CallSeriesMember {
    case requests, errors, withoutUsage
    case duration, timeToFirstToken, timePerOutputToken
    case cost, providerCost
    /// The parts of the cost that no token class has: fees, and costs that spans claim as a whole.
    case fee, claimedCost
    case reportedCost, reportedHigher, reportedLower
    case unpricedRequests
    case cacheSavings, cacheWritePremium
    case tokens(TokenClass)
    case tokenCost(TokenClass)
    case unpricedTokens(TokenClass)
    case units(BilledUnits.Unit)

    /// The member's index among all of them, 0 to 127.
    var index: Int {
        switch self {
        case .requests: 0
        case .errors: 1
        case .withoutUsage: 2
        case .duration: 3
        case .timeToFirstToken: 4
        case .timePerOutputToken: 5
        case .cost: 6
        case .providerCost: 7
        case .fee: 8
        case .claimedCost: 9
        case .reportedCost: 10
        case .reportedHigher: 11
        case .reportedLower: 12
        case .unpricedRequests: 13
        case .cacheSavings: 14
        case .cacheWritePremium: 15
        case .tokens(let tokenClass): 16 + tokenClass.index
        case .tokenCost(let tokenClass): 16 + TokenClass.count + tokenClass.index
        case .unpricedTokens(let tokenClass): 16 + 2 * TokenClass.count + tokenClass.index
        case .units(let unit): 16 + 3 * TokenClass.count + Int(unit.rawValue)
        }
    }
}

/// The series that calls with one key belong to, each made when something first goes to it: a series that would be zero
/// for ever says nothing.
struct CallSeries {
    /// The value of the model label.
    let model: ModelText
    /// The labels of most families: model, operation and what settings add.
    private let call: LabelValues
    /// The same for histograms, which have fewer of the added ones.
    private let histogram: LabelValues
    private let added: LabelValues
    /// The provider that was paid, or the reported one if no price is known.
    let provider: (text: String, isKnown: Bool)
    private let errorType: (text: String, isKnown: Bool)
    private let reason: String
    private var known = KnownSeries()

    /// Names the labels.
    ///
    /// - Parameters:
    ///   - key: What the calls have in common.
    ///   - model: The value of the model label.
    ///   - pricedProvider: The provider whose prices hold, or `nil` when no price is known.
    ///   - reason: Why no price is known.
    ///   - symbols: The table that made the key's symbols.
    ///   - added: The values of the labels that settings add.
    ///   - addedToHistograms: Those of them that histograms have.
    init(
        of key: CallTallyKey, model: ModelText, pricedProvider: String?, reason: UnpricedReason?, symbols: SymbolTable,
        added: LabelValues, addedToHistograms: LabelValues
    ) {
        self.model = model
        func outside(_ symbol: Symbol, _ vocabulary: Vocabulary) -> (text: String, isKnown: Bool) {
            let text = symbols.text(of: symbol)
            return (text, symbols.knows(text, in: vocabulary))
        }
        let operation = outside(key.operation, .operation)
        var call = LabelValues()
        call.append(model)
        call.append(operation.text, isKnown: operation.isKnown)
        self.added = added
        self.call = call + added
        histogram = call + addedToHistograms
        provider = pricedProvider.map { ($0, true) } ?? outside(key.provider, .provider)
        errorType = outside(key.errorType, .errorType)
        self.reason = reason?.rawValue ?? ""
    }

    /// A series, found by its labels the first time.
    ///
    /// - Parameters:
    ///   - member: Which one.
    ///   - families: The families.
    ///   - registry: Where the series is.
    ///   - now: The time, in nanoseconds since 1970, kept when the series is new; `nil` where there is no clock.
    /// - Returns: The id of the series.
    mutating func id(
        _ member: CallSeriesMember, _ families: ModelCallFamilies, in registry: inout SeriesRegistry, _ now: UInt64?
    ) -> SeriesID {
        if let series = known[member.index] { return series }
        let (family, labels) = labels(of: member, families)
        let series = registry.series(family, labels, createdAtNanoseconds: now)
        known.add(series, at: member.index)
        return series
    }

    private func labels(of member: CallSeriesMember, _ families: ModelCallFamilies) -> (FamilyID, LabelValues) {
        switch member {
        case .requests: (families.requests, call)
        case .errors: (families.errors, call.adding(errorType.text, isKnown: errorType.isKnown))
        case .withoutUsage: (families.withoutUsage, call)
        case .duration: (families.duration, histogram)
        case .timeToFirstToken: (families.timeToFirstToken, histogram)
        case .timePerOutputToken: (families.timePerOutputToken, histogram)
        case .cost: (families.cost, call)
        case .providerCost:
            (families.costByProvider, LabelValues().adding(provider.text, isKnown: provider.isKnown))
        case .fee: (families.tokenCost, call.adding(ModelCallFamilies.fee))
        case .claimedCost: (families.tokenCost, call.adding(ModelCallFamilies.reported))
        case .reportedCost: (families.reportedCost, call)
        case .reportedHigher: (families.discrepancy, byDirection(ModelCallFamilies.reportedHigher))
        case .reportedLower: (families.discrepancy, byDirection(ModelCallFamilies.reportedLower))
        case .unpricedRequests: (families.unpricedRequests, unpriced)
        case .cacheSavings: (families.cacheSavings, call)
        case .cacheWritePremium: (families.cacheWritePremium, call)
        case .tokens(let tokenClass): (families.tokens, call.adding(tokenClass.name))
        case .tokenCost(let tokenClass): (families.tokenCost, call.adding(tokenClass.name))
        case .units(let unit): (families.units, call.adding(unit.name))
        case .unpricedTokens(let tokenClass): (families.unpricedTokens, unpriced.adding(tokenClass.name))
        }
    }

    private func byDirection(_ direction: String) -> LabelValues {
        var values = LabelValues()
        values.append(model)
        return values.adding(direction) + added
    }

    private var unpriced: LabelValues {
        var values = LabelValues()
        values.append(model)
        return values.adding(provider.text, isKnown: provider.isKnown).adding(reason) + added
    }
}

/// The series of the members that have one: about a tenth of them for most calls.
private struct KnownSeries {
    /// A bit for each member that has a series.
    private var members: UInt128 = 0
    /// The series of these members, in the order of the bits.
    private var series: [SeriesID] = []

    /// The series of the member with an index; `nil` if it has none yet.
    subscript(index: Int) -> SeriesID? { members >> UInt128(index) & 1 == 0 ? nil : series[position(of: index)] }

    /// Adds the series of a member that has none.
    mutating func add(_ new: SeriesID, at index: Int) {
        series.insert(new, at: position(of: index))
        members |= 1 << UInt128(index)
    }

    private func position(of index: Int) -> Int { (members & (1 << UInt128(index) - 1)).nonzeroBitCount }
}
