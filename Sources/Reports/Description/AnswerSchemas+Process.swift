// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing

/// The lists of what the process has met since its start.
extension AnswerSchemas {
    static let unpriced = AnswerSchema.object([
        Member("price_book", .text, "The version of the price book in force."),
        Member("since", .moment.orNull, "When the process began to list calls."),
        Member("limit", .integer, "The largest number of entries, except __overflow__."),
        Member("models", .list(of: .object(unpricedModel)), "Those with the most tokens first, __overflow__ last."),
    ])

    private static let unpricedModel = [
        Member("model", .text, "The model as reported; __overflow__ for all calls beyond the limit."),
        Member("provider", .text, "The provider as reported; empty for none."),
        Member(
            "reason", .word(UnpricedReason.ofUnknownCosts.map(\.rawValue) + [""]),
            "Why the cost is not known; empty for __overflow__."),
        Member("remedy", .text, "What to do; empty for __overflow__."),
        Member("first_seen", .moment, "When the first call came."),
        Member("last_seen", .moment, "When the latest call came."),
        Member("requests", .integer, "Number of calls."),
        Member(
            "tokens",
            .object(
                TokenClass.allCases.map {
                    Member($0.name, .integer, "Number of tokens; absent for none.", isOptional: true)
                }), "Tokens by class."),
        Member(
            "units",
            .object(
                BilledUnits.Unit.allCases.map {
                    Member($0.name, .integer, "Number of units; absent for none.", isOptional: true)
                }), "What is billed in addition to tokens."),
        Member(
            "closest", .list(of: .text), "The ids of at most three models of the price book whose names are similar."),
        Member("stub", .text, "A price file to complete; empty if no price file can help."),
        Member(
            "cost_at_present_prices_usd", .money.orNull,
            "What the calls would have cost at the prices in force; null while they have none."),
    ]

    static let refused = AnswerSchema.object([
        Member(
            "refused",
            .list(
                of: .object([
                    Member("listener", .text, "The listener: otlp or web."),
                    Member("kind", .text, "The kind of refusal."),
                    Member(
                        "status", .integer.orNull,
                        "The status of the latest answer; null if the peer does not speak HTTP/1."),
                    Member("count", .integer, "Number of refusals."),
                    Member("last_seen", .moment, "When the latest one was refused."),
                    Member("peer", .text, "The IP address of the latest one's peer; empty if it has none."),
                    Member("path", .text, "The path of the latest one."),
                    Member("content_type", .text, "The content type of the latest one; empty if it names none."),
                    Member("reason", .text, "What was wrong with the latest one."),
                    Member("remedy", .text, "What to do; empty if the reason says it."),
                ])), "By listener and kind, the latest first.")
    ])
}
