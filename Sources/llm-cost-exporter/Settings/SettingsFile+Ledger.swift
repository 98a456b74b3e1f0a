// SPDX-License-Identifier: Apache-2.0
import Documents
import GenAI

// Reads the settings about what the ledger keeps with each call.
extension SettingsFile {
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
