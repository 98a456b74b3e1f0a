// SPDX-License-Identifier: Apache-2.0
package import GenAI
import Synchronization

/// Turns model calls into money.
///
/// Each combination of provider, model, host, tier and inference geography is resolved once and cached, also if it has no
/// price. Pricing a call is then one look-up and a few multiplications.
package final class Pricer: Sendable {
    /// Resolves a tenant class to the value of an attribute; called once for each class and model.
    package typealias TenantValues = @Sendable (_ tenantClass: UInt32, _ attribute: Tenants.Attribute) -> String?

    private let symbols: SymbolTable
    private let tenantValues: TenantValues
    private let memory: Mutex<PriceMemory>

    /// Makes a pricer.
    ///
    /// - Parameters:
    ///   - book: The prices.
    ///   - symbols: The table that made the symbols of the calls.
    ///   - configuration: The settings for prices.
    ///   - countsClock: Whether a ``HostedModelMeter`` runs for each of the ``PriceBook/meteredModels`` of this and of later
    ///     books. Calls of such a model then have a card and no cost of their own; otherwise they are unpriced, with
    ///     ``UnpricedReason/noRate`` and the card.
    ///   - tenantValues: Resolves the tenant classes of calls to attribute values.
    package init(
        book: PriceBook, symbols: SymbolTable, configuration: PricerConfiguration = PricerConfiguration(),
        countsClock: Bool = false, tenantValues: @escaping TenantValues = { _, _ in nil }
    ) {
        self.symbols = symbols
        self.tenantValues = tenantValues
        memory = Mutex(PriceMemory(book: book, configuration: configuration, countsClock: countsClock))
    }

    /// The book in force.
    package var book: PriceBook { memory.withLock { $0.book } }

    /// The configuration in force.
    package var configuration: PricerConfiguration { memory.withLock { $0.configuration } }

    /// The number of combinations that were evicted because the cache was full.
    package var cacheEvictions: UInt64 { memory.withLock { $0.evictions } }

    /// The number of cached combinations, with or without a price.
    package var cachedCount: Int { memory.withLock { $0.count } }

    /// Puts another book in force.
    ///
    /// A batch that is being priced is priced wholly with the old book or wholly with the new one.
    ///
    /// - Parameters:
    ///   - book: The new prices.
    ///   - configuration: The new configuration; `nil` keeps the old one.
    /// - Returns: The book that was in force before.
    @discardableResult
    package func replace(book: PriceBook, configuration: PricerConfiguration? = nil) -> PriceBook {
        memory.withLock { memory in
            let old = memory.book
            memory.replace(book: book, configuration: configuration ?? memory.configuration)
            return old
        }
    }

    /// Prices a batch.
    ///
    /// - Parameters:
    ///   - calls: The calls, in any order.
    ///   - arrivalNanoseconds: The arrival time of the batch, in nanoseconds since 1970 (UTC). It dates the price of calls whose
    ///     own time is implausible; `nil` gives those the newest price.
    /// - Returns: The calls with their outcomes, in the same order.
    package func price(
        _ calls: [ModelCall], arrivalNanoseconds: UInt64? = nil
    ) -> PricedCalls {
        while true {
            if let priced = price(calls, arrivalNanoseconds: arrivalNanoseconds, while: { true }) { return priced }
        }
    }

    /// Prices a batch, unless the caller ends it while new names are resolved.
    ///
    /// - Parameters:
    ///   - calls: The calls, in any order.
    ///   - arrivalNanoseconds: The arrival time of the batch, as above.
    ///   - mayGoOn: Called before each new combination; `false` ends the pricing.
    /// - Returns: The calls with their outcomes, in the same order; `nil` if `mayGoOn` ended it. The combinations resolved until
    ///   then are cached, so that the next attempt continues from there.
    package func price(
        _ calls: [ModelCall], arrivalNanoseconds: UInt64?, while mayGoOn: () -> Bool
    ) -> PricedCalls? {
        var verdicts: [PriceVerdict] = []
        verdicts.reserveCapacity(calls.count)
        // Normally one pass; one more if another book comes into force meanwhile.
        while true {
            verdicts.removeAll(keepingCapacity: true)
            guard let first = price(calls, from: 0, arrivalNanoseconds, into: &verdicts, mayGoOn) else { return nil }
            var (cards, generation) = first
            var isWhole = true
            while isWhole, verdicts.count < calls.count {
                guard let slice = price(calls, from: verdicts.count, arrivalNanoseconds, into: &verdicts, mayGoOn)
                else { return nil }
                isWhole = slice.generation == generation && cards.extend(with: slice.cards)
            }
            if isWhole { return PricedCalls(calls: calls, verdicts: verdicts, cards: cards, generation: generation) }
        }
    }

    /// Prices the next calls of a batch: only a few, so that the lock is held briefly and the cache grows little.
    private func price(
        _ calls: [ModelCall], from start: Int, _ arrival: UInt64?, into verdicts: inout [PriceVerdict],
        _ mayGoOn: () -> Bool
    ) -> (cards: RateCards, generation: UInt64)? {
        while true {
            var unknown: [(index: Int, key: PriceKey)] = []
            var (cards, generation, matches, book, configuration) = memory.withLock { memory in
                let end = min(calls.count, start + PriceMemory.sliceLength(memory.configuration))
                // A span lends its elements instead of copying them.
                let calls = calls.span
                for index in start..<end {
                    let key = PriceKey(calls[index])
                    let verdict = memory.verdict(of: calls, at: index, key, arrival: arrival)
                    if verdict == nil { unknown.append((index, key)) }
                    verdicts.append(verdict ?? .nothingToPrice)
                }
                defer { if unknown.isEmpty { memory.makeRoom() } }
                return (memory.cards, memory.generation, memory.matches, memory.book, memory.configuration)
            }
            if unknown.isEmpty { return (cards, generation) }
            // Names are resolved without the lock; several batches may resolve the same one, with the same result.
            var findings: [PriceKey: PriceFinding] = [:]
            var isOver = false
            for (_, key) in unknown where findings[key] == nil {
                isOver = !mayGoOn()
                if isOver { break }
                findings[key] = find(key, matches, book, configuration)
            }
            let later: RateCards? = memory.withLock { memory in
                // Results from a book or configuration that is no longer in force are of no use.
                guard memory.generation == generation else { return nil }
                let calls = calls.span
                for (index, key) in unknown {
                    if let finding = findings[key] { memory.keep(finding, for: key) }
                    guard let verdict = memory.verdict(of: calls, at: index, key, arrival: arrival) else { continue }
                    verdicts[index] = verdict
                }
                defer { memory.makeRoom() }
                return memory.cards
            }
            if isOver { return nil }
            if let later, cards.extend(with: later) { return (cards, generation) }
            verdicts.removeSubrange(start...)
        }
    }

    /// The name of the tenant of a class of tenants; empty for none.
    package func tenantName(of tenantClass: UInt32) -> String {
        let book = book
        return book.tenants.name(of: book.tenant(of: tenantClass, tenantValues))
    }

    /// Prices one call that is described in words, without the cache.
    package func price(_ question: PriceQuestion) -> PriceAnswer { book.price(question) }

    private func find(
        _ key: PriceKey, _ matches: MatchMemory, _ book: PriceBook, _ configuration: PricerConfiguration
    ) -> PriceFinding {
        let mayBeFree = FreeCalls.mayBeFree(
            provider: symbols.text(of: key.provider), model: symbols.meantText(of: key.model),
            host: symbols.meantText(of: key.serverAddress))
        do throws(UnpricedReason) {
            let match = try matches.match(key, tenant: book.tenant(of: key.tenantClass, tenantValues), symbols)
            let facts = Circumstances.regionFacts(
                model: symbols.meantText(of: key.model), host: symbols.meantText(of: key.serverAddress),
                inferenceGeo: symbols.text(of: key.inferenceGeo))
            let circumstances = Circumstances(tier: symbols.text(of: key.tier), facts: facts)
            let tariff = try book.tariff(match, circumstances)
            return PriceFinding(
                meaning: .tariff(Tariff.Key(match: match, circumstances: circumstances), tariff),
                prefersReportedCost: configuration.reportedCosts.prefersReported(of: tariff.provider),
                mayBeFree: mayBeFree)
        } catch {
            let isNameless = key.model == .absent && [.unknownProvider, .unknownModel].contains(error)
            // For a model that is not in the book, the reported cost is better than none.
            return PriceFinding(
                meaning: .unknown(isNameless ? .noModel : error),
                prefersReportedCost: configuration.reportedCosts.takesThoseOfUnknownModels, mayBeFree: mayBeFree)
        }
    }
}

/// The settings for prices.
package struct PricerConfiguration: Sendable, Equatable {
    /// Which figure counts for a call with a reported cost.
    ///
    /// File key `prices.reported_cost`.
    package var reportedCosts = ReportedCostPolicy()

    /// The largest number of cached combinations of provider, model, host, tier, inference geography and tenant class; beyond
    /// it the least recently used ones are evicted.
    ///
    /// Default 16,384. File key `prices.cache_entries`.
    package var cacheEntries = 16_384

    /// Whether an unknown name may get the price of a similar one.
    ///
    /// Names are similar if they differ only in a date, `-latest` or `-preview`. Such costs are estimates.
    ///
    /// Default false. File key `prices.approximate`.
    package var allowsApproximate = false

    package init() {}
}
