// SPDX-License-Identifier: Apache-2.0

/// A name of a provider.
struct ProviderName: Hashable, Sendable {
    let provider: UInt16
    let name: String
}

/// The models and aliases of price files over a book, for all calls or for one tenant.
///
/// Models are numbered across the whole book: first those of the embedded book, then those of price files.
struct PriceLayer: Sendable {
    /// The target of an alias.
    struct Target: Sendable, Hashable {
        let model: Int
        /// A factor on all rates, in billionths.
        let billionths: Int64
    }

    /// Models by the names that they list.
    var names: [ProviderName: Int] = [:]
    var aliases: [ProviderName: Target] = [:]
    /// Models that have rules for names; of equal rules the first one counts.
    var rules: [UInt16: [(model: Int, patterns: [NamePattern])]] = [:]
    /// The rules in prepared form, once no further layer is added.
    private(set) var preparedRules: [UInt16: NameRules] = [:]
    /// By model, the model that replaces it, under whichever name it was found.
    var replacements: [Int: Int] = [:]

    /// Prepares the rules for look-ups; call it when they are complete.
    mutating func prepareRules() { preparedRules = rules.mapValues { NameRules($0) } }

    /// Lays the layer of a later file over this one.
    mutating func overlay(_ later: PriceLayer) {
        names.merge(later.names) { $1 }
        aliases.merge(later.aliases) { $1 }
        rules.merge(later.rules) { $1 + $0 }
        replacements.merge(later.replacements) { $1 }
        // A replacement may be replaced itself.
        for (model, replacement) in replacements {
            if let latest = later.replacements[replacement] { replacements[model] = latest }
        }
        // A later alias hides an earlier name, and the other way round.
        for name in later.names.keys where later.aliases[name] == nil { aliases[name] = nil }
        for name in later.aliases.keys where later.names[name] == nil { names[name] = nil }
    }
}
