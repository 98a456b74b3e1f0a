// SPDX-License-Identifier: Apache-2.0
import Notation
import Pricing

/// The calls whose cost is not known, by model, provider and reason, in words.
package struct UnpricedList: Sendable {
    /// The calls of one model.
    package struct Entry: Sendable {
        /// The model and the provider as reported; `__overflow__` for all calls beyond the limit of the list.
        package let model: String
        package let provider: String
        /// Why the cost is not known; empty for `__overflow__`.
        package let reason: String
        /// When the first and the latest call came, in nanoseconds since 1970 (UTC).
        package let firstNanoseconds: UInt64
        package let lastNanoseconds: UInt64
        package let requests: Int64
        /// The tokens by class.
        package let tokens: [(name: String, count: Int64)]
        /// What is billed by the piece.
        package let units: [(name: String, count: Int64)]
        /// The ids of the models whose names are nearest, at most three.
        package var closest: [String] = []
        /// A price file for the model, to be completed; empty for `__overflow__`, and if no price file can help.
        package var stub = ""
        /// What the calls would have cost at the prices now in force, in dollars; `nil` while they have no price.
        package var dollarsNow: String?

        /// What to do; empty for `__overflow__`.
        package var remedy: String { UnpricedReason(rawValue: reason)?.remedy ?? "" }

        /// All tokens.
        package var totalTokens: Int64 {
            tokens.reduce(0) { sum, part in
                let (total, overflow) = sum.addingReportingOverflow(part.count)
                return overflow ? .max : total
            }
        }

        /// When the first call came, such as `2026-05-01T10:00:00Z`.
        package var firstSeen: String { Timestamp(nanoseconds: firstNanoseconds).toSeconds }
        /// When the latest call came.
        package var lastSeen: String { Timestamp(nanoseconds: lastNanoseconds).toSeconds }
    }

    /// The version of the price book in force.
    package let priceBook: String
    /// The largest number of entries, `__overflow__` excluded.
    package let limit: Int
    /// When the process began to list calls, in nanoseconds since 1970 (UTC); `nil` without a clock.
    package let since: UInt64?
    /// Those with the most tokens first, `__overflow__` last.
    package let entries: [Entry]

    /// Makes a list.
    ///
    /// - Parameters:
    ///   - priceBook: The version of the price book in force.
    ///   - limit: The largest number of entries, `__overflow__` excluded.
    ///   - since: When the process began to list calls, in nanoseconds since 1970 (UTC); `nil` without a clock.
    ///   - entries: Those with the most tokens first.
    package init(priceBook: String, limit: Int, since: UInt64? = nil, entries: [Entry]) {
        self.priceBook = priceBook
        self.limit = limit
        self.since = since
        self.entries = entries
    }

    /// The list as a JSON object; dollars are exact decimal text.
    package var json: String {
        JSONText.object([
            ("price_book", JSONText.quoted(priceBook)),
            ("since", since.map { JSONText.quoted(Timestamp(nanoseconds: $0).toSeconds) } ?? "null"),
            ("limit", String(limit)),
            ("models", JSONText.list(entries.map(\.json))),
        ])
    }
}

extension UnpricedList.Entry {
    fileprivate var json: String {
        JSONText.object([
            ("model", JSONText.quoted(model)), ("provider", JSONText.quoted(provider)),
            ("reason", JSONText.quoted(reason)), ("remedy", JSONText.quoted(remedy)),
            ("first_seen", JSONText.quoted(firstSeen)),
            ("last_seen", JSONText.quoted(lastSeen)), ("requests", String(requests)),
            ("tokens", JSONText.object(tokens.map { ($0.name, String($0.count)) })),
            ("units", JSONText.object(units.map { ($0.name, String($0.count)) })),
            ("closest", JSONText.list(closest.map(JSONText.quoted))), ("stub", JSONText.quoted(stub)),
            ("cost_at_present_prices_usd", dollarsNow.map(JSONText.quoted) ?? "null"),
        ])
    }
}
