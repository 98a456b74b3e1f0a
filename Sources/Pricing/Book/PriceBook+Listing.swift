// SPDX-License-Identifier: Apache-2.0
import GenAI
import Notation

extension PriceBook {
    /// A model in a listing.
    package struct Listing: Sendable {
        /// The model itself.
        package let model: PriceModel
        /// Whether it comes from a price file.
        package let isOverride: Bool
        /// The tenant for whose calls it is; empty if it is for all calls.
        package let tenant: String
        fileprivate let book: PriceBook
        fileprivate let number: Int

        /// What discounts make of its rates: the factor for the calls of everybody, then those of tenants with another one.
        package var discounts: [PriceModel.Figure] { tenant.isEmpty ? book.discounts(on: model, number) : [] }
        /// Every figure of the model, and its discounts.
        package var figures: [PriceModel.Figure] { model.figures + discounts }
    }

    /// Whether a name belongs to some provider.
    ///
    /// - Parameter provider: An id or an alias, in any case.
    /// - Returns: Whether there is such a provider.
    package func knows(provider: String) -> Bool { providers.number(named: provider.trimmed.lowercased()) != nil }

    /// The id of the provider that a name means; `nil` for a name that belongs to no provider.
    package func providerID(of name: String) -> String? {
        providers.number(named: name.trimmed.lowercased()).map { providers.ids[Int($0)] }
    }

    /// The provider that a call means.
    ///
    /// - Parameters:
    ///   - reported: The provider as reported; empty when absent.
    ///   - host: The server's address; empty when unknown.
    ///   - model: The model as reported.
    /// - Returns: The provider's id; `nil` if nothing identifies one.
    package func providerID(reported: String, host: String, model: String) -> String? {
        providers.resolve(reported: reported, host: host, model: model.trimmed.lowercased()).map {
            providers.ids[Int($0)]
        }
    }

    /// What a name stands for as an alias, with any provider.
    ///
    /// - Parameter name: A name in any case.
    /// - Returns: The provider with which it is one, the id of the model, and the tenant for whose calls alone it is one, empty
    ///   for all calls; sorted.
    package func aliases(named name: String) -> [(provider: String, model: String, tenant: String)] {
        let name = name.trimmed.lowercased()
        var found: [(provider: String, model: String, tenant: String)] = []
        for alias in header.aliases where alias.name.lowercased() == name {
            found.append((alias.provider, alias.target, ""))
        }
        for (layer, tenant) in [(layer, "")] + tenants.tenants.map({ ($0.layer, $0.name) }) {
            for (key, target) in layer.aliases where key.name == name {
                found.append((providers.ids[Int(key.provider)], id(ofModel: target.model), tenant))
            }
        }
        return found.sorted { $0 < $1 }
    }

    /// The provider whose id is nearest to a name.
    ///
    /// - Parameter name: A name that belongs to no provider.
    /// - Returns: The id, or `nil` in a book without providers.
    package func provider(nearestTo name: String) -> String? {
        EditDistance.nearest(to: name.trimmed.lowercased(), among: providers.ids.sorted())
    }

    /// The models of the book in the order of their ids, those of price files included.
    ///
    /// - Parameters:
    ///   - provider: Any name of the provider whose models are listed; `nil` for all providers.
    ///   - id: The id of the only model to list; `nil` for all models.
    /// - Returns: The models, without those of the embedded book whose ids a price file redefines.
    package func listings(provider: String? = nil, id: String? = nil) -> [Listing] {
        let wanted = provider.map { name in
            providers.number(named: name.trimmed.lowercased()).map { providers.ids[Int($0)] }
        }
        var listings: [Listing] = []
        let hidden = Set(layer.replacements.keys)
        for number in 0..<modelCount {
            guard !hidden.contains(number), id == nil || self.id(ofModel: number) == id,
                let model = try? self.model(number)
            else { continue }
            if let wanted, model.provider != wanted { continue }
            let owner = tenants.tenants.first { $0.models.contains(number) }
            listings.append(
                Listing(
                    model: model, isOverride: isAdded(number), tenant: owner?.name ?? "", book: self, number: number))
        }
        return listings.sorted { ($0.model.id, $0.tenant) < ($1.model.id, $1.tenant) }
    }

    /// The discounts for calls of the model's own provider.
    fileprivate func discounts(on model: PriceModel, _ number: Int) -> [PriceModel.Figure] {
        guard let provider = providers.number(named: model.provider) else { return [] }
        func factor(_ tenant: Int) -> Int64 {
            tenants.factor(of: tenant, provider: provider, model: (number, model.id))
        }
        let usual = factor(Tenants.none)
        var figures: [PriceModel.Figure] = []
        if usual != Tenants.one {
            figures.append(PriceModel.Figure(subject: "discount factor on all tokens", billionths: usual))
        }
        for (index, tenant) in tenants.tenants.enumerated() where factor(index + 1) != usual {
            // A tenant with a model of this id of its own does not use this one.
            guard !tenant.models.contains(where: { id(ofModel: $0) == model.id }) else { continue }
            figures.append(
                PriceModel.Figure(
                    subject: "tenant=\(tenant.name) factor on all tokens", billionths: factor(index + 1)))
        }
        return figures
    }

    /// Finds suspicious prices in the book and in the price files; reads every model.
    ///
    /// - Returns: One sentence for each finding, such as a key that this version does not know.
    package func checkWarnings() -> [String] {
        var found: [String] = []
        for number in 0..<base.index.modelCount {
            do throws(PricingError) {
                found += PriceChecks.warnings(try checkedModel(number)).filter { !$0.hasSuffix("stay unpriced") }
            } catch {
                found.append(error.description)
            }
        }
        return found + warnings
    }
}

extension PriceBook {
    /// The service tiers on which some price depends, in lower case and sorted, including those of price files.
    package var tiers: [String] { spoken.tiers.sorted() }

    /// Whether some price depends on a tier, or the tier is a name of the default one.
    ///
    /// - Parameter tier: A tier in any case.
    /// - Returns: Whether it is.
    package func knows(tier: String) -> Bool {
        let tier = tier.trimmed.lowercased()
        return DefaultTiers.names.contains(tier) || spoken.tiers.contains(tier)
    }
}

extension PriceModel {
    /// The default rates at a moment; none if the model is not billed by tokens, or before its first price.
    package func rates(at moment: PriceMoment) -> RateSheet {
        guard hosted?.mode.chargesTokens != false else { return RateSheet() }
        return prices.last { $0.holds(at: moment) }?.table.rates ?? RateSheet()
    }
}
