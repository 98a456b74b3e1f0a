// SPDX-License-Identifier: Apache-2.0
import Documents

/// Reads the parts of a price file that a person wrote.
struct PriceFileReader {
    /// Whether rates above $1,000 for a million tokens are accepted (`allow_large`).
    let allowsLarge: Bool

    func providers(
        _ node: DocumentNode?
    ) throws(DocumentError) -> [(node: DocumentNode, provider: BookHeader.Provider)] {
        guard let node else { return [] }
        let entries = try node.mapping().entries
        guard entries.count <= PriceFile.providerLimit else {
            throw node.unacceptable("have at most \(PriceFile.providerLimit) providers")
        }
        var providers: [(node: DocumentNode, provider: BookHeader.Provider)] = []
        for entry in entries {
            guard !entry.value.isNull else {
                let provider = BookHeader.Provider(id: entry.key, aliases: [], hosts: [], fallback: [], unambiguous: [])
                providers.append((entry.value, provider))
                continue
            }
            let provider = try entry.value.mapping(keys: PriceFileFormat.provider)
            for host in try provider["hosts"]?.sequence() ?? [] {
                let text = try host.string()
                guard !text.contains("/"), !text.contains(":"), text.contains(".") || text == "localhost" else {
                    throw host.unexpected("be a host such as api.example.com or .example.com, without scheme and port")
                }
            }
            let read = BookHeader.Provider(
                id: entry.key, aliases: try provider["aliases"]?.strings() ?? [],
                hosts: try provider["hosts"]?.strings() ?? [], fallback: try provider["fallback"]?.strings() ?? [],
                unambiguous: try provider["unambiguous"]?.strings() ?? [])
            providers.append((entry.value, read))
        }
        return providers
    }

    func models(_ node: DocumentNode?) throws(DocumentError) -> [PriceFile.Model] {
        var models: [PriceFile.Model] = []
        for item in try node?.sequence() ?? [] { models.append(try model(item)) }
        return models
    }

    func aliases(_ node: DocumentNode?) throws(DocumentError) -> [PriceFile.Alias] {
        var aliases: [PriceFile.Alias] = []
        for item in try node?.sequence() ?? [] {
            let alias = try item.mapping(keys: PriceFileFormat.alias)
            aliases.append(
                PriceFile.Alias(
                    provider: try alias.required("provider"), name: try alias.required("name"),
                    target: try alias.required("to"),
                    billionths: try alias["by"].map { (node) throws(DocumentError) in try factor(node) }
                        ?? 1_000_000_000))
        }
        return aliases
    }

    func tenants(_ node: DocumentNode?) throws(DocumentError) -> [PriceFile.Tenant] {
        var tenants: [PriceFile.Tenant] = []
        for entry in try node?.mapping().entries ?? [] {
            let tenant = try entry.value.mapping(keys: PriceFileFormat.tenant)
            let match = try tenant.required("match")
            tenants.append(
                PriceFile.Tenant(
                    name: entry.key, conditions: try conditions(match), discounts: try discounts(tenant["discount"]),
                    models: try models(tenant["models"]), aliases: try aliases(tenant["aliases"]),
                    warnings: try wildcardWarnings(match, of: entry.key)))
        }
        // The readers of spans look for each of these attributes.
        if let node, Set(tenants.flatMap(\.conditions.keys)).count > 256 {
            throw node.unacceptable("be identified by at most 256 different attributes")
        }
        return tenants
    }

    private func conditions(_ node: DocumentNode) throws(DocumentError) -> [Tenants.Attribute: Set<String>] {
        var conditions: [Tenants.Attribute: Set<String>] = [:]
        for owner in try node.mapping(keys: PriceFileFormat.match).entries {
            for entry in try owner.value.mapping().entries {
                guard (1...1_024).contains(entry.key.utf8.count) else {
                    throw entry.value.unacceptable("have an attribute key of 1 to 1,024 bytes")
                }
                let attribute = Tenants.Attribute(Tenants.Owner(rawValue: owner.key) ?? .span, entry.key)
                if case .sequence = entry.value.content {
                    conditions[attribute] = Set(try entry.value.strings())
                } else {
                    conditions[attribute] = [try entry.value.string()]
                }
                if conditions[attribute]?.isEmpty == true { throw entry.value.unacceptable("list at least one value") }
            }
        }
        guard conditions.count <= 64 else { throw node.unacceptable("name at most 64 attributes") }
        guard !conditions.isEmpty else {
            throw node.unacceptable("identify the tenant by an attribute, such as resource: {tenant.id: acme}")
        }
        return conditions
    }

    /// Warns of tenant values with a `*`, which match only themselves.
    private func wildcardWarnings(_ match: DocumentNode, of tenant: String) throws(DocumentError) -> [String] {
        var warnings: [String] = []
        for owner in try match.mapping().entries {
            for entry in try owner.value.mapping().entries {
                let values = if case .sequence(let items) = entry.value.content { items } else { [entry.value] }
                for value in values where try value.string().contains("*") {
                    warnings.append(
                        "\(value.position): tenant '\(tenant)' gets only calls whose \(owner.key) attribute "
                            + "\(entry.key) is exactly '\(try value.string())', since values are compared as a whole, "
                            + "without wildcards; list the values, such as [a, b], or put prices for all calls under the "
                            + "file's own models and discount")
                }
            }
        }
        return warnings
    }

    func discounts(_ node: DocumentNode?) throws(DocumentError) -> [PriceFile.Discount] {
        var discounts: [PriceFile.Discount] = []
        for item in try node?.sequence() ?? [] {
            let discount = try item.mapping(keys: PriceFileFormat.discount)
            discounts.append(
                PriceFile.Discount(
                    provider: discount["provider"], model: discount["model"],
                    billionths: try factor(try discount.required("by"))))
        }
        return discounts
    }

    private func factor(_ node: DocumentNode) throws(DocumentError) -> Int64 {
        try PriceReader(isStrict: true).factor(node)
    }

    func model(_ node: DocumentNode) throws(DocumentError) -> PriceFile.Model {
        let model = try node.mapping(keys: PriceFileFormat.model + LangfuseEntry.keys)
        if LangfuseEntry.isOne(model) { return try LangfuseEntry.model(node, model) }
        let isLarge = try model["allow_large"]?.boolean() ?? allowsLarge
        let reader = PriceReader(isStrict: true, refusesLargeRates: !isLarge)
        let names = try model["names"]?.sequence()
        for name in names ?? [] where try name.string().trimmed.isEmpty { throw name.unexpected("not be empty") }
        let hosted = try model["hosted"].map { (node) throws(DocumentError) in try reader.hosted(node) }
        let prices = try reader.prices(model, hosted)
        if let node = model["prices"] { try PriceChecks.check(prices, node) }
        if hosted?.mode == .capacity, let node = model["variants"] ?? model["multipliers"] {
            throw node.unacceptable(
                "be left out if mode is capacity, since the machines cost the same for every request")
        }
        var patterns = try reader.list(model["match"]) { (node) throws(DocumentError) in try reader.pattern(node) }
        if let expression = model["match_pattern"] ?? model["matchPattern"] {
            patterns.append(try reader.expression(expression))
        }
        return PriceFile.Model(
            node: node, id: try model.required("id"), provider: model["provider"], names: names,
            patterns: patterns, kind: try model["kind"]?.string(), prices: prices,
            variants: try reader.list(model["variants"]) { (node) throws(DocumentError) in try reader.variant(node) },
            multipliers: try reader.multipliers(model["multipliers"]), hosted: hosted)
    }
}
