// SPDX-License-Identifier: Apache-2.0
import Documents
import GenAI

/// Reads the parts of a model.
struct PriceReader {
    let isStrict: Bool
    /// Whether to refuse rates above $1,000 for a million tokens, which are mostly prices in another unit.
    var refusesLargeRates = false

    /// The prices of a model; for a hosted model they follow from the price of its machines.
    func prices(_ model: DocumentMapping, _ hosted: HostedPrice?) throws(DocumentError) -> [PriceEntry] {
        guard let hosted else {
            return try list(model.required("prices")) { (node) throws(DocumentError) in
                try self.entry(node, keys: PriceFileFormat.price)
            }
        }
        if let prices = model["prices"] { throw prices.unacceptable("be left out if hosted is given") }
        var entry = PriceEntry()
        // Every class has a rate of its own, so that no cost is an estimate.
        for tokenClass in TokenClass.allCases { entry.table.rates[tokenClass] = hosted.tokenRate }
        return [entry]
    }

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
        let rule = try mapping(node, keys: PriceFileFormat.rule)
        guard rule.entries.count == 1, let entry = rule.entries.first else {
            throw node.unexpected("have exactly one rule, such as prefix: gpt-5")
        }
        let value = entry.value
        if isStrict, case .scalar(let text, _) = value.content, text.isEmpty {
            throw value.unacceptable(
                "not be empty, since an empty text matches every name; if that is meant, write glob: \"*\"")
        }
        switch entry.key {
        case "equals": return .equals(try value.string().lowercased())
        case "prefix": return .prefix(try value.string().lowercased())
        case "suffix": return .suffix(try value.string().lowercased())
        case "contains": return .contains(try value.string().lowercased())
        case "all": return .all(try list(value) { (node) throws(DocumentError) in try pattern(node) })
        case "any": return .any(try list(value) { (node) throws(DocumentError) in try pattern(node) })
        case "glob": return .wildcards(try value.string())
        case "regex", "match_pattern", "matchPattern": return try expression(value)
        default: return .unsupported
        }
    }

    /// A regular expression.
    ///
    /// One that an importer wrote and this version does not support matches no name.
    func expression(_ node: DocumentNode) throws(DocumentError) -> NamePattern {
        let text = try node.string()
        do throws(RegexProblem) {
            return try .expression(text)
        } catch {
            guard isStrict else { return .unsupported }
            throw node.unexpected("be a regular expression: \(error.text)")
        }
    }

    func entry(_ node: DocumentNode, keys: [String]) throws(DocumentError) -> PriceEntry {
        let entry = try mapping(node, keys: keys)
        var result = PriceEntry()
        result.days.from = try entry["from"].map { (node) throws(DocumentError) in try day(node) }
        result.days.until = try entry["until"].map { (node) throws(DocumentError) in try day(node) }
        let clock = try entry["tz"].map { (node) throws(DocumentError) in try zone(node) } ?? ZoneClock.utc
        for node in try entry["windows"]?.sequence() ?? [] {
            result.windows.append(contentsOf: try windows(node, zone: clock))
        }
        if let rates = entry["rates"] { result.table.rates = try self.rates(rates) }
        result.table.above = try above(entry["above"])
        if let fees = entry["fees"] { result.table.fees = try self.fees(fees) }
        return result
    }

    func variant(_ node: DocumentNode) throws(DocumentError) -> PriceVariant {
        let keys = PriceFileFormat.variant
        let condition = try condition(try mapping(node, keys: keys).required("when"))
        return PriceVariant(when: condition, entry: try entry(node, keys: keys))
    }

    func multipliers(_ node: DocumentNode?) throws(DocumentError) -> [PriceMultiplier] {
        let multipliers = try list(node) { (node) throws(DocumentError) in try multiplier(node) }
        if let node { try PriceChecks.check(multipliers, node) }
        return multipliers
    }

    private func multiplier(_ node: DocumentNode) throws(DocumentError) -> PriceMultiplier {
        let multiplier = try mapping(node, keys: PriceFileFormat.multiplier)
        let factor = try factor(try multiplier.required("by"))
        return PriceMultiplier(when: try condition(try multiplier.required("when")), billionths: factor)
    }

    /// A factor in billionths.
    func factor(_ node: DocumentNode) throws(DocumentError) -> Int64 {
        guard let factor = try? DecimalText.parse(try node.decimalText(), decimals: 9), factor <= 1_000_000_000_000
        else { throw node.unexpected("be a factor such as \"1.1\", at most 1000, with at most 9 decimals") }
        return factor
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
