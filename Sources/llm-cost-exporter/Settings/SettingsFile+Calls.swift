// SPDX-License-Identifier: Apache-2.0
import Documents
import GenAI

// Reads the settings about calls: their attributes, labels and dimensions.
extension SettingsFile {
    /// Reads `labels`, a list of `{name, from, histograms, max_values}`.
    static func labels(_ node: DocumentNode) throws -> [LabelRule] {
        var (rules, mistakes) = ([LabelRule](), Mistakes())
        guard case .sequence(let items) = node.content else {
            throw node.unexpected("be a list such as [\(example(from: node))]")
        }
        for item in items { mistakes.collect { rules.append(try label(item, among: rules)) } }
        try mistakes.check()
        guard rules.count <= 16 else { throw node.unexpected("have at most 16 labels") }
        return rules
    }

    private static func label(_ item: DocumentNode, among rules: [LabelRule]) throws -> LabelRule {
        guard case .mapping = item.content else {
            throw item.unexpected("be a list of mappings such as \(example(from: item))")
        }
        let mapping = try item.mapping(keys: ["name", "from", "histograms", "max_values"])
        let nameNode = try mapping.required("name")
        let name = try nameNode.string()
        guard isLabelName(name) else {
            throw nameNode.unexpected("be a label name: letters, digits and _, not beginning with a digit or __")
        }
        guard !ownLabels.contains(name), !rules.contains(where: { $0.name == name }) else {
            throw nameNode.unexpected("be a name that no built-in label and no other rule has")
        }
        let from = try mapping.required("from")
        var sources: [LabelSource] = []
        guard case .sequence(let items) = from.content else {
            throw from.unexpected("be a list of attributes such as \(listed(from, name: name))")
        }
        for source in items {
            let text = try source.string()
            guard text.utf8.count <= 1_024 else { throw source.unexpected("have at most 1,024 bytes") }
            guard let read = LabelSource(text) else {
                throw source.unexpected(
                    "be span.KEY, resource.KEY, scope.KEY, ancestor.KEY, or one of "
                        + CallProperty.allCases.map { "call.\($0.rawValue)" }.joined(separator: ", "))
            }
            sources.append(read)
        }
        guard (1...64).contains(sources.count) else { throw from.unexpected("list 1 to 64 sources") }
        var rule = LabelRule(name: name, sources: sources)
        if let histograms = mapping["histograms"] { rule.isOnHistograms = try histograms.boolean() }
        if let most = mapping["max_values"] { rule.maxValues = try most.integer(in: 1...100_000) }
        return rule
    }

    /// A rule in the right form, with the name and the source that a wrong form has.
    private static func example(from node: DocumentNode) -> String {
        switch node.content {
        case .scalar(let name, _) where isLabelName(name):
            return "{name: \(name), from: \(listed(nil, name: name))}"
        case .mapping(let entries):
            guard let entry = entries.first(where: { isLabelName($0.key) && LabelSource(scalar(of: $0.value)) != nil })
            else { break }
            return "{name: \(entry.key), from: \(listed(entry.value, name: entry.key))}"
        default: break
        }
        return "{name: team, from: [resource.team]}"
    }

    private static func listed(_ node: DocumentNode?, name: String) -> String {
        let text = node.map { scalar(of: $0) } ?? ""
        return "[\(LabelSource(text) == nil ? "span.\(name), resource.\(name)" : text)]"
    }

    private static func scalar(of node: DocumentNode) -> String {
        guard case .scalar(let text, _) = node.content else { return "" }
        return text
    }

    static func isLabelName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !name.hasPrefix("__") else { return false }
        func isLetter(_ byte: UInt8) -> Bool { byte == 0x5F || (0x41...0x5A).contains(byte & 0xDF) }
        return isLetter(first) && name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
    }

    /// Labels that families have themselves, and those that mean something else to Prometheus.
    private static let ownLabels: Set<String> = [
        "model", "operation", "token_type", "provider", "error_type", "reason", "source", "direction", "le", "quantile",
    ]

    /// Labels that Prometheus puts on every series itself, where ours would be renamed to `exported_…`.
    static let labelsOfTargets: Set<String> = ["job", "instance", "service"]

    /// Reads `attributes`, which name attribute keys for the facts of a call.
    static func attributes(_ node: DocumentNode) throws -> [CustomDialect.Field: [String]] {
        var fields: [CustomDialect.Field: [String]] = [:]
        var seen: Set<String> = []
        for entry in try node.mapping(keys: CustomDialect.Field.allCases.map(\.rawValue).sorted()).entries {
            guard let field = CustomDialect.Field(rawValue: entry.key), !entry.value.isNull else { continue }
            let items = try entry.value.sequence()
            guard items.count <= 64 else { throw entry.value.unexpected("list at most 64 attribute keys") }
            for item in items {
                let key = try item.string()
                guard (1...1024).contains(key.utf8.count), seen.insert(key).inserted else {
                    throw item.unexpected("be an attribute key of 1 to 1,024 bytes that is named only once")
                }
                fields[field, default: []].append(key)
            }
        }
        return fields
    }

    // MARK: What the ledger keeps with each call

    static let ledger: [String: Setting] = [
        "dimensions": .fixed(\.dimensions, dimensions),
        "users": .fixed(\.users, choice),
        "trace_names": .fixed(\.keepsTraceNames) { try $0.boolean() },
    ]

    /// Reads `ledger.dimensions`, a list of `{name, from, rollup}`.
    static func dimensions(_ node: DocumentNode) throws -> [DimensionRule] {
        var (rules, mistakes) = ([DimensionRule](), Mistakes())
        guard case .sequence(let items) = node.content else {
            throw node.unexpected("be a list such as [\(dimensionExample)]")
        }
        for item in items { mistakes.collect { rules.append(try dimension(item, among: rules)) } }
        try mistakes.check()
        guard DimensionRule.all(with: rules).count <= DimensionRule.most else {
            throw node.unexpected("make at most \(DimensionRule.most) dimensions, with those that are there by default")
        }
        return rules
    }

    private static func dimension(_ item: DocumentNode, among rules: [DimensionRule]) throws -> DimensionRule {
        guard case .mapping = item.content else {
            throw item.unexpected("be a list of mappings such as \(dimensionExample)")
        }
        let mapping = try item.mapping(keys: ["name", "from", "rollup"])
        let nameNode = try mapping.required("name")
        let name = try nameNode.string()
        guard isLabelName(name) else {
            throw nameNode.unexpected(
                "be a name of letters, digits and _, not beginning with a digit or __")
        }
        guard !ownColumns.contains(name) else {
            throw nameNode.unexpected("be a name that nothing else about a call has")
        }
        guard !rules.contains(where: { $0.name == name }) else {
            throw nameNode.unexpected("be a name that no other dimension has")
        }
        let from = try mapping.required("from")
        guard case .sequence(let items) = from.content else {
            throw from.unexpected("be a list of attributes such as [span.\(name), resource.\(name)]")
        }
        var sources: [DimensionSource] = []
        for source in items {
            let text = try source.string()
            guard text.utf8.count <= 1_024 else { throw source.unexpected("have at most 1,024 bytes") }
            guard let read = DimensionSource(text) else {
                throw source.unexpected("be span.KEY, resource.KEY, scope.KEY, ancestor.KEY or agent.name")
            }
            sources.append(read)
        }
        guard sources.count <= 64 else { throw from.unexpected("list at most 64 sources") }
        var rule = DimensionRule(name: name, sources: sources)
        rule.isRolledUp = DimensionRule.defaults.first { $0.name == name }?.isRolledUp ?? true
        if let rollup = mapping["rollup"] { rule.isRolledUp = try rollup.boolean() }
        return rule
    }

    private static let dimensionExample = "{name: customer, from: [span.app.customer.id, ancestor.app.customer.id]}"

    /// Names that answers have for other things: times, figures and other properties of calls.
    private static let ownColumns: Set<String> = [
        "time", "model", "provider", "operation", "source", "cost", "calls", "tokens", "input", "output", "trace",
        "span", "duration",
    ]
}
