// SPDX-License-Identifier: Apache-2.0
package import GenAI
import Notation

/// The values that the price books in force know: listed names of models, providers, tiers, inference geographies and hosts,
/// and the values that identify tenants.
///
/// Limits apply to all other values, so that no sender can displace a value on which another sender's prices depend.
package struct BookValues: KnownValues {
    private struct Entry: Sendable {
        let book: PriceBook
        /// The names that price files list, for all calls or for tenants.
        let names: Set<String>
        let tenantValues: Set<String>
    }

    private let entries: [Entry]
    private let allowsApproximate: Bool
    private let tenantValues: Pricer.TenantValues

    /// Gathers the known values.
    ///
    /// - Parameters:
    ///   - books: The books that price calls, the one in force first and then shadow books.
    ///   - configuration: The settings for prices.
    ///   - tenantValues: Resolves the tenant classes that calls carry to attribute values.
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
        // Values of attributes are case-sensitive.
        if vocabulary == .label { return entries.contains { $0.tenantValues.contains(text) } ? text : nil }
        let value = text.trimmed.lowercased()
        let isKnown =
            switch vocabulary {
            case .model: entries.contains { $0.names.contains(value) || $0.book.base.lists(value) }
            case .provider: entries.contains { $0.book.providers.knows(value) }
            case .serverAddress: entries.contains { $0.book.providers.names(host: value) }
            case .tier: DefaultTiers.names.contains(value) || entries.contains { $0.book.spoken.tiers.contains(value) }
            case .inferenceGeo:
                entries.contains {
                    $0.book.spoken.inferenceGeos.contains(value) || $0.book.spoken.regions.contains(value)
                }
            case .operation, .errorType, .label: false
            }
        return isKnown ? value : nil
    }

    package func meaning(ofHost host: String) -> ValueMeaning? {
        let facts = Circumstances.regionFacts(model: "", host: host)
        var parts = [facts["endpoint"] == nil ? 0 : 1]
        for entry in entries {
            parts.append(Int(entry.book.providers.numberByHost(reported: "", host: host) ?? .max))
            let region = entry.book.region(model: "", host: host, stated: "")
            parts.append(region.flatMap { entry.book.spoken.regions.sorted().firstIndex(of: $0) } ?? Int(UInt16.max))
        }
        guard parts[0] != 0 || parts.dropFirst().contains(where: { $0 != Int(UInt16.max) }) else { return nil }
        return ValueMeaning(parts: parts, essentialParts: parts, shownText: host)
    }

    package func meaning(
        ofModel model: String, provider: String, host: String, tenantClass: UInt32
    ) -> ValueMeaning? {
        let region = ModelRegion(of: model)
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
            // The parts have everything that the match depends on except the name, so that names with equal parts match alike.
            parts += [
                Int(found.number), found.isByModel ? 1 : 0, match.guess.map { Int($0.number) } ?? -1,
                book.tenants.namesModels(of: tenant) ? tenant : 0,
                match.model,
                match.kind == .approximate ? 1 : 0, match.isFree ? 1 : 0, Int(match.aliasBillionths),
            ]
            isSpoken = isSpoken || (try? book.model(match.model))?.speaks(of: "geo") ?? false
        }
        guard parts.contains(where: { $0 >= 0 }) else { return nil }
        // An ARN names its region, so that no attribute tells another.
        let essential =
            parts + [isSpoken ? region.geography : -1, ModelNames.isResource(model.trimmed.lowercased()) ? 1 : 0]
        return ValueMeaning(
            parts: essential + [region.location], essentialParts: essential + [-1],
            shownText: shown ?? OverflowValue.text)
    }
}

/// The region in the path of a model's name, in numbers.
private struct ModelRegion {
    /// The index in ``ModelNames/geographies``, or -1.
    var geography = -1
    /// 0 if the path says nothing of the region, 1 if it names none, 2 if it names one.
    var location = 0

    init(of model: String) {
        let facts = Circumstances.regionFacts(model: model, host: "")
        geography = facts["geo"].flatMap { ModelNames.geographies.firstIndex(of: $0) } ?? -1
        // A path that names no region overrides a regional host.
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
    /// The number of the tenant of a class.
    func tenant(of tenantClass: UInt32, _ values: Pricer.TenantValues) -> Int {
        guard tenantClass != 0, tenants.count > 0 else { return Tenants.none }
        return tenants.index(of: tenants.attributes.map { values(tenantClass, $0) })
    }
}
