// SPDX-License-Identifier: Apache-2.0

/// The values of facts that prices depend on, in lower case.
struct SpokenFacts: Sendable {
    // Some providers report `fast` instead of a tier (``Circumstances/variants(of:)``).
    private(set) var tiers: Set<String> = ["fast", "priority"]
    private(set) var places: Set<String> = []
    /// The regions of Amazon's that some model has a price of its own for.
    private(set) var regions: Set<String> = []

    mutating func addTier(_ tier: String) { tiers.insert(tier.lowercased()) }

    mutating func addPlace(_ place: String) { places.insert(place.lowercased()) }

    mutating func addRegion(_ region: String) { regions.insert(region) }

    /// Adds the values that a model's prices depend on.
    mutating func add(_ model: PriceModel) {
        for condition in model.variants.map(\.when) + model.multipliers.map(\.when) {
            if let tier = condition.facts["tier"] { addTier(tier) }
            if let place = condition.facts["inference_geo"] { addPlace(place) }
        }
    }
}
