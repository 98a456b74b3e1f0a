// SPDX-License-Identifier: Apache-2.0
package import GenAI
import Notation
package import Pricing
import OTLP
import Synchronization

/// Remembers the calls whose cost is not known, by model, provider and reason, so that an operator can do something about it.
package final class UnpricedCalls: CallSink {
    private struct Key: Hashable {
        let model: Symbol
        let provider: Symbol
        let reason: UnpricedReason
    }

    /// What was added up under one key; times are in nanoseconds since 1970 (UTC).
    private struct Account {
        /// Host, tier and region of the latest call, by which a later book may find its price.
        var host = Symbol.absent
        var tier = Symbol.absent
        var inferenceGeo = Symbol.absent
        var requests: Int64 = 0
        var usage = TokenUsage()
        var units = BilledUnitSums()
        var first = UInt64.max
        var last: UInt64 = 0

        mutating func add(_ call: borrowing ModelCall, at now: UInt64) {
            (host, tier, inferenceGeo) = (call.serverAddress, call.tier, call.inferenceGeo)
            requests += 1
            units.add(call.units)
            usage.add(call.usage)
            (first, last) = (min(first, now), max(last, now))
        }
    }

    private struct State {
        var accounts: [Key: Account] = [:]
        var overflow = Account()
        /// The keys that lack a price and were not handed to the log yet, in the order in which they came.
        var untold: [Key] = []
    }

    /// Suggestions take a look at every name of a book, so that they are kept as long as the book holds.
    private struct KnownAdvice {
        var book: PriceBook?
        var known: [Key: PriceSuggestions] = [:]
    }

    private let symbols: SymbolTable
    private let limit: Int
    private let since: UInt64?
    private let state = Mutex(State())
    private let advice = Mutex(KnownAdvice())

    /// Makes an empty list.
    ///
    /// - Parameters:
    ///   - symbols: The table that made the calls' symbols.
    ///   - limit: How many different (model, provider, reason) are remembered; what comes later is added up as one.
    ///   - since: The time now, in nanoseconds since 1970 (UTC); `nil` without a clock.
    package init(symbols: SymbolTable, limit: Int = 200, since: UInt64? = nil) {
        self.symbols = symbols
        self.limit = limit
        self.since = since
    }

    package func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
        let verdicts = calls.verdicts.span
        guard let first = verdicts.indices.first(where: { verdicts[$0].reasonForUnknownCost != nil }) else { return }
        state.withLock { state in
            for index in first..<calls.count {
                guard let reason = calls.verdicts[index].reasonForUnknownCost else { continue }
                let call = calls.calls[index]
                note(call, reason, in: &state, at: arrivalNanoseconds ?? call.endNanoseconds.asSent)
            }
        }
    }

    private func note(_ call: ModelCall, _ reason: UnpricedReason, in state: inout State, at now: UInt64) {
        let key = Key(model: call.model, provider: call.provider, reason: reason)
        if state.accounts[key] != nil || state.accounts.count < limit {
            let known = state.accounts.count
            state.accounts[key, default: Account()].add(call, at: now)
            if state.accounts.count > known, reason != .noUsage { state.untold.append(key) }
        } else {
            state.overflow.add(call, at: now)
        }
    }

    /// Takes the models whose first call without a price came since the last call of this function.
    ///
    /// It looks for the nearest names of each model, which takes up to a millisecond a model.
    ///
    /// - Parameters:
    ///   - book: The prices now in force.
    ///   - most: The largest number of models; the rest stays for the next call.
    /// - Returns: The models in the order in which they came.
    package func takeNew(book: PriceBook, most: Int) -> [NewUnpricedModel] {
        let new = state.withLock { state in
            let keys = state.untold.prefix(most)
            state.untold.removeFirst(keys.count)
            return keys.map { ($0, state.accounts[$0] ?? Account()) }
        }
        return new.map { key, account in
            let (model, provider) = (symbols.text(of: key.model), symbols.text(of: key.provider))
            return NewUnpricedModel(
                model: model, provider: provider, reason: key.reason.rawValue,
                closest: advice(for: key, account, provider: provider, book)?.closest ?? [])
        }
    }

    /// Lists the calls, with the closest models and a stub of a price file for each.
    ///
    /// - Parameters:
    ///   - book: The prices now in force.
    ///   - allowsApproximate: Whether the price of a similar name may be used.
    /// - Returns: The list, those with the most tokens first.
    package func list(book: PriceBook, allowsApproximate: Bool) -> UnpricedList {
        let state = state.withLock { $0 }
        var entries = state.accounts.map { key, account in
            let (model, provider) = (symbols.text(of: key.model), symbols.text(of: key.provider))
            var entry = Self.entry(model, provider, key.reason.rawValue, account)
            if let advice = advice(for: key, account, provider: provider, book) {
                (entry.closest, entry.stub) = (advice.closest, advice.stub)
                entry.dollarsNow =
                    costNow(of: account, provider, symbols.meantText(of: key.model), book, allowsApproximate)?
                    .description
            }
            return entry
        }
        entries.sort { left, right in
            (-left.totalTokens, left.model, left.provider, left.reason)
                < (-right.totalTokens, right.model, right.provider, right.reason)
        }
        if state.overflow.requests > 0 { entries.append(Self.entry(OverflowValue.text, "", "", state.overflow)) }
        return UnpricedList(priceBook: book.header.version, limit: limit, since: since, entries: entries)
    }

    private static func entry(
        _ model: String, _ provider: String, _ reason: String, _ account: Account
    ) -> UnpricedList.Entry {
        UnpricedList.Entry(
            model: model, provider: provider, reason: reason, firstNanoseconds: account.first,
            lastNanoseconds: account.last, requests: account.requests,
            tokens: account.usage.classes.map { ($0.name, account.usage[$0]) },
            units: BilledUnits.Unit.allCases.map { ($0.name, account.units[$0]) }.filter { $0.1 > 0 })
    }

    /// What helps to find a price; `nil` if no price file can help.
    private func advice(
        for key: Key, _ account: Account, provider: String, _ book: PriceBook
    ) -> PriceSuggestions? {
        // A name that became __overflow__ is none.
        guard key.reason.isMendedByPrices, key.model != .overflow, key.model != .absent else { return nil }
        let known = advice.withLock { advice -> PriceSuggestions? in
            // A new book may get the address of the old one, so the book itself is kept.
            if advice.book !== book { advice = KnownAdvice(book: book) }
            return advice.known[key]
        }
        if let known { return known }
        let found = book.suggestions(
            provider: provider, host: symbols.meantText(of: account.host), model: symbols.text(of: key.model),
            units: BilledUnits.Unit.allCases.filter { account.units[$0] > 0 })
        advice.withLock { if $0.book === book { $0.known[key] = found } }
        return found
    }

    /// What all calls of an account would have cost at the newest price; steps of length are chosen by the mean call.
    ///
    /// What is billed by the piece and has no price is left out.
    private func costNow(
        of account: Account, _ provider: String, _ model: String, _ book: PriceBook, _ allowsApproximate: Bool
    ) -> Dollars? {
        var question = PriceQuestion(model: model)
        question.provider = provider
        question.serverAddress = symbols.meantText(of: account.host)
        question.tier = symbols.text(of: account.tier)
        question.cloudRegion = symbols.text(of: account.inferenceGeo)
        question.region = Circumstances.regionFacts(
            model: model, host: question.serverAddress, inferenceGeo: question.cloudRegion)
        question.allowsApproximate = allowsApproximate
        for tokenClass in account.usage.classes {
            question.usage[tokenClass] = account.usage[tokenClass] / account.requests
        }
        guard case .priced(let card, _) = book.price(question).outcome,
            let tokens = try? card.cost(of: account.usage)
        else { return nil }
        // Calls that only searched have no price as long as none is known of a search.
        guard account.usage != TokenUsage() || !account.units.isOnlyUnknown(to: card) else { return nil }
        return tokens + card.cost(of: account.units)
            + card.requestFee.times(account.requests)
    }
}

extension BilledUnitSums {
    /// Whether something was taken, and nothing of it has a price.
    fileprivate func isOnlyUnknown(to card: RateCard) -> Bool {
        !isEmpty && BilledUnits.Unit.allCases.allSatisfy { self[$0] == 0 || card.price(of: $0) == nil }
    }
}
