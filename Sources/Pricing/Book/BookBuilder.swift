// SPDX-License-Identifier: Apache-2.0
import Documents
import Notation

/// Lays price files over a book, one after the other; stops at the first mistake.
struct BookBuilder {
    private let base: BaseBook
    private let providers: ProviderTable
    private var added: [PriceModel] = []
    /// By id, the latest model that a price file defines for all calls.
    private var ids: [String: Int] = [:]
    private var layer = PriceLayer()
    private var tenants: [Tenants.Tenant] = []
    /// The discounts of all files for everybody, in their order.
    private var discounts: [Tenants.Discount] = []
    private var warnings: [String] = []
    /// Prices of the operator's own machines, by the number of the model.
    private var hosted: [Int: HostedModel] = [:]

    /// Builds a book.
    ///
    /// - Parameters:
    ///   - base: The book below.
    ///   - files: The files; later ones take precedence.
    /// - Returns: The book with all of them.
    /// - Throws: ``DocumentError`` for a name that is unknown or ambiguous.
    static func build(_ base: BaseBook, _ files: [PriceFile]) throws(DocumentError) -> PriceBook {
        var builder = BookBuilder(base, try table(base, files))
        for file in files { try builder.add(file) }
        builder.layer.prepareRules()
        return PriceBook(
            base: base, files: files.map(\.summary),
            tenants: Tenants(builder.tenants, discounts: builder.discounts, on: base.index.modelCount),
            warnings: builder.warnings,
            providers: builder.providers, added: builder.added, layer: builder.layer,
            hostedModels: builder.hostedModels)
    }

    private init(_ base: BaseBook, _ providers: ProviderTable) {
        self.base = base
        self.providers = providers
    }

    /// The providers of the book and of all files.
    private static func table(_ base: BaseBook, _ files: [PriceFile]) throws(DocumentError) -> ProviderTable {
        let stated = files.flatMap(\.providers)
        let gateways = files.flatMap(\.gateways)
        var additions = stated.map(\.provider)
        if let last = stated.last, additions.count > 4 * PriceFile.providerLimit {
            throw last.node.unacceptable("be left out, since all files together have more providers than fit")
        }
        func make() -> ProviderTable {
            ProviderTable(
                header: base.header, bookProviders: base.index.providers, gateways: gateways, additions: additions)
        }
        var table = make()
        for (node, provider) in stated {
            for alias in provider.aliases {
                if let number = table.number(named: alias.lowercased()), table.ids[Int(number)] != provider.id,
                    table.ids[Int(number)].lowercased() == alias.lowercased()
                {
                    throw node.unacceptable("not list the alias '\(alias)', which is the id of another provider")
                }
            }
            for fallback in provider.fallback where table.number(named: fallback.lowercased()) == nil {
                throw node.unacceptable(
                    "fall back to known providers" + near(fallback, table) + "; '\(fallback)' is unknown")
            }
        }
        // A provider of hosted models need not be listed under `providers`.
        for model in files.flatMap({ $0.models + $0.tenants.flatMap(\.models) }) where model.hosted != nil {
            guard let name = try model.provider?.string(), table.number(named: name.lowercased()) == nil else {
                continue
            }
            guard additions.count < 5 * PriceFile.providerLimit else {
                throw model.node.unacceptable("be left out, since all files together have too many providers")
            }
            additions.append(
                BookHeader.Provider(id: name, aliases: [], hosts: [], fallback: [], unambiguous: []))
        }
        table = make()
        return table
    }

    private static func near(_ name: String, _ table: ProviderTable) -> String {
        EditDistance.nearest(to: name.lowercased(), among: table.names).map { " such as \($0)" } ?? ""
    }

    private mutating func add(_ file: PriceFile) throws(DocumentError) {
        var all = ids
        layer.overlay(try makeLayer(file.models, file.aliases, ids: &all))
        ids = all
        for discount in file.discounts {
            if let node = discount.model, try target(node, ids: ids) >= base.index.modelCount {
                throw node.unacceptable(
                    "be a model of the book; a model of a price file has the price that the file states, so state the "
                        + "discounted one")
            }
            discounts.append(try resolved(discount, ids: ids))
        }
        var earlier = tenants
        var latest: [Tenants.Tenant] = []
        for tenant in file.tenants {
            earlier.removeAll { $0.name == tenant.name }
            let first = base.index.modelCount + added.count
            for model in tenant.models where model.hosted?.mode == .capacity {
                throw model.node.unacceptable(
                    "not have the mode capacity under a tenant, since machines that are paid by the clock cost the same "
                        + "for every caller; list the model under the file's own 'models'")
            }
            // A tenant's models are only for its own calls.
            var own = ids
            var layer = try makeLayer(tenant.models, tenant.aliases, ids: &own)
            layer.prepareRules()
            warnings += tenant.warnings
            let discounts = try tenant.discounts.map { (discount) throws(DocumentError) in
                try resolved(discount, ids: own)
            }
            latest.append(
                Tenants.Tenant(
                    name: tenant.name, conditions: tenant.conditions, discounts: discounts, layer: layer,
                    models: first..<base.index.modelCount + added.count))
        }
        // Of tenants that share attributes, that of the later file is matched first.
        tenants = latest + earlier
    }

    private func resolved(
        _ discount: PriceFile.Discount, ids: [String: Int]
    ) throws(DocumentError) -> Tenants.Discount {
        Tenants.Discount(
            provider: try discount.provider.map { (node) throws(DocumentError) in try provider(node) },
            model: try discount.model.map { (node) throws(DocumentError) in id(of: try target(node, ids: ids)) },
            billionths: discount.billionths)
    }

    private mutating func makeLayer(
        _ models: [PriceFile.Model], _ aliases: [PriceFile.Alias], ids: inout [String: Int]
    ) throws(DocumentError) -> PriceLayer {
        var layer = PriceLayer()
        var lines: [ProviderName: Int] = [:]
        var idLines: [String: Int] = [:]
        for model in models {
            let id = try modelID(model)
            if let line = idLines[id] { throw model.id.unacceptable("be unique; line \(line) has '\(id)' already") }
            idLines[id] = model.id.position.line
            try add(model, id: id, to: &layer, ids: &ids, lines: &lines)
        }
        for alias in aliases {
            let name = ProviderName(
                provider: try provider(alias.provider), name: try alias.name.string().trimmed.lowercased())
            if let line = lines[name] {
                throw alias.name.unacceptable("be unique; line \(line) has '\(name.name)' already")
            }
            lines[name] = alias.name.position.line
            layer.aliases[name] = PriceLayer.Target(
                model: try target(alias.target, ids: ids), billionths: alias.billionths)
        }
        return layer
    }

    private mutating func add(
        _ model: PriceFile.Model, id: String, to layer: inout PriceLayer, ids: inout [String: Int],
        lines: inout [ProviderName: Int]
    ) throws(DocumentError) {
        let provider = try providerNumber(of: model, id: id)
        let number = base.index.modelCount + added.count
        var names: [String] = []
        var replaced: Int?
        if let stated = model.names {
            for node in stated {
                let name = try node.string().trimmed.lowercased()
                if names.contains(name) { continue }
                let key = ProviderName(provider: provider, name: name)
                if replaced == nil { replaced = self.model(named: key) }
                if let line = lines[key] {
                    throw node.unacceptable("list each name once for each provider; line \(line) has '\(name)' already")
                }
                lines[key] = node.position.line
                names.append(name)
                layer.names[key] = number
            }
        } else if model.patterns.isEmpty {
            // A model without names replaces the model with the same id, under all names of that.
            let known = [base.model(id: id), ids[id]].compactMap(\.self)
            replaced = known.last
            for earlier in known { layer.replacements[earlier] = number }
            if known.isEmpty {
                let name = Self.name(ofID: id, provider: providers.ids[Int(provider)]).lowercased()
                names = [name]
                layer.names[ProviderName(provider: provider, name: name)] = number
            }
        }
        if !model.patterns.isEmpty { layer.rules[provider, default: []].append((number, model.patterns)) }
        let result = PriceModel(
            id: id, provider: providers.ids[Int(provider)], names: names, patterns: model.patterns, kind: model.kind,
            prices: model.prices, variants: model.variants, multipliers: model.multipliers, hosted: model.hosted)
        warnings += PriceChecks.warnings(result).map { "\(model.node.position): \($0)" }
        if let replaced { warnings += dropped(by: result, from: replaced).map { "\(model.node.position): \($0)" } }
        added.append(result)
        hosted[number] = model.hosted.map { machines in
            HostedModel(
                model: id, name: Self.writtenName(of: model, id: id, provider: result.provider),
                provider: result.provider, mode: machines.mode, hourlyPrice: machines.hourlyPrice)
        }
        ids[id] = number
    }

    /// The model that has a name without the price file that is being read.
    private func model(named name: ProviderName) -> Int? {
        layer.names[name] ?? base.model(provider: name.provider, name: ModelNames.Candidate(name: name.name))
    }

    private func dropped(by model: PriceModel, from earlier: Int) -> [String] {
        let isInBook = earlier < base.index.modelCount
        let known = isInBook ? try? base.model(earlier) : added[earlier - base.index.modelCount]
        return known.map {
            DroppedPrices.warnings(model, inPlaceOf: $0, isInBook: isInBook, bookDay: base.header.day)
        } ?? []
    }

    private func modelID(_ model: PriceFile.Model) throws(DocumentError) -> String {
        let id = try model.id.string().trimmed
        guard !id.isEmpty else { throw model.id.unexpected("not be empty") }
        return id
    }

    /// A model's name, taken from its id, which mostly begins with the provider's id.
    private static func name(ofID id: String, provider: String) -> String {
        id.hasPrefix(provider + "/") ? String(id.dropFirst(provider.count + 1)) : id
    }

    /// The first name of a model, in the case in which it is written.
    private static func writtenName(of model: PriceFile.Model, id: String, provider: String) -> String {
        if let name = try? model.names?.first?.string().trimmed { return name }
        return model.names == nil && model.patterns.isEmpty ? name(ofID: id, provider: provider) : id
    }

    /// The models on the operator's own machines; for each id only the model that the id selects.
    private var hostedModels: [HostedModel] {
        let everybodys = ids.values.sorted().compactMap { hosted[$0] }
        var known = Set(everybodys.map(\.model))
        let ofTenants = tenants.flatMap { $0.models.compactMap { hosted[$0] } }
        return everybodys + ofTenants.filter { known.insert($0.model).inserted }
    }

    private func id(of model: Int) -> String {
        model < base.index.modelCount ? base.id(ofModel: model) : added[model - base.index.modelCount].id
    }

    private func providerNumber(of model: PriceFile.Model, id: String) throws(DocumentError) -> UInt16 {
        if let node = model.provider { return try provider(node) }
        if let known = base.model(id: id), let provider = (try? base.model(known))?.provider,
            let number = providers.number(named: provider.lowercased())
        {
            return number
        }
        if let slash = id.firstIndex(of: "/"), let number = providers.number(named: id[..<slash].lowercased()) {
            return number
        }
        throw .missingKey(model.node.position, key: "provider", parent: "models")
    }

    private func provider(_ node: DocumentNode) throws(DocumentError) -> UInt16 {
        let name = try node.string().trimmed.lowercased()
        if let number = providers.number(named: name) { return number }
        throw node.unexpected("be a known provider\(Self.near(name, providers)), or be added under 'providers'")
    }

    /// The model with an id: the tenant's own, then those of price files, then the book's.
    private func target(_ node: DocumentNode, ids: [String: Int]) throws(DocumentError) -> Int {
        let id = try node.string().trimmed
        if let number = ids[id] ?? base.model(id: id) { return number }
        let all = (0..<base.index.modelCount).lazy.map { base.id(ofModel: $0) }
        let nearest = EditDistance.nearest(to: id, among: ids.keys.sorted() + Array(all))
        throw node.unexpected("be the id of a model" + (nearest.map { " such as \($0)" } ?? ""))
    }
}
