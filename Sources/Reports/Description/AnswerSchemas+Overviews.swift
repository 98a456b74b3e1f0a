// SPDX-License-Identifier: Apache-2.0

extension AnswerSchemas {
    // MARK: Traces and sessions

    private static let traceMembers =
        [
            Member("trace", .traceID, "The id of the trace."),
            Member("name", .text.orNull, "The name of the root span; null if it was not seen."),
        ] + course + [duration] + status + bill + adjusted + [
            Member("dropped_spans", .integer, "Number of spans that are kept and not counted."), dimensions,
        ]

    static let trace = AnswerSchema.object(traceMembers)
    static let traceWithSpans = AnswerSchema.object(
        traceMembers + [
            Member("truncated", .flag, "Whether some spans of the trace are not listed, or not kept."),
            Member(
                "spans", .list(of: .named("Span")),
                "The calls, and the spans that are not counted, in the order of their start."),
        ])

    private static let sessionName = Member("session", .text, "The session, as spans name it.")
    private static let adjustedOfSession = adjusted.map { member in
        Member(
            member.name, .money.orNull,
            member.text + " Also null after a repricing, for a session of 10,000 traces or more.")
    }
    private static let tracesOfSession = Member("traces", .integer, "Number of traces with calls of the session.")

    static let session = AnswerSchema.object(
        [sessionName] + course + status + bill + adjustedOfSession + [
            tracesOfSession, dimensions,
            Member("truncated", .flag, "Whether some traces or calls of the session are not listed, or not kept."),
            Member("rows", .list(of: .named("Trace")), "The traces, in the order of their start."),
        ])
    static let sessionRow = AnswerSchema.object(
        [sessionName] + course + [duration] + bill + adjustedOfSession + [tracesOfSession, dimensions])

    // MARK: Comparisons

    static let top = AnswerSchema.object(
        period + [
            Member(
                "order_by", .word(TopQuestion.Order.allCases.map(\.rawValue)), "The figure by which rows are ordered."),
            storage, provisional, truncated,
            Member(
                "rows", .list(of: .any(of: ["Trace", "SessionRow", "Span", "CostRow"].map(AnswerSchema.named))),
                "The largest first: traces, sessions, calls or groups, as the parameter by asks."),
        ])

    static let summary = AnswerSchema.object(
        period + [
            storage, provisional, Member("totals", .named("Totals"), "The sums of the period."),
            Member(
                "before",
                .object([
                    Member("from", .moment, "Start of the earlier period."),
                    Member("to", .moment, "End of the earlier period."),
                    Member("totals", .named("Totals").orNull, "Its sums; null if they are no longer kept."),
                    Member("reason", .text, "Why there are no sums; absent if there are.", isOptional: true),
                ]), "The time that is as long as the period and ends where it begins."),
            Member("forecast", .list(of: .named("Forecast")), "What the present day, week and month will come to."),
        ])

    static let totals = AnswerSchema.object(
        [cost, knownCost, reason] + adjusted
            + StoredAnswers.totalled.dropFirst(2).map { Member($0.name, $0.schema(money: .money), $0.meaning) }
            + [
                Member(Measure.savings.name, .money, Measure.savings.meaning),
                Member("savings_from", .moment, "Start of the quarters of an hour that the savings are of."),
                Member("savings_to", .moment, "End of the quarters of an hour that the savings are of."),
                Member("traces", .integer.orNull, "Number of traces; null if calls of the period are not kept."),
                Member("sessions", .integer.orNull, "Number of sessions; null if calls of the period are not kept."),
                Member("users", .integer.orNull, "Number of users; null if they are not kept or too many."),
            ])

    static let forecast = AnswerSchema.object([
        Member("of", .word([Granularity.day, .week, .month].map(\.rawValue)), "What the forecast is of."),
        Member("from", .moment, "Start of the day, week or month."),
        Member("to", .moment, "End of the day, week or month."),
        Member("so_far", .money.orNull, "What is known of the cost until now; null if it is no longer kept."),
        Member(
            "known_cost", .money.orNull,
            "so_far, plus the known cost of the last seven days scaled to the time that is left; null if those are no longer kept."
        ),
    ])

    static let values = AnswerSchema.object(
        period + [
            Member("name", .text, "The fact or dimension."), truncated,
            Member("values", .list(of: .text), "The values that calls of the period have, sorted."),
        ])

    static let changes = AnswerSchema.object(
        Array(period.prefix(2)) + [
            Member("before_from", .moment, "Start of the earlier period."),
            Member("before_to", .moment, "End of the earlier period."), zone, provisional,
            Member("known_cost_before", .money, "What is known of the cost of the earlier period."),
            Member("known_cost", .money, "What is known of the cost of the period."),
            Member("change", .money, "The difference, below zero if the cost fell."),
            Member("reason", .text, "How many calls are left out; absent if none is.", isOptional: true),
            Member(
                "parts",
                .object([
                    Member("volume", .money, "More or fewer calls, in the mix of before."),
                    Member("mix", .money, "Other shares of the groups, new groups included."),
                    Member("tokens_per_call", .money, "Longer or shorter calls."),
                    Member("cache_share", .money, "A smaller or larger share that the cache saved."),
                    Member("price", .money, "Everything else: prices, and token classes with other prices."),
                ]), "What drove the change; the five amounts sum exactly to it."),
            Member(
                "rows",
                .list(
                    of: .object(
                        [
                            Member("before", .money, "What is known of the group's cost in the earlier period."),
                            Member("after", .money, "What is known of the group's cost in the period."),
                            Member("change", .money, "The difference."),
                            Member("calls_before", .integer, "Number of calls with a price in the earlier period."),
                            Member("calls_after", .integer, "Number of calls with a price in the period."),
                        ], others: .text.orNull, "The value of a key of group_by; null for calls without one.")),
                "The groups, that with the largest change first."),
            truncated,
        ])

    static let langfuse = AnswerSchema.object([
        Member(
            "data",
            .list(
                of: .object(
                    [],
                    others: .any(of: [.text, .number, .list(of: .list(of: .number)), .null]),
                    "A dimension or time_dimension as text, a metric as a number, or a histogram as a list of bars: lower end, "
                        + "upper end, and height.")),
            "One row for each period and group; the names are those of Langfuse, such as sum_totalCost.")
    ])
}
