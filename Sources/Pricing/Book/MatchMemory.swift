// SPDX-License-Identifier: Apache-2.0
import GenAI
import Synchronization

/// A cache of the models that names mean in one book.
///
/// Its keys leave out the tier and inference geography of calls: finding a name is the most expensive part of finding a price,
/// and one name may come with many tiers, hosts and geographies.
///
/// It is used only if the pricer's own cache has no entry, and has its own lock.
final class MatchMemory: Sendable {
    private struct Key: Hashable {
        let provider: Symbol
        let model: Symbol
        /// The provider that the host implies, if nothing else names one.
        ///
        /// Otherwise only the region of the host matters.
        let hostProvider: UInt16?
        /// The region, if prices depend on it.
        let region: String?
        let tenant: Int
    }

    private typealias Found = Result<ModelMatch, UnpricedReason>

    private let book: PriceBook
    private let allowsApproximate: Bool
    private let limit: Int
    private let entries = Mutex(RecentEntries<Key, Found>())

    init(book: PriceBook, configuration: PricerConfiguration) {
        self.book = book
        allowsApproximate = configuration.allowsApproximate
        limit = max(1, configuration.cacheEntries)
    }

    /// The model that a call means.
    ///
    /// - Parameters:
    ///   - key: The symbols of the call.
    ///   - tenant: The tenant of the call.
    ///   - symbols: The table that made the symbols.
    /// - Returns: The model and how it was found.
    /// - Throws: ``UnpricedReason`` when the provider or the model is unknown.
    func match(_ key: PriceKey, tenant: Int, _ symbols: SymbolTable) throws(UnpricedReason) -> ModelMatch {
        let provider = symbols.text(of: key.provider)
        let host = symbols.meantText(of: key.serverAddress)
        let model = symbols.meantText(of: key.model)
        let geo = symbols.text(of: key.inferenceGeo)
        let region = book.region(model: model.trimmed.lowercased(), host: host, stated: geo)
        let known = Key(
            provider: key.provider, model: key.model,
            hostProvider: book.providers.numberByHost(reported: provider, host: host), region: region, tenant: tenant)
        if let found = entries.withLock({ $0.value(of: known) }) { return try found.get() }
        let found = Found { () throws(UnpricedReason) in
            try book.match(
                provider: provider, host: host, model: model,
                terms: MatchTerms(tenant: tenant, allowsApproximate: allowsApproximate, region: geo))
        }
        entries.withLock { entries in
            entries.insert(found, for: known)
            entries.makeRoom(youngerThan: max(1, limit / 2))
        }
        return try found.get()
    }
}
