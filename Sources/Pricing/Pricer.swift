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
    private let reportedCosts: ReportedCostPolicy
    private let memory: Mutex<PriceMemory>

    /// Makes a pricer.
    ///
    /// - Parameters:
    ///   - book: What models cost.
    ///   - symbols: The table that made the symbols of the calls.
    ///   - reportedCosts: Which of two figures counts when a span brings one along.
    ///   - cacheLimit: How many different (provider, model, host, tier) are kept; when there are more, all are dropped.
    package init(
        book: PriceBook, symbols: SymbolTable, reportedCosts: ReportedCostPolicy = ReportedCostPolicy(),
        cacheLimit: Int = 16_384
    ) {
        self.book = book
        self.symbols = symbols
        self.reportedCosts = reportedCosts
        memory = Mutex(PriceMemory(limit: max(1, cacheLimit)))
    }

    /// How often the cache was full and dropped.
    package var cacheDrops: UInt64 { memory.withLock { $0.drops } }

    /// How many (provider, model, host, tier) are known, as hits or misses.
    package var cachedCount: Int { memory.withLock { $0.count } }

    /// Prices a batch.
    ///
    /// - Parameters:
    ///   - calls: The calls, in any order.
    ///   - arrivalNanoseconds: When the batch reached us, in nanoseconds since 1970; dates the price of calls whose own
    ///     time is absurd. `nil` gives those the newest price.
    /// - Returns: The calls with their outcomes, in the same order.
    package func price(_ calls: [ModelCall], arrivalNanoseconds: UInt64? = nil) -> PricedCalls {
        var verdicts: [PriceVerdict] = []
        verdicts.reserveCapacity(calls.count)
        // Once around when every name is known; somebody else making room can cost another turn.
        while true {
            verdicts.removeAll(keepingCapacity: true)
            var unknown: Set<PriceKey> = []
            let (cards, generation) = memory.withLock { memory in
                // By way of a span, whose elements are lent instead of copied.
                let calls = calls.span
                for index in calls.indices {
                    let verdict = memory.verdict(of: calls[index], arrival: arrivalNanoseconds)
                    if verdict == nil { unknown.insert(PriceKey(calls[index])) }
                    verdicts.append(verdict ?? .nothingToPrice)
                }
                defer { if unknown.isEmpty { memory.makeRoom() } }
                return (memory.cards, memory.drops)
            }
            if unknown.isEmpty {
                return PricedCalls(calls: calls, verdicts: verdicts, cards: cards, generation: generation)
            }
            // Names are resolved without the lock; several batches may resolve the same one, with the same result.
            let findings = unknown.map { (key: $0, finding: find($0)) }
            memory.withLock { memory in
                for (key, finding) in findings { memory.keep(finding, for: key) }
            }
        }
    }

    /// Prices one call given in words; no cache is touched.
    package func price(_ question: PriceQuestion) -> PriceAnswer { book.price(question) }

    private func find(_ key: PriceKey) -> PriceFinding {
        let host = symbols.text(of: key.serverAddress)
        let model = symbols.text(of: key.model)
        do throws(UnpricedReason) {
            let match = try book.match(provider: symbols.text(of: key.provider), host: host, model: model)
            let facts = Circumstances.regionFacts(model: model, host: host)
            let circumstances = Circumstances(tier: symbols.text(of: key.tier), facts: facts)
            let tariff = try book.tariff(match, circumstances)
            return PriceFinding(
                meaning: .tariff(Tariff.Key(match: match, circumstances: circumstances), tariff),
                prefersReportedCost: reportedCosts.prefersReported(of: tariff.provider))
        } catch {
            // What a span says of a model that nobody else knows is better than nothing.
            return PriceFinding(meaning: .unknown(error), prefersReportedCost: reportedCosts.takesThoseOfUnknownModels)
        }
    }
}
