// SPDX-License-Identifier: Apache-2.0
package import Documents
import GenAI

extension PriceModel {
    /// What to do about keys that the format does not have.
    package enum UnknownKeys: Sendable {
        /// They are errors: a person wrote the book.
        case refused
        /// They are passed over: a newer importer wrote the book.
        case ignored
    }

    /// Reads a model of a price book.
    ///
    /// - Parameters:
    ///   - node: The model's mapping.
    ///   - unknownKeys: Whether keys and rules that this version does not know are errors.
    /// - Throws: ``DocumentError`` that names the line and the key.
    package convenience init(_ node: DocumentNode, unknownKeys: UnknownKeys) throws(DocumentError) {
        let reader = PriceReader(isStrict: unknownKeys == .refused)
        let model = try reader.mapping(
            node,
            keys: [
                "id", "provider", "source", "names", "match", "kind", "prices", "variants", "multipliers", "hosted",
                "dates_from",
            ])
        if let hosted = model["hosted"] {
            throw hosted.unsupported("models on machines of one's own cannot be priced yet")
        }
        self.init(
            id: try model.required("id").string(),
            provider: try model.required("provider").string(),
            names: try model["names"]?.strings().map { $0.lowercased() } ?? [],
            patterns: try reader.list(model["match"]) { (node) throws(DocumentError) in try reader.pattern(node) },
            kind: try model["kind"]?.string(),
            prices: try reader.list(model.required("prices")) { (node) throws(DocumentError) in
                try reader.entry(node, keys: ["from", "until", "windows", "tz", "rates", "above", "fees"])
            },
            variants: try reader.list(model["variants"]) { (node) throws(DocumentError) in try reader.variant(node) },
            multipliers: try reader.list(model["multipliers"]) { (node) throws(DocumentError) in
                try reader.multiplier(node)
            })
    }
}

/// The parts of a model, read with one rule about unknown keys.
struct PriceReader {
    let isStrict: Bool

    func mapping(_ node: DocumentNode, keys: [String]) throws(DocumentError) -> DocumentMapping {
        isStrict ? try node.mapping(keys: keys) : try node.mapping()
    }

    func list<Item>(
        _ node: DocumentNode?, _ read: (DocumentNode) throws(DocumentError) -> Item
    ) throws(DocumentError) -> [Item] {
        guard let node else { return [] }
        var items: [Item] = []
        for item in try node.sequence() { items.append(try read(item)) }
        return items
    }

    func pattern(_ node: DocumentNode) throws(DocumentError) -> NamePattern {
        let rule = try mapping(node, keys: ["equals", "prefix", "suffix", "contains", "all", "any", "glob", "regex"])
        guard rule.entries.count == 1, let entry = rule.entries.first else {
            throw node.unexpected("be one rule each, such as prefix: gpt-5")
        }
        let value = entry.value
        switch entry.key {
        case "equals": return .equals(try value.string().lowercased())
        case "prefix": return .prefix(try value.string().lowercased())
        case "suffix": return .suffix(try value.string().lowercased())
        case "contains": return .contains(try value.string().lowercased())
        case "all": return .all(try list(value) { (node) throws(DocumentError) in try pattern(node) })
        case "any": return .any(try list(value) { (node) throws(DocumentError) in try pattern(node) })
        default:
            guard isStrict else { return .unsupported }
            throw value.unsupported("only equals, prefix, suffix, contains, all and any are read yet")
        }
    }

    func entry(_ node: DocumentNode, keys: [String]) throws(DocumentError) -> PriceEntry {
        let entry = try mapping(node, keys: keys)
        var result = PriceEntry()
        result.days.from = try entry["from"].map { (node) throws(DocumentError) in try day(node) }
        result.days.until = try entry["until"].map { (node) throws(DocumentError) in try day(node) }
        let zoneMinutes = try entry["tz"].map { (node) throws(DocumentError) in try zone(node) } ?? 0
        for node in try entry["windows"]?.sequence() ?? [] {
            result.windows.append(contentsOf: try windows(node, zoneMinutes: zoneMinutes))
        }
        if let rates = entry["rates"] { result.table.rates = try self.rates(rates) }
        result.table.above = try above(entry["above"])
        if let fees = entry["fees"] { result.table.fees = try self.fees(fees) }
        return result
    }

    func variant(_ node: DocumentNode) throws(DocumentError) -> PriceVariant {
        let keys = ["when", "source", "from", "until", "rates", "above", "fees"]
        let condition = try condition(try mapping(node, keys: keys).required("when"))
        return PriceVariant(when: condition, entry: try entry(node, keys: keys))
    }

    func multiplier(_ node: DocumentNode) throws(DocumentError) -> PriceMultiplier {
        let multiplier = try mapping(node, keys: ["when", "by"])
        let by = try multiplier.required("by")
        guard let factor = try? DecimalText.parse(try by.decimalText(), decimals: 9), factor <= 1_000_000_000_000 else {
            throw by.unexpected("be a factor such as \"1.1\", at most 1000, with at most 9 decimals")
        }
        return PriceMultiplier(when: try condition(try multiplier.required("when")), billionths: factor)
    }

    private func condition(_ node: DocumentNode) throws(DocumentError) -> PriceCondition {
        var facts: [String: String] = [:]
        for entry in try mapping(node, keys: PriceCondition.keys).entries {
            facts[entry.key] = try entry.value.string().lowercased()
        }
        guard !facts.isEmpty else { throw node.unexpected("name a condition such as tier: batch") }
        return PriceCondition(facts: facts)
    }
}

extension DocumentNode {
    /// The error for a part of the format that this version does not have.
    fileprivate func unsupported(_ why: String) -> DocumentError {
        .unexpected(position, key: name, wanted: "be left out: \(why)", found: nil)
    }
}
