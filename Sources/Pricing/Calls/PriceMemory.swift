// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// What the model and circumstances of a call depend on: five symbols and the tenant class.
///
/// They are in three words, which halves the time for hashing and comparing.
struct PriceKey: Hashable {
    private let providerAndModel: UInt64
    private let hostAndTier: UInt64
    private let tenantAndGeo: UInt64

    @inline(__always)
    init(_ call: borrowing ModelCall) {
        // Without `model`, whose getter is in another room and would copy the call.
        let model = call.responseModel.or(call.requestModel)
        providerAndModel = UInt64(call.provider.number) << 32 | UInt64(model.number)
        hostAndTier = UInt64(call.serverAddress.number) << 32 | UInt64(call.tier.number)
        tenantAndGeo = UInt64(call.tenantClass) << 32 | UInt64(call.inferenceGeo.number)
    }

    /// A number that differs between keys that differ in one symbol.
    @inline(__always)
    var lowBits: Int {
        Int(
            truncatingIfNeeded: providerAndModel ^ providerAndModel >> 29 ^ hostAndTier << 3
                ^ tenantAndGeo >> 27 ^ tenantAndGeo << 2)
    }

    @inline(__always)
    static func == (left: Self, right: Self) -> Bool {
        left.providerAndModel == right.providerAndModel && left.hostAndTier == right.hostAndTier
            && left.tenantAndGeo == right.tenantAndGeo
    }

    var provider: Symbol { Symbol(number: UInt32(providerAndModel >> 32)) }
    var model: Symbol { Symbol(number: UInt32(truncatingIfNeeded: providerAndModel)) }
    var serverAddress: Symbol { Symbol(number: UInt32(hostAndTier >> 32)) }
    var tier: Symbol { Symbol(number: UInt32(truncatingIfNeeded: hostAndTier)) }
    var inferenceGeo: Symbol { Symbol(number: UInt32(truncatingIfNeeded: tenantAndGeo)) }
    /// Identifies the caller's tenant class.
    ///
    /// ``Pricer`` resolves it to attribute values the first time it sees the class.
    var tenantClass: UInt32 { UInt32(tenantAndGeo >> 32) }
}

/// The result of resolving a key.
struct PriceFinding {
    enum Meaning {
        case tariff(Tariff.Key, Tariff)
        case unknown(UnpricedReason)
    }

    let meaning: Meaning
    /// Whether a reported cost takes precedence over the computed one.
    let prefersReportedCost: Bool
    /// Whether a reported cost of 0 counts because of the model; see ``FreeCalls``.
    let mayBeFree: Bool
}

/// The cache of resolved keys and the cards made from them; the pricer's lock guards it.
struct PriceMemory {
    private enum Known {
        case tariff(NumberedTariff, prefersReportedCost: Bool, mayBeFree: Bool)
        case unknown(UnpricedReason, takesReportedCost: Bool, mayBeFree: Bool)
    }

    /// A tariff and the numbers of its cards; kept as long as some key refers to it.
    private final class NumberedTariff {
        var tariff: Tariff
        var numbers: [UInt32] = []

        init(_ tariff: Tariff) { self.tariff = tariff }
    }

    /// The most recent cards, by their numbers.
    private(set) var cards = RateCards()
    /// The number of keys that were evicted to make room.
    private(set) var evictions: UInt64 = 0
    /// How many times the numbers of cards became invalid.
    private(set) var generation: UInt64 = 0
    /// The book in which all keys were resolved.
    private(set) var book: PriceBook
    /// The models that names mean in the book.
    private(set) var matches: MatchMemory

    /// How calls are priced.
    private(set) var configuration: PricerConfiguration

    /// Whether a call without tokens may have a cost, because a model is billed by time.
    private let chargesTime: Bool
    /// Whether capacity meters run.
    private let countsClock: Bool
    /// The ids of the models with a capacity meter.
    private let clockModels: Set<String>
    private var findings = RecentEntries<PriceKey, Known>()
    private var tariffs = RecentEntries<Tariff.Key, NumberedTariff>()
    /// The latest keys with their cards, by the low bits of the key: most calls have the key of a recent call.
    private var recent = Self.noRecent

    private static let noRecent = [RecentCard](repeating: RecentCard(), count: 256)

    init(book: PriceBook, configuration: PricerConfiguration, countsClock: Bool) {
        self.init(book: book, configuration: configuration, countsClock: countsClock, evictions: 0, generation: 0)
    }

    /// The number of resolved keys, with or without a model.
    var count: Int { findings.count }

    /// The largest number of calls that are priced between two evictions; so many keys may exceed the limit.
    static func sliceLength(_ configuration: PricerConfiguration) -> Int {
        min(4_096, max(1, configuration.cacheEntries / 4))
    }

    /// Evicts the least recently used keys beyond the limit.
    ///
    /// Call it only between the slices of a batch, since it may make numbers of cards invalid.
    mutating func makeRoom() {
        let limit = max(1, configuration.cacheEntries)
        let young = max(1, (limit - Self.sliceLength(configuration) + 2) / 2)
        let before = findings.evictions
        findings.makeRoom(youngerThan: young)
        evictions += findings.evictions - before
        tariffs.makeRoom(youngerThan: young)
        guard cards.count > max(1_024, 2 * limit) else { return }
        cards.forgetOlder()
        recent = Self.noRecent
        // Numbers have 32 bits, and the largest one means no card.
        if cards.end > Int(UInt32.max / 2) { replace(book: book, configuration: configuration) }
    }

    /// Drops everything and begins anew with another book or other rules.
    mutating func replace(book: PriceBook, configuration: PricerConfiguration) {
        self = PriceMemory(
            book: book, configuration: configuration, countsClock: countsClock, evictions: evictions,
            generation: generation + 1)
    }

    private init(
        book: PriceBook, configuration: PricerConfiguration, countsClock: Bool, evictions: UInt64, generation: UInt64
    ) {
        self.book = book
        self.configuration = configuration
        self.evictions = evictions
        self.generation = generation
        matches = MatchMemory(book: book, configuration: configuration)
        chargesTime = book.chargesTime
        self.countsClock = countsClock
        clockModels = countsClock ? Set(book.meteredModels.map(\.model)) : []
    }

    mutating func keep(_ finding: PriceFinding, for key: PriceKey) {
        guard findings.value(of: key) == nil else { return }
        switch finding.meaning {
        case .unknown(let reason):
            findings.insert(
                .unknown(reason, takesReportedCost: finding.prefersReportedCost, mayBeFree: finding.mayBeFree), for: key
            )
        case .tariff(let tariffKey, let tariff):
            let known = tariffs.value(of: tariffKey) ?? NumberedTariff(tariff)
            tariffs.insert(known, for: tariffKey)
            findings.insert(
                .tariff(known, prefersReportedCost: finding.prefersReportedCost, mayBeFree: finding.mayBeFree), for: key
            )
        }
    }

    /// The verdict on a call, or `nil` when its key is not known yet.
    @inline(__always)
    mutating func verdict(
        of calls: Span<ModelCall>, at index: Int, _ key: PriceKey, arrival: UInt64?
    ) -> PriceVerdict? {
        recent[key.lowBits & (recent.count - 1)].verdict(of: calls[index], key, arrival)
            ?? unusualVerdict(of: calls, at: index, key, arrival)
    }

    /// Apart, and by its index, since the call is copied here, and most calls are usual.
    @inline(never)
    private mutating func unusualVerdict(
        of calls: Span<ModelCall>, at index: Int, _ key: PriceKey, _ arrival: UInt64?
    ) -> PriceVerdict? {
        let call = calls[index]
        if call.hasFailed, !call.reportsQuantity, !chargesTime { return .nothingToPrice }
        switch findings.value(of: key) {
        case nil: return nil
        case .unknown(let reason, let takesReportedCost, let mayBeFree):
            if takesReportedCost, call.reportsPrice(mayBeFree: mayBeFree) {
                return PriceVerdict(.reported, reason: reason)
            }
            return call.reportsQuantity ? .unpriced(reason) : Self.verdict(ofSilent: call)
        case .tariff(let tariff, let prefersReportedCost, let mayBeFree):
            let computed = computedVerdict(of: call, key, tariff, arrival)
            guard call.reportsPrice(mayBeFree: mayBeFree) else { return computed }
            let isUnknown = computed.reasonForUnknownCost != nil
            let isWanted = prefersReportedCost || isUnknown || call.costsNothing
            return isWanted ? PriceVerdict(.reported, card: computed.card, reason: computed.reason) : computed
        }
    }

    private mutating func computedVerdict(
        of call: borrowing ModelCall, _ key: PriceKey, _ known: NumberedTariff, _ arrival: UInt64?
    ) -> PriceVerdict {
        let moment = PriceMoment.ofCall(end: call.endNanoseconds, start: call.startNanoseconds, arrival: arrival)
        do throws(UnpricedReason) {
            let usage = TokenUsage(call.usage)
            let totalInput = usage.totalInput
            guard let found = known.tariff.card(at: moment, totalInput: totalInput) else {
                throw .noRate
            }
            let number = number(of: found.index, card: found.card, of: known)
            // A cost that no meter counts must not look like no cost.
            if found.card.hosted == .capacity, !clockModels.contains(found.card.modelID) {
                return call.reportsUsage
                    ? PriceVerdict(.unpriced, card: number, reason: .noRate) : Self.verdict(ofSilent: call)
            }
            if call.reportedFemtodollars == nil, !found.card.untoldModality.isPossible {
                recent[key.lowBits & (recent.count - 1)] = RecentCard(
                    key, card: found.card, number: number,
                    validity: known.tariff.validity(at: moment, totalInput: totalInput))
            }
            let units = call.units
            let lacksFee = units.word != 0 && found.card.lacksFee(for: units)
            guard call.reportsUsage else {
                let fee = found.card.fee(of: call)
                if fee != .zero || found.card.hasFee(for: units) {
                    return PriceVerdict(.computed, card: number, estimate: lacksFee ? .unknownFee : nil)
                }
                if lacksFee { return .unpriced(.noRate) }
                // Unknown tokens of a free model cost nothing, and the clock pays for machines.
                return found.card.isFree || found.card.hosted == .capacity
                    ? .nothingToPrice : Self.verdict(ofSilent: call)
            }
            _ = try found.card.cost(of: usage)
            // Not in an autoclosure, which cannot have what is lent.
            let (ofCall, isTold) = (call.guesses.estimateReason, call.tellsModality)
            let ofCard = found.card.estimateReason(for: usage, tellsModality: isTold)
            let estimate = ofCard ?? ofCall ?? (lacksFee ? .unknownFee : nil)
            return PriceVerdict(.computed, card: number, estimate: estimate)
        } catch {
            return call.reportsQuantity ? .unpriced(error) : Self.verdict(ofSilent: call)
        }
    }

    /// The verdict on a call that reports nothing to price, of a model that is not free.
    private static func verdict(ofSilent call: borrowing ModelCall) -> PriceVerdict {
        call.hasFailed ? .nothingToPrice : .noUsage
    }

    /// The number of a tariff's card; the card gets one on first use, and a new one after it was evicted.
    private mutating func number(of index: Int, card: RateCard, of known: NumberedTariff) -> UInt32 {
        // A tariff makes one card at a time, so its newest card is the only one that can lack a number.
        if index == known.numbers.count {
            known.numbers.append(cards.append(card))
        } else if Int(known.numbers[index]) < cards.first {
            known.numbers[index] = cards.append(card)
        }
        return known.numbers[index]
    }
}

/// A key and its card, as plain memory, with the bounds within which the card applies to other calls with the key.
private struct RecentCard {
    private var key: PriceKey?
    private var number: UInt32 = 0
    /// The classes that have no rate, and the classes whose rate is an estimate, as bits.
    private var missing: UInt16 = 0
    private var estimated: UInt16 = 0
    /// The reason for the estimates.
    private var reason = EstimateReason.approximate
    private var validity = Tariff.Validity.never

    init() {}

    init(_ key: PriceKey, card: RateCard, number: UInt32, validity: Tariff.Validity) {
        self.key = key
        self.number = number
        missing = card.missing
        estimated = card.isWhollyEstimated ? .max : card.estimated
        reason = card.estimateReason
        self.validity = validity
    }

    /// The verdict on an ordinary call with the same key; `nil` for every other.
    @inline(__always)
    func verdict(of call: borrowing ModelCall, _ key: PriceKey, _ arrival: UInt64?) -> PriceVerdict? {
        guard self.key == key, call.reportsUsage, call.reportedFemtodollars == nil, call.units.word == 0,
            call.guesses.rawValue == 0
        else { return nil }
        let latest = min(validity.untilNanoseconds, PriceMoment.latest(arrival: arrival))
        guard call.endNanoseconds >= Outside(validity.fromNanoseconds), call.endNanoseconds < Outside(latest) else {
            return nil
        }
        let classes = call.usage.classBits
        guard validity.totalInput.contains(call.usage.totalInput), classes & missing == 0 else { return nil }
        return PriceVerdict(.computed, card: number, estimate: classes & estimated != 0 ? reason : nil)
    }
}
