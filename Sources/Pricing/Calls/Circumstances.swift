// SPDX-License-Identifier: Apache-2.0
import GenAI

/// The properties of a call, other than model and usage, on which prices depend: tier and region.
package struct Circumstances: Hashable, Sendable {
    /// The tier in lower case; empty for the default one.
    package let tier: String
    /// Facts such as `data_residency: eu`.
    package var facts: [String: String]

    /// Reads a tier as reported.
    ///
    /// - Parameters:
    ///   - tier: The service tier. All names of the default tier count as one, as does `auto` without an answer.
    ///   - facts: Facts about the region.
    package init(tier: String, facts: [String: String] = [:]) {
        let name = tier.trimmed.lowercased()
        self.tier = DefaultTiers.names.contains(name) ? "" : name
        self.facts = facts
    }

    /// The facts about the region that follow from the model's path, the server's address and the answer.
    ///
    /// - Parameters:
    ///   - model: The model as reported.
    ///   - host: The server's address; empty when unknown.
    ///   - inferenceGeo: The inference geography of Anthropic's answer, such as `us`; empty if unknown. A region of Amazon's is
    ///     not a fact.
    /// - Returns: `endpoint: regional` for a Vertex location other than `global`; `data_residency` for OpenAI's regional
    ///   hosts, and `fedramp` for the one of the government of the United States; `geo` for a Bedrock profile such as `eu.…`;
    ///   `inference_geo` as it was given.
    package static func regionFacts(model: String, host: String, inferenceGeo: String = "") -> [String: String] {
        var facts: [String: String] = [:]
        let geo = inferenceGeo.trimmed.lowercased()
        // `global` and `not_available` say that no region was requested. A region selects a model of the book instead.
        if !geo.isEmpty, geo != "global", geo != "not_available", !CloudRegion.isAmazon(geo) {
            facts["inference_geo"] = geo
        }
        let host = host.lowercased()
        let model = model.trimmed.lowercased()
        if let residency = residencies[host] { facts["data_residency"] = residency }
        let path = model.split(separator: "/")
        if let geography = geography(ofBedrock: path.last ?? "") { facts["geo"] = geography }
        if let index = path.firstIndex(of: "locations"), index + 1 < path.count {
            if path[index + 1] != "global" { facts["endpoint"] = "regional" }
            return facts
        }
        let vertex = "-aiplatform.googleapis.com"
        if host.hasSuffix(vertex), host != "global" + vertex { facts["endpoint"] = "regional" }
        // An endpoint of several regions, such as `aiplatform.eu.rep.googleapis.com`, has the price of an endpoint of one region.
        if host.hasPrefix("aiplatform."), host.hasSuffix(".rep.googleapis.com") { facts["endpoint"] = "regional" }
        return facts
    }

    /// OpenAI's hosts that keep data in one region, each with a surcharge of its own.
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

    /// Whether a condition holds; dates are not checked.
    func fulfil(_ condition: PriceCondition) -> Bool {
        condition.facts.allSatisfy { key, value in key == "tier" ? value == tier : facts[key] == value }
    }

    /// The variants that apply to the calls of these circumstances, in the order of the book.
    ///
    /// Some vendors call priority `fast`, others call a speed so; the words of the model's own prices come first.
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
