// SPDX-License-Identifier: Apache-2.0

/// Finds the model in the name of a cloud's resource, which also has projects, accounts and regions in it.
///
/// - SeeAlso: Amazon Resource Names (ARNs) in the "AWS General Reference"; Google Cloud, "Resource names" (AIP-122).
enum ResourcePath {
    /// The part of a resource's name that names the model.
    ///
    /// - Parameter name: A name as reported, in any case; prefixes such as `bedrock/` may precede the resource.
    /// - Returns: The model (`projects/…/models/X` as `X`), or the kind and id of what hides one
    ///   (`application-inference-profile/abc`); `nil` for a name that is no resource's.
    static func model(in name: String) -> String? {
        // Most names have no slash or one, and no colon.
        guard name.utf8.contains(UInt8(ascii: "/")) || name.utf8.contains(UInt8(ascii: ":")) else { return nil }
        if let arn = arn(in: name) { return model(inARN: arn) }
        return model(inPath: name.split(separator: "/", maxSplits: 32))
    }

    /// The ARN at the start of a name or behind a slash.
    private static func arn(in name: String) -> Substring? {
        var rest = name[...]
        while true {
            if rest.prefix(4).lowercased() == "arn:" { return rest }
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            rest = rest[rest.index(after: slash)...]
        }
    }

    private static func model(inARN arn: Substring) -> String {
        // arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE
        let fields = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard fields.count == 6, !fields[5].isEmpty else { return "arn" }
        let resource = fields[5]
        guard let slash = resource.firstIndex(of: "/") else { return String(resource) }
        let model = resource[resource.index(after: slash)...]
        let tellsModel = ["foundation-model", "inference-profile"].contains(resource[..<slash].lowercased())
        return String(tellsModel && !model.isEmpty ? model : resource)
    }

    private static func model(inPath path: [Substring]) -> String? {
        let kinds = path.map { $0.lowercased() }
        let isResource = kinds.first == "models" || kinds.dropLast().contains { owners.contains($0) }
        guard isResource, path.count > 1 else { return nil }
        func child(of kind: (String) -> Bool) -> Int? { kinds.indices.dropLast().last { kind(kinds[$0]) } }
        if let kind = child(of: { $0 == "models" }) { return String(path[kind + 1]) }
        if let kind = child(of: deployments.contains) { return "\(path[kind])/\(path[kind + 1])" }
        // What is left may be a project.
        return String(path[child(of: owners.contains) ?? 0])
    }

    /// Kinds of resources that are followed by the name of an owner.
    private static let owners: Set<String> = [
        "projects", "publishers", "accounts", "organizations", "subscriptions", "resourcegroups", "workspaces",
        "tenants",
    ]

    /// Kinds of resources that serve a model without naming it.
    private static let deployments: Set<String> = [
        "agents", "cachedcontents", "deployments", "endpoints", "reasoningengines", "routers", "tunedmodels",
    ]
}
