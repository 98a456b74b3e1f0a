// SPDX-License-Identifier: Apache-2.0
import GenAI
import Notation

extension PriceBook {
    /// One model as lists show it.
    package struct Listing: Sendable {
        /// The model itself.
        package let model: PriceModel
        /// Whether it comes from a price file.
        package let isOverride: Bool
        /// The tenant whose own it is; empty for everybody's.
        package let tenant: String
    }

    /// Whether a provider has a name.
    ///
    /// - Parameter provider: An id or an alias, in any case.
    /// - Returns: Whether there is one.
    package func knows(provider: String) -> Bool { providers.number(named: provider.trimmed.lowercased()) != nil }

    /// The provider whose id is nearest to a name.
    ///
    /// - Parameter name: A name that no provider has.
    /// - Returns: The id, or `nil` in a book without providers.
    package func provider(nearestTo name: String) -> String? {
        EditDistance.nearest(to: name.trimmed.lowercased(), among: providers.ids.sorted())
    }

    /// The models of the book in the order of their ids, those of price files included.
    ///
    /// - Parameters:
    ///   - provider: Any name of the provider whose models are wanted, or `nil` for all.
    ///   - id: The id of the one model that is wanted, or `nil` for all.
    /// - Returns: The models; one of the book whose id a price file takes over is left out.
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
            listings.append(Listing(model: model, isOverride: isAdded(number), tenant: owner?.name ?? ""))
        }
        return listings.sorted { ($0.model.id, $0.tenant) < ($1.model.id, $1.tenant) }
    }

    /// What looks odd in the book and in the price files; reads every model.
    ///
    /// - Returns: One sentence each, such as a key that this version does not know.
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
    /// The service tiers that some price depends on, in lower case and sorted; those of price files are among them.
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
    /// The default rates at a moment; none where tokens are not what is paid for, or before the first price.
    package func rates(at moment: PriceMoment) -> RateSheet {
        guard hosted?.mode.chargesTokens != false else { return RateSheet() }
        return prices.last { $0.holds(at: moment) }?.table.rates ?? RateSheet()
    }
}
