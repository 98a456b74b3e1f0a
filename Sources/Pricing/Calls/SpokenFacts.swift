// SPDX-License-Identifier: Apache-2.0

/// The values of facts on which prices depend, in lower case.
struct SpokenFacts: Sendable {
    // Some providers report `fast` instead of a tier (``Circumstances/variants(of:)``).
    private(set) var tiers: Set<String> = ["fast", "priority"]
    private(set) var inferenceGeos: Set<String> = []
    /// The regions of Amazon's for which some model has a price of its own.
    private(set) var regions: Set<String> = []

    mutating func addTier(_ tier: String) { tiers.insert(tier.lowercased()) }

    mutating func addInferenceGeo(_ geo: String) { inferenceGeos.insert(geo.lowercased()) }

    mutating func addRegion(_ region: String) { regions.insert(region) }

    /// Adds the values that a model's prices depend on.
    mutating func add(_ model: PriceModel) {
        for condition in model.variants.map(\.when) + model.multipliers.map(\.when) {
            if let tier = condition.facts["tier"] { addTier(tier) }
            if let geo = condition.facts["inference_geo"] { addInferenceGeo(geo) }
        }
    }
}
