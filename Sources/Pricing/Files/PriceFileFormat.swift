// SPDX-License-Identifier: Apache-2.0
import GenAI

/// The keys of price files in the format `pricebook/1`, by the mapping that has them.
package enum PriceFileFormat {
    /// The whole file.
    static let file = [
        "format", "version", "date", "currency", "sources", "allow_large", "gateways", "providers", "models", "aliases",
        "discount", "tenants",
    ]
    static let source = ["name", "version", "retrieved", "licence"]
    static let provider = ["aliases", "hosts", "fallback", "unambiguous"]
    static let model = [
        "id", "provider", "source", "names", "match", "match_pattern", "matchPattern", "kind", "prices", "variants",
        "multipliers", "hosted", "dates_from", "allow_large",
    ]
    /// A rule for names.
    static let rule = [
        "equals", "prefix", "suffix", "contains", "glob", "regex", "match_pattern", "matchPattern", "all", "any",
    ]
    static let price = ["from", "until", "windows", "tz", "rates", "above", "fees"]
    static let variant = ["when", "source", "from", "until", "rates", "above", "fees"]
    static let multiplier = ["when", "by"]
    static let window = ["days", "hours_utc", "hours"]
    /// A step of prices for long requests.
    static let step = ["over", "rates"]
    /// Citation tokens have a rate in the format, but no sender states them yet.
    static let rates = TokenClass.allCases.map(\.name) + ["citation"]
    static let fees = FeeUnit.allCases.map(\.rawValue)
    static let hosted = ["gpu_hour", "gpus", "mode", "concurrency", "tokens_per_hour"]
    static let alias = ["provider", "name", "to", "by"]
    static let discount = ["provider", "model", "by"]
    static let tenant = ["match", "discount", "models", "aliases"]
    static let match = Tenants.Owner.allCases.map(\.rawValue)

    /// All keys, each behind the mapping that has it, such as `prices[].from`.
    ///
    /// The documentation has a row for each.
    package static let allKeys: Set<String> = Set(
        [
            ("", file), ("sources[].", source), ("providers.*.", provider), ("models[].", model),
            ("match[].", rule), ("prices[].", price), ("variants[].", variant), ("multipliers[].", multiplier),
            ("when.", PriceCondition.keys), ("windows[].", window), ("above[].", step), ("rates.", rates),
            ("fees.", fees), ("hosted.", hosted), ("aliases[].", alias), ("discount[].", discount),
            ("tenants.*.", tenant), ("tenants.*.match.", match),
        ].flatMap { prefix, keys in keys.map { prefix + $0 } })
}
