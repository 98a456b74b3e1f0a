// SPDX-License-Identifier: Apache-2.0
package import GenAI
import Synchronization

/// Turns model calls into money.
///
/// What a (provider, model, host, tier) means is found once and kept, misses too; after that a call is one look-up and a
/// few multiplications.
package final class Pricer: Sendable {
    /// The book that is in force.
    package let book: PriceBook
    private let symbols: SymbolTable
    private let cacheLimit: Int
    private let state = Mutex(State())

    /// Makes a pricer.
    ///
    /// - Parameters:
    ///   - book: What models cost.
    ///   - symbols: The table that made the symbols of the calls.
    ///   - cacheLimit: How many different (provider, model, host, tier) are kept; when there are more, all are dropped.
    package init(book: PriceBook, symbols: SymbolTable, cacheLimit: Int = 16_384) {
        self.book = book
        self.symbols = symbols
        self.cacheLimit = max(1, cacheLimit)
    }

    /// How often the cache was full and dropped.
    package var cacheDrops: UInt64 { state.withLock { $0.drops } }

    /// How many (provider, model, host, tier) are known, as hits or misses.
    package var cachedCount: Int { state.withLock { $0.findings.count } }

    /// Prices a batch.
    ///
    /// - Parameters:
    ///   - calls: The calls, in any order.
    ///   - arrivalNanoseconds: When the batch reached us, in nanoseconds since 1970; dates the price of calls whose own
    ///     time is absurd. `nil` gives those the newest price.
    /// - Returns: The calls with their outcomes, in the same order.
    package func price(_ calls: [ModelCall], arrivalNanoseconds: UInt64? = nil) -> PricedCalls {
        var outcomes: [PriceOutcome] = []
        outcomes.reserveCapacity(calls.count)
        var unknown: [Int] = []
        state.withLock { state in
            // By way of a span, whose elements are lent instead of copied.
            let calls = calls.span
            for index in calls.indices {
                let outcome = state.outcome(of: calls[index], arrival: arrivalNanoseconds)
                if outcome == nil { unknown.append(index) }
                outcomes.append(outcome ?? .nothingToPrice)
            }
        }
        if !unknown.isEmpty { resolve(unknown, of: calls, arrivalNanoseconds, &outcomes) }
        return PricedCalls(calls: calls, outcomes: outcomes)
    }

    /// Prices the calls whose names were not known yet.
    private func resolve(
        _ unknown: [Int], of calls: [ModelCall], _ arrivalNanoseconds: UInt64?, _ outcomes: inout [PriceOutcome]
    ) {
        // Names are resolved without the lock; several batches may resolve the same one, with the same result.
        var findings: [CallKey: Finding] = [:]
        for index in unknown {
            let key = CallKey(calls[index])
            if findings[key] == nil { findings[key] = find(key) }
        }
        state.withLock { state in
            for index in unknown {
                let key = CallKey(calls[index])
                if let finding = findings[key] { state.keep(finding, for: key, limit: cacheLimit) }
                outcomes[index] = state.outcome(of: calls[index], arrival: arrivalNanoseconds) ?? .nothingToPrice
            }
        }
    }

    /// Prices one call given in words; no cache is touched.
    package func price(_ question: PriceQuestion) -> PriceAnswer { book.price(question) }

    private func find(_ key: CallKey) -> Finding {
        let host = symbols.text(of: key.serverAddress)
        let model = symbols.text(of: key.model)
        do throws(UnpricedReason) {
            let match = try book.match(provider: symbols.text(of: key.provider), host: host, model: model)
            let facts = Circumstances.regionFacts(model: model, host: host)
            let circumstances = Circumstances(tier: symbols.text(of: key.tier), facts: facts)
            return .found(
                Tariff.Key(match: match, circumstances: circumstances), try book.tariff(match, circumstances))
        } catch {
            return .unknown(error)
        }
    }
}

/// What decides which model and which circumstances a call means: four symbols in two words, which hash and compare in
/// half the time.
private struct CallKey: Hashable {
    private let providerAndModel: UInt64
    private let hostAndTier: UInt64

    init(_ call: borrowing ModelCall) {
        providerAndModel = UInt64(call.provider.number) << 32 | UInt64(call.model.number)
        hostAndTier = UInt64(call.serverAddress.number) << 32 | UInt64(call.tier.number)
    }

    /// A number that differs between keys that differ in one symbol.
    var lowBits: Int { Int(truncatingIfNeeded: providerAndModel ^ providerAndModel >> 29 ^ hostAndTier << 3) }

    var provider: Symbol { Symbol(number: UInt32(providerAndModel >> 32)) }
    var model: Symbol { Symbol(number: UInt32(truncatingIfNeeded: providerAndModel)) }
    var serverAddress: Symbol { Symbol(number: UInt32(hostAndTier >> 32)) }
    var tier: Symbol { Symbol(number: UInt32(truncatingIfNeeded: hostAndTier)) }
}

/// What a key was found to mean.
private enum Finding {
    case found(Tariff.Key, Tariff)
    case unknown(UnpricedReason)
}

/// The memory of what was found; guarded by the pricer's lock.
private struct State {
    /// A place in ``tariffs``, or why there is none.
    enum Known {
        case tariff(Int)
        case unknown(UnpricedReason)
    }

    var findings: [CallKey: Known] = [:]
    var drops: UInt64 = 0
    /// The keys that were met last, by their low bits: most calls ask for what another has just asked for, and this
    /// spares them the hashing.
    private var recent: [(key: CallKey, known: Known)?] = Array(repeating: nil, count: 64)
    private var tariffs: [Tariff] = []
    private var tariffPlaces: [Tariff.Key: Int] = [:]

    /// The outcome of a call, or `nil` when its key is not known yet.
    mutating func outcome(of call: borrowing ModelCall, arrival: UInt64?) -> PriceOutcome? {
        if call.hasFailed, !call.reportsUsage { return .nothingToPrice }
        guard let known = known(CallKey(call)) else { return nil }
        guard case .tariff(let place) = known else {
            guard call.reportsUsage, case .unknown(let reason) = known else { return .nothingToPrice }
            return .unpriced(reason)
        }
        let moment = PriceMoment.ofCall(end: call.endNanoseconds, start: call.startNanoseconds, arrival: arrival)
        do throws(UnpricedReason) {
            let totalInput = try call.usage.checkedTotalInput()
            guard let card = tariffs[place].card(at: moment, totalInput: totalInput) else {
                throw UnpricedReason.noRate
            }
            let fee = call.hasFailed ? Dollars.zero : card.requestFee
            guard call.reportsUsage else { return fee == .zero ? .nothingToPrice : .priced(card, fee) }
            return .priced(card, try card.cost(of: call.usage) + fee)
        } catch {
            return call.reportsUsage ? .unpriced(error) : .nothingToPrice
        }
    }

    private mutating func known(_ key: CallKey) -> Known? {
        let place = key.lowBits & (recent.count - 1)
        if let recent = recent[place], recent.key == key { return recent.known }
        guard let known = findings[key] else { return nil }
        recent[place] = (key, known)
        return known
    }

    mutating func keep(_ finding: Finding, for key: CallKey, limit: Int) {
        guard findings[key] == nil else { return }
        if findings.count >= limit {
            findings.removeAll()
            tariffs.removeAll()
            tariffPlaces.removeAll()
            recent = Array(repeating: nil, count: recent.count)
            drops += 1
        }
        switch finding {
        case .unknown(let reason): findings[key] = .unknown(reason)
        case .found(let tariffKey, let tariff):
            let place = tariffPlaces[tariffKey] ?? tariffs.count
            if place == tariffs.count {
                tariffs.append(tariff)
                tariffPlaces[tariffKey] = place
            }
            findings[key] = .tariff(place)
        }
    }
}
