// SPDX-License-Identifier: Apache-2.0

/// A question in the description for programs.
struct QuestionOperation: Sendable {
    /// A parameter of a path or query.
    struct Parameter: Sendable {
        let name: String
        let text: String
        var schema = AnswerSchema.text
        var isPath = false
        /// Parameters of paths are required anyway.
        var isRequired = false
    }

    /// The form of an answer.
    struct Form: Sendable {
        /// The value of `Content-Type`, without parameters.
        let contentType: String
        let schema: AnswerSchema

        static func json(_ schema: AnswerSchema) -> Form { Form(contentType: "application/json", schema: schema) }
        static func csv(_ text: String) -> Form {
            Form(contentType: "text/csv", schema: AnswerSchema.text.described(text))
        }
    }

    let path: String
    /// The name of the question for programs, unique.
    let name: String
    let text: String
    var parameters: [Parameter]
    let forms: [Form]
    /// What a 404 means; `nil` if no path of the question has one.
    var notFound: String?
    /// Whether stored rows are read.
    var readsRows = true
    /// Whether the answer is a file.
    var isFile = false
    /// Whether it is answered also where no calls are kept and where questions are closed, whatever its query is.
    var isAlwaysAnswered = false
}

extension QuestionOperation {
    private static let period: [Parameter] = [
        Parameter(
            name: "from",
            text: """
                Start: RFC 3339, a date, Unix time, or relative such as now-7d and now/d. Default \(Period.usualStart).
                """),
        Parameter(name: "to", text: "End, which is excluded. Default now."),
        Parameter(name: "tz", text: "Time zone of days, weeks and months, such as Europe/Berlin or +05:45."),
    ]

    private static let zone = Parameter(name: "tz", text: "Time zone of the times in the answer.")
    private static let filter = Parameter(
        name: "where", text: "Conditions key:pattern, separated by commas; * matches any text, a leading - excludes."
    )
    private static let keys = Parameter(name: "group_by", text: "Facts and dimensions, separated by commas.")

    private static func limit(_ usual: Int, _ most: Int) -> Parameter {
        Parameter(name: "limit", text: "The largest number of rows.", schema: .integer(1...most, usual: usual))
    }

    private static func path(_ name: String, _ text: String, _ schema: AnswerSchema = .text) -> Parameter {
        Parameter(name: name, text: text, schema: schema, isPath: true)
    }

    private static let trace = path("trace", "The id of the trace.", .matching("^[0-9a-fA-F]{32}$"))
    private static let notYet =
        "; a call is listed after the settle window, and the message says after how many seconds"

    /// All questions, in the order of the document.
    static let all: [QuestionOperation] = [
        QuestionOperation(
            path: "/api/v1/costs", name: "costs", text: "Cost, tokens and calls by time and group.",
            parameters: period + [
                Parameter(
                    name: "granularity", text: "The length of the rows' periods.",
                    schema: .word(Granularity.allCases.map(\.rawValue))),
                keys, filter,
                Parameter(
                    name: "measures",
                    text: "Figures, separated by commas: \(Measure.all.map(\.name).joined(separator: ", "))."),
                Parameter(
                    name: "order_by", text: "Fields of the rows, separated by commas; a leading - sorts downwards."),
                limit(CostQuestion.usualRows, CostQuestion.mostRows),
                Parameter(name: "cursor", text: "The member next of the previous answer."),
                Parameter(
                    name: "format",
                    text: "The form of the answer: json is an object, flat a list of its rows with money as numbers.",
                    schema: .word(AnswerFormat.allCases.map(\.rawValue))),
            ],
            forms: [
                .json(.any(of: [.named("Costs"), .list(of: .named("FlatCostRow"))])),
                .csv("A header line, then a line for each row, with the columns that the question asks for."),
            ]),
        QuestionOperation(
            path: "/api/v1/traces/{trace}", name: "trace",
            text: "What a trace costs, with its calls and dropped spans.", parameters: [trace, zone],
            forms: [.json(.named("TraceWithSpans"))], notFound: "No call of the trace is kept, or none yet" + notYet),
        QuestionOperation(
            path: "/api/v1/spans/{trace}/{span}", name: "span", text: "What a span costs.",
            parameters: [trace, path("span", "The id of the span.", .matching("^[0-9a-fA-F]{16}$")), zone],
            forms: [.json(.named("Span"))], notFound: "The span is no call that is kept, or none yet" + notYet),
        QuestionOperation(
            path: "/api/v1/sessions/{session}", name: "session", text: "What a session costs, with its traces.",
            parameters: [path("session", "The session, as spans name it."), zone],
            forms: [.json(.named("Session"))], notFound: "No call of the session is kept, or none yet" + notYet),
        QuestionOperation(
            path: "/api/v1/top", name: "top", text: "The dearest traces, sessions, calls or groups.",
            parameters: period + [
                Parameter(name: "by", text: "trace, session, call, or a fact or dimension. Default trace."),
                Parameter(
                    name: "order_by", text: "The figure by which rows are ordered.",
                    schema: .word(TopQuestion.Order.allCases.map(\.rawValue))),
                limit(TopQuestion.usualRows, TopQuestion.mostRows),
            ], forms: [.json(.named("Top"))]),
        QuestionOperation(
            path: "/api/v1/summary", name: "summary",
            text:
                "Totals of a period and of the period of the same length before it, and forecasts of the present day, week and month.",
            parameters: period, forms: [.json(.named("Summary"))]),
        QuestionOperation(
            path: "/api/v1/dimensions/{name}/values", name: "values", text: "The values of a fact or dimension.",
            parameters: [path("name", "The fact or dimension.")] + period + [
                Parameter(name: "prefix", text: "Only values that start with this text."),
                limit(StoredAnswers.usualValues, CostQuestion.mostRows),
            ], forms: [.json(.named("Values"))], notFound: "Nothing answers at this path"),
        QuestionOperation(
            path: "/api/v1/changes", name: "changes",
            text:
                "What drove the change of the cost between two periods, without calls that have no price; reason counts them.",
            parameters: period + [
                Parameter(
                    name: "before",
                    text:
                        "Start of the earlier period, which is as long as the later one; must be in the past. If at most its last "
                        + "tenth would overlap the later one, it ends where that begins; more is refused. Default: it ends where the "
                        + "later one begins."
                ),
                keys, filter,
            ], forms: [.json(.named("Changes"))]),
        QuestionOperation(
            path: "/api/v1/export", name: "export",
            text: "All calls of a period, one a line, or their cost by day as a FOCUS file.",
            parameters: period + [
                Parameter(name: "format", text: "The form of the lines.", schema: .word(Exports.forms)), keys,
                Parameter(name: "sub_account", text: "With format=focus: the fact or dimension that sub accounts are."),
                Parameter(
                    name: "close_days",
                    text: "With format=focus: the days from the end of a month until later calls are corrections.",
                    schema: .integer(
                        0...Int(FocusQuestion.mostCloseDays), usual: Int(FocusQuestion.usualCloseDays))),
            ],
            forms: [
                .csv("A header line, then a line for each call, or with format=focus for each charge."),
                Form(
                    contentType: "application/jsonl",
                    schema: AnswerSchema.text.described(
                        "An object for each call, as the schema Span has it, one a line.")),
            ], isFile: true),
        langfuse("/api/public/v2/metrics", "langfuseMetrics", version: 2),
        langfuse("/api/public/metrics", "langfuseMetricsVersion1", version: 1),
        QuestionOperation(
            path: "/api/v1/openapi.json", name: "description", text: "This description.", parameters: [],
            forms: [.json(.object)], readsRows: false),
        QuestionOperation(
            path: "/api/v1/unpriced", name: "unpriced",
            text:
                "The calls since the start of the process whose cost is not known, by model, provider and reason, with what to do. "
                + "For stored calls: /api/v1/costs?where=source:unpriced&group_by=model,unpriced_reason.",
            parameters: [], forms: [.json(.named("Unpriced"))], readsRows: false, isAlwaysAnswered: true),
        QuestionOperation(
            path: "/api/v1/refused", name: "refused",
            text:
                "The requests that were refused since the start of the process, by listener and kind, the latest first.",
            parameters: [], forms: [.json(.named("Refused"))], readsRows: false, isAlwaysAnswered: true),
    ]

    private static func langfuse(_ path: String, _ name: String, version: Int) -> QuestionOperation {
        QuestionOperation(
            path: path, name: name, text: "Figures as Langfuse's metrics API, version \(version), answers them.",
            parameters: [
                Parameter(
                    name: "query", text: "A JSON object, such as \(LangfuseQuery.example).", isRequired: true), zone,
            ], forms: [.json(.named("LangfuseMetrics"))])
    }
}
