// SPDX-License-Identifier: Apache-2.0
import GenAI

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
        self.tier = DefaultTiers.names.contains(name) ? "" : name
        self.facts = facts
    }

    /// The region's facts that can be told from the model's path, the server's address and the answer.
    ///
    /// - Parameters:
    ///   - model: The model as reported.
    ///   - host: The server's address; empty when unknown.
    ///   - inferenceGeo: Where Anthropic's answer says that it was made, such as `us`; empty when it does not say, or a region of
    ///     Amazon's, which is no fact.
    /// - Returns: `endpoint: regional` for a Vertex location other than `global`; `data_residency` for OpenAI's regional
    ///   hosts, and `fedramp` for the one of the government of the United States; `geo` for a Bedrock profile such as `eu.…`; `inference_geo` as it was given.
    package static func regionFacts(model: String, host: String, inferenceGeo: String = "") -> [String: String] {
        var facts: [String: String] = [:]
        let geo = inferenceGeo.trimmed.lowercased()
        // `global` and `not_available` say that no place was asked for. A region selects a model of the book instead.
        if !geo.isEmpty, geo != "global", geo != "not_available", !CloudRegion.isAmazon(geo) {
            facts["inference_geo"] = geo
        }
        let host = host.lowercased()
        let model = model.trimmed.lowercased()
        if let residency = residencies[host] { facts["data_residency"] = residency }
        let path = model.split(separator: "/")
        if let geography = geography(ofBedrock: path.last ?? "") { facts["geo"] = geography }
        if let place = path.firstIndex(of: "locations"), place + 1 < path.count {
            if path[place + 1] != "global" { facts["endpoint"] = "regional" }
            return facts
        }
        let vertex = "-aiplatform.googleapis.com"
        if host.hasSuffix(vertex), host != "global" + vertex { facts["endpoint"] = "regional" }
        // An endpoint of several regions, such as `aiplatform.eu.rep.googleapis.com`, costs what one of a region does.
        if host.hasPrefix("aiplatform."), host.hasSuffix(".rep.googleapis.com") { facts["endpoint"] = "regional" }
        return facts
    }

    /// OpenAI's hosts that keep data in a place, each with a surcharge of its own.
    ///
    /// - SeeAlso: OpenAI API documentation, "Pricing", "Regional processing".
    private static let residencies = [
        "eu.api.openai.com": "eu", "us.api.openai.com": "us", "gov.api.openai.com": "fedramp",
    ]

    /// The geography of a Bedrock name such as `eu.anthropic.claude-…`, or `nil`; other platforms' names do not begin so.
    private static func geography(ofBedrock name: Substring) -> String? {
        let parts = name.split(separator: ".", maxSplits: 2)
        guard parts.count == 3, ModelNames.geographies.contains(String(parts[0])) else { return nil }
        return String(parts[0])
    }

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
