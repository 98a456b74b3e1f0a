// SPDX-License-Identifier: Apache-2.0

/// How a call was served, as far as prices depend on it.
package struct Circumstances: Hashable, Sendable {
    /// The tier in lower case; empty for the default one.
    package let tier: String
    /// Facts such as `data_residency: eu`.
    package var facts: [String: String]

    /// Reads a tier as reported.
    ///
    /// - Parameters:
    ///   - tier: The service tier; the many names of the default tier, and `auto` without an answer, are one.
    ///   - facts: Facts about the region.
    package init(tier: String, facts: [String: String] = [:]) {
        let name = tier.trimmed.lowercased()
        self.tier = Self.defaultTiers.contains(name) ? "" : name
        self.facts = facts
    }

    /// The region's facts that can be told from the model's path and the server's address.
    ///
    /// - Returns: `endpoint: regional` for a Vertex location other than `global`; `data_residency` for OpenAI's regional
    ///   hosts.
    package static func regionFacts(model: String, host: String) -> [String: String] {
        let host = host.lowercased()
        if host == "eu.api.openai.com" { return ["data_residency": "eu"] }
        if host == "us.api.openai.com" { return ["data_residency": "us"] }
        let path = model.trimmed.lowercased().split(separator: "/")
        if let place = path.firstIndex(of: "locations"), place + 1 < path.count {
            return path[place + 1] == "global" ? [:] : ["endpoint": "regional"]
        }
        let vertex = "-aiplatform.googleapis.com"
        if host.hasSuffix(vertex), host != "global" + vertex { return ["endpoint": "regional"] }
        return [:]
    }

    private static let defaultTiers: Set<String> = [
        "", "default", "standard", "standard_only", "on_demand", "ondemand", "on-demand", "auto",
    ]

    /// Whether a condition holds but for dates.
    func fulfil(_ condition: PriceCondition) -> Bool {
        condition.facts.allSatisfy { key, value in key == "tier" ? value == tier : facts[key] == value }
    }

    /// The variants that apply to the calls of these circumstances, in the order of the book.
    ///
    /// The tier `fast` is what some vendors call priority, or a speed; a model's own words come first.
    func variants(of model: PriceModel) -> [Int] {
        func indices(_ circumstances: Circumstances) -> [Int] {
            model.variants.indices.filter { circumstances.fulfil(model.variants[$0].when) }
        }
        let own = indices(self)
        guard own.isEmpty, tier == "fast" else { return own }
        var speed = Circumstances(tier: "", facts: facts)
        speed.facts["speed"] = "fast"
        let fast = indices(speed)
        return fast.isEmpty ? indices(Circumstances(tier: "priority", facts: facts)) : fast
    }
}
