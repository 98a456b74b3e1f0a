// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ledger

/// The schemas of all answers that are JSON, by their names in the document.
///
/// Names of figures, facts and classes are those of the declarations by which answers are written. A test compares the rest with
/// real answers.
enum AnswerSchemas {
    typealias Member = AnswerSchema.Member

    /// The schemas in the order of the document.
    static let all: [(name: String, schema: AnswerSchema)] = [
        ("Error", error), ("Costs", costs), ("CostRow", costRow), ("FlatCostRow", flatCostRow), ("Trace", trace),
        ("TraceWithSpans", traceWithSpans), ("Span", span), ("Session", session), ("SessionRow", sessionRow),
        ("Top", top), ("Summary", summary), ("Totals", totals), ("Forecast", forecast), ("Values", values),
        ("Changes", changes), ("LangfuseMetrics", langfuse), ("Unpriced", unpriced), ("Refused", refused),
    ]

    // MARK: What several answers have

    static let error = AnswerSchema.object([
        Member(
            "error",
            .object([
                Member("parameter", .text.orNull, "The parameter that is wrong; null if none is to blame."),
                Member("message", .text, "What is wrong, and what to do."),
                Member("example", .text.orNull, "A value that would do; null if no parameter is to blame."),
            ]), "Why there is no answer.")
    ])

    /// The period that an answer is about.
    static let period = [
        Member("from", .moment, "Start of the period that the answer is about."),
        Member("to", .moment, "End of the period, which does not belong to it."), zone,
    ]
    static let zone = Member("tz", .text, "Time zone of days, weeks and months, and of the times in the answer.")
    static let storage = Member(
        "storage", .word([ReportsConfiguration.Storage.folder, .memory].map(\.rawValue)),
        "Where calls are kept: in a folder, or only in memory.")
    static let provisional = Member(
        "provisional", .flag, "Whether the answer may still change, since spans that belong to it may be on their way.")
    static let truncated = Member("truncated", .flag, "Whether there are more rows than these.")

    /// When a trace or session began and ended, with its state.
    static let course = [
        Member(
            "start", .moment, "When the first call began, or the root span of a trace if it is known and earlier."),
        Member("end", .moment, "When the last call ended, or the root span of a trace if it is known and later."),
    ]
    static let status = [
        Member("status", .word(["open", "complete"]), "Whether calls may still be added (open)."), provisional,
    ]
    static let duration = Member("duration", .number, "Seconds from start to end.")
    static let dimensions = Member(
        "dimensions", .object([], others: .text, "The value of the dimension."),
        "The values of dimensions such as user and agent, by the names of these. Calls of a trace or session may have others: these "
            + "are those of the call that was stored first.")

    /// Why a cost is not known.
    static let reason = Member(
        "reason", .text, "Why the cost is not known; absent if it is known.", isOptional: true)
    static let cost = Member(Measure.cost.name, .money.orNull, Measure.cost.meaning)
    static let knownCost = Member(Figures.knownName, .money, "What is known of the cost, in US dollars.")
    static let adjusted = [
        Member(Measure.adjustedCost.name, .money.orNull, Measure.adjustedCost.meaning),
        Member(
            Figures.knownAdjustedName, .money, "What is known of the cost by the prices of the latest repricing."),
    ]
    private static let numericCost = Member(
        "total_estimated_cost", .number.orNull, "The known cost as a number; null when nothing of it is known.")

    /// What a trace or session comes to, in the order in which ``Bill`` writes it.
    static let bill = [
        cost, knownCost, reason, numericCost, Member("calls", .integer, Measure.calls.meaning),
        Member("failed_calls", .integer, Measure.failed.meaning),
        Member("unpriced_calls", .integer, Measure.unpriced.meaning),
        Member("estimated_calls", .integer, Measure.estimated.meaning),
        Member(
            "tokens", .object(Bill.names.map { Member($0, .integer, "Number of tokens.") }),
            "Tokens by group; together they are all tokens."),
    ]

    // MARK: One call

    static let span: AnswerSchema = {
        let identity = [
            Member("trace", .traceID, "The id of the trace."), Member("span", .spanID, "The id of the span."),
        ]
        let onlyCalls = ([cost] + adjusted + [knownCost, numericCost]).map { member in
            Member(
                member.name, member.schema, member.text + " Absent for a span that is not counted.", isOptional: true)
        }
        let facts = SpanWriting.facts.map { Member($0.rawValue, .text.orNull, $0.meaning) }
        return .object(
            identity + [
                Member("parent", .spanID.orNull, "The id of the span above it; null for none."),
                Member("start", .moment, "When the call began."), Member("end", .moment, "When the call ended."),
                Member("duration", .number.orNull, "Seconds; null if not known."),
                Member(
                    "time_to_first_token", .number.orNull, "Seconds until the first token; null if not known."),
                Member(
                    "outcome", .word(LineSource.allCases.map(\.name) + StoredSpan.fates),
                    "How the cost of the call is known, or why the span is not counted."),
                Member(
                    "counted_instead", .object(identity), "The span that is counted instead of this one.",
                    isOptional: true),
            ] + onlyCalls + [
                reason,
                Member(
                    "reported_cost", .money, "Cost in US dollars that the sender reports; absent if it reports none.",
                    isOptional: true),
                Member(
                    "price",
                    .object([
                        Member("model", .text.orNull, "The id of the model in the price book."),
                        Member(
                            "book", .text.orNull, "The version of the price book, with the price files over it."),
                    ]), "By what the call was priced when it was counted; absent without a price.", isOptional: true),
            ] + facts + [
                Member("failed", .flag, "Whether the call failed."),
                Member("streamed", .flag, "Whether the answer was streamed."),
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
                        }), "What is billed besides tokens."),
                dimensions,
            ])
    }()
}

extension AnswerSchema {
    static let traceID = matching("^[0-9a-f]{32}$")
    static let spanID = matching("^[0-9a-f]{16}$")
}
