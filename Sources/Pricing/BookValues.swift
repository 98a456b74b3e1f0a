// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// What the price books in force know of the values that senders report: listed names of models, providers, tiers, places,
/// hosts, and the values that tell tenants.
///
/// Limits apply to the rest, so that no sender can take away what another one's prices depend on.
package struct BookValues: KnownValues {
    private struct Entry: Sendable {
        let book: PriceBook
        /// The names that price files list, for everybody or for tenants.
        let names: Set<String>
        let tenantValues: Set<String>
    }

    private let entries: [Entry]
    private let allowsApproximate: Bool
    private let tenantValues: Pricer.TenantValues

    /// Gathers what books know.
    ///
    /// - Parameters:
    ///   - books: The books that price calls, the one of the real costs first.
    ///   - configuration: How calls are priced.
    ///   - tenantValues: What is behind the classes of tenants that calls carry.
    package init(
        of books: [PriceBook], configuration: PricerConfiguration = PricerConfiguration(),
        tenantValues: @escaping Pricer.TenantValues = { _, _ in nil }
    ) {
        entries = books.map { book in
            let layers = [book.layer] + book.tenants.tenants.map(\.layer)
            return Entry(
                book: book,
                names: Set(layers.flatMap { layer in (Array(layer.names.keys) + layer.aliases.keys).map(\.name) }),
                tenantValues: Set(book.tenants.tenants.flatMap { $0.conditions.values.joined() }))
        }
        allowsApproximate = configuration.allowsApproximate
        self.tenantValues = tenantValues
    }

    package func spelling(of text: String, in vocabulary: Vocabulary) -> String? {
        // Values of attributes are told apart by every letter.
        if vocabulary == .label { return entries.contains { $0.tenantValues.contains(text) } ? text : nil }
        let value = text.trimmed.lowercased()
        let isKnown =
            switch vocabulary {
            case .model: entries.contains { $0.names.contains(value) || $0.book.base.lists(value) }
            case .provider: entries.contains { $0.book.providers.knows(value) }
            case .serverAddress: entries.contains { $0.book.providers.names(host: value) }
            case .tier: DefaultTiers.names.contains(value) || entries.contains { $0.book.spoken.tiers.contains(value) }
            case .inferenceGeo: entries.contains { $0.book.spoken.places.contains(value) }
            case .operation, .errorType, .label: false
            }
        return isKnown ? value : nil
    }

    package func meaning(ofHost host: String) -> ValueMeaning? {
        let facts = Circumstances.regionFacts(model: "", host: host)
        var parts = [facts["endpoint"] == nil ? 0 : 1]
        for entry in entries { parts.append(Int(entry.book.providers.numberByHost(reported: "", host: host) ?? .max)) }
        guard parts[0] != 0 || parts.dropFirst().contains(where: { $0 != Int(UInt16.max) }) else { return nil }
        return ValueMeaning(parts: parts, essentialParts: parts, shownText: host)
    }

    package func meaning(
        ofModel model: String, provider: String, host: String, tenantClass: UInt32
    ) -> ValueMeaning? {
        let place = ModelPlace(of: model)
        var parts: [Int] = []
        var shown: String?
        var isSpoken = false
        for (number, entry) in entries.enumerated() {
            let book = entry.book
            let tenant = book.tenant(of: tenantClass, tenantValues)
            let terms = MatchTerms(tenant: tenant, allowsApproximate: allowsApproximate)
            guard let match = try? book.match(provider: provider, host: host, model: model, terms: terms),
                let found = book.providers.resolution(reported: provider, host: host, model: model.trimmed.lowercased())
            else {
                parts.append(-1)
                continue
            }
            if number == 0 { shown = book.id(ofModel: match.model) }
            // Whatever the match depends on besides the name is here, so that equal parts mean an equal match of the other
            // name, too.
            parts += [
                Int(found.number), found.isByModel ? 1 : 0, book.tenants.namesModels(of: tenant) ? tenant : 0,
                match.model,
                match.kind == .approximate ? 1 : 0, match.isFree ? 1 : 0, Int(match.aliasBillionths),
            ]
            isSpoken = isSpoken || (try? book.model(match.model))?.speaks(of: "geo") ?? false
        }
        guard parts.contains(where: { $0 >= 0 }) else { return nil }
        let essential = parts + [isSpoken ? place.geography : -1]
        return ValueMeaning(
            parts: essential + [place.location], essentialParts: essential + [-1], shownText: shown ?? "__overflow__")
    }
}

/// What the path of a model's name tells of the region, in numbers.
private struct ModelPlace {
    /// The place in ``ModelNames/geographies``, or -1.
    var geography = -1
    /// 0 where the path tells nothing, 1 for no region, 2 for some region.
    var location = 0

    init(of model: String) {
        let facts = Circumstances.regionFacts(model: model, host: "")
        geography = facts["geo"].flatMap { ModelNames.geographies.firstIndex(of: $0) } ?? -1
        // A path that names no region speaks louder than a regional host.
        let isRegional = Circumstances.regionFacts(model: model, host: "x-aiplatform.googleapis.com")["endpoint"] != nil
        location = facts["endpoint"] != nil ? 2 : isRegional ? 0 : 1
    }
}

extension PriceModel {
    /// Whether some price depends on a fact.
    fileprivate func speaks(of fact: String) -> Bool {
        multipliers.contains { $0.when.facts[fact] != nil } || variants.contains { $0.when.facts[fact] != nil }
    }
}

extension PriceBook {
    /// The number of the tenant behind a class.
    func tenant(of tenantClass: UInt32, _ values: Pricer.TenantValues) -> Int {
        guard tenantClass != 0, tenants.count > 0 else { return Tenants.none }
        return tenants.index(of: tenants.attributes.map { values(tenantClass, $0) })
    }
}
