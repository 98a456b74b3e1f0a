// SPDX-License-Identifier: Apache-2.0

/// A name of a provider.
struct ProviderName: Hashable, Sendable {
    let provider: UInt16
    let name: String
}

/// What price files say over a book, for everybody or for one tenant.
///
/// Models are numbers of the whole book's, those of price files behind those of the book.
struct PriceLayer: Sendable {
    /// What an alias stands for.
    struct Target: Sendable, Hashable {
        let model: Int
        /// A factor on all rates, in billionths.
        let billionths: Int64
    }

    /// Models by the names that they list.
    var names: [ProviderName: Int] = [:]
    var aliases: [ProviderName: Target] = [:]
    /// Models that have rules for names; of equal rules the first one holds.
    var rules: [UInt16: [(model: Int, patterns: [NamePattern])]] = [:]
    /// The rules in prepared form, once no further layer is added.
    private(set) var preparedRules: [UInt16: NameRules] = [:]
    /// Models that stand in for others whatever name those were found by.
    var replacements: [Int: Int] = [:]

    /// Prepares the rules for look-ups; call it when they are complete.
    mutating func prepareRules() { preparedRules = rules.mapValues { NameRules($0) } }

    /// Lays what a later file says over this.
    mutating func overlay(_ later: PriceLayer) {
        names.merge(later.names) { $1 }
        aliases.merge(later.aliases) { $1 }
        rules.merge(later.rules) { $1 + $0 }
        replacements.merge(later.replacements) { $1 }
        // What is replaced by what is replaced again.
        for (model, replacement) in replacements {
            if let latest = later.replacements[replacement] { replacements[model] = latest }
        }
        // A later alias hides an earlier name, and the other way round.
        for name in later.names.keys where later.aliases[name] == nil { aliases[name] = nil }
        for name in later.aliases.keys where later.names[name] == nil { names[name] = nil }
    }
}
