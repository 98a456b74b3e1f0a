// SPDX-License-Identifier: Apache-2.0
import Notation

/// The description of all questions for programs.
///
/// - SeeAlso: OpenAPI Specification, version 3.1.0.
enum OpenAPI {
    /// A parameter of a path or query.
    private struct Parameter {
        let name: String
        let text: String
        var schema = #"{"type": "string"}"#
        var isPath = false
        /// Parameters of paths are required anyway.
        var isRequired = false
    }

    private struct Operation {
        let path: String
        let text: String
        var parameters: [Parameter]
    }

    private static let period: [Parameter] = [
        Parameter(
            name: "from",
            text: "Begin: RFC 3339, a date, Unix time, or relative such as now-7d and now/d. Default now-24h."),
        Parameter(name: "to", text: "End, which is excluded. Default now."),
        Parameter(name: "tz", text: "Time zone of days, weeks and months, such as Europe/Berlin or +05:45."),
    ]

    private static let zone = Parameter(name: "tz", text: "Time zone of the times in the answer.")
    private static let filter = Parameter(
        name: "where", text: "Conditions key:pattern between commas, with * for any text and - before what is excluded."
    )
    private static let keys = Parameter(name: "group_by", text: "Facts and dimensions between commas.")

    private static func choice(_ words: [String]) -> String {
        #"{"type": "string", "enum": "# + JSONText.list(words.map(JSONText.quoted)) + "}"
    }

    private static func limit(_ usual: Int, _ most: Int) -> Parameter {
        Parameter(
            name: "limit", text: "The largest number of rows.",
            schema: #"{"type": "integer", "minimum": 1, "maximum": \#(most), "default": \#(usual)}"#)
    }

    private static func path(_ name: String, _ text: String, pattern: String? = nil) -> Parameter {
        let schema = pattern.map { #"{"type": "string", "pattern": "# + JSONText.quoted($0) + "}" }
        return Parameter(name: name, text: text, schema: schema ?? #"{"type": "string"}"#, isPath: true)
    }

    private static let trace = path("trace", "The id of the trace.", pattern: "^[0-9a-fA-F]{32}$")

    private static let operations: [Operation] = [
        Operation(
            path: "/api/v1/costs", text: "Cost, tokens and calls by time and group.",
            parameters: period + [
                Parameter(
                    name: "granularity", text: "The length of the rows' periods.",
                    schema: choice(Granularity.allCases.map(\.rawValue))),
                keys, filter,
                Parameter(
                    name: "measures",
                    text: "Figures between commas: \(Measure.all.map(\.name).joined(separator: ", "))."),
                Parameter(name: "order_by", text: "Fields of the rows between commas, with - before what descends."),
                limit(CostQuestion.usualRows, CostQuestion.mostRows),
                Parameter(name: "cursor", text: "The member next of the answer before."),
                Parameter(
                    name: "format", text: "The form of the answer.",
                    schema: choice(AnswerFormat.allCases.map(\.rawValue))),
            ]),
        Operation(
            path: "/api/v1/traces/{trace}", text: "What a trace costs, with its calls and dropped spans.",
            parameters: [trace, zone]),
        Operation(
            path: "/api/v1/spans/{trace}/{span}", text: "What a span costs.",
            parameters: [trace, path("span", "The id of the span.", pattern: "^[0-9a-fA-F]{16}$"), zone]),
        Operation(
            path: "/api/v1/sessions/{session}", text: "What a session costs, with its traces.",
            parameters: [path("session", "The session, as spans name it."), zone]),
        Operation(
            path: "/api/v1/top", text: "The dearest traces, sessions, calls or groups.",
            parameters: period + [
                Parameter(name: "by", text: "trace, session, call, or a fact or dimension. Default trace."),
                Parameter(
                    name: "order_by", text: "What is compared.",
                    schema: choice(TopQuestion.Order.allCases.map(\.rawValue))),
                limit(10, 1_000),
            ]),
        Operation(
            path: "/api/v1/summary",
            text:
                "Totals of a period and of the period of the same length before it, and forecasts of the present day, week and month.",
            parameters: period),
        Operation(
            path: "/api/v1/dimensions/{name}/values", text: "The values of a fact or dimension.",
            parameters: [path("name", "The fact or dimension.")] + period + [
                Parameter(name: "prefix", text: "How values begin."), limit(1_000, CostQuestion.mostRows),
            ]),
        Operation(
            path: "/api/v1/changes",
            text:
                "What drove the change of the cost between two periods, without calls that have no price; reason counts them.",
            parameters: period + [
                Parameter(
                    name: "before",
                    text:
                        "Start of the earlier period, which has the same length. Default: it ends where the later one begins."
                ),
                keys, filter,
            ]),
        Operation(
            path: "/api/v1/export", text: "All calls of a period, one a line, or their cost by day as a FOCUS file.",
            parameters: period + [
                Parameter(name: "format", text: "The form of the lines.", schema: choice(Exports.forms)), keys,
                Parameter(name: "sub_account", text: "With format=focus: the fact or dimension that sub accounts are."),
                Parameter(
                    name: "close_days",
                    text: "With format=focus: the days from the end of a month until later calls are corrections.",
                    schema: #"{"type": "integer", "minimum": 0, "maximum": 60, "default": 3}"#),
            ]),
        langfuse("/api/public/v2/metrics", "Figures as Langfuse's metrics API, version 2, answers them."),
        langfuse("/api/public/metrics", "Figures as Langfuse's metrics API, version 1, answers them."),
        Operation(path: "/api/v1/openapi.json", text: "This description.", parameters: []),
    ]

    private static func langfuse(_ path: String, _ text: String) -> Operation {
        Operation(
            path: path, text: text,
            parameters: [
                Parameter(
                    name: "query", text: "A JSON object, such as \(LangfuseQuery.example).", isRequired: true), zone,
            ])
    }

    /// The description as JSON.
    static let text: String = {
        let paths = operations.map { operation in
            (key: operation.path, value: JSONText.object([(key: "get", value: described(operation))]))
        }
        return JSONText.object([
            (key: "openapi", value: JSONText.quoted("3.1.0")),
            (
                key: "info",
                value: JSONText.object([
                    (key: "title", value: JSONText.quoted("Questions about the cost of model calls")),
                    (key: "version", value: JSONText.quoted("1")),
                ])
            ),
            (key: "paths", value: JSONText.object(paths)),
            (
                key: "components",
                value:
                    #"{"schemas": {"Error": {"type": "object", "required": ["error"], "properties": {"error": {"type": "object", "#
                    + #""required": ["parameter", "message", "example"], "properties": {"parameter": {"type": ["string", "null"]}, "#
                    + #""message": {"type": "string"}, "example": {"type": ["string", "null"]}}}}}}}"#
            ),
        ])
    }()

    private static func described(_ operation: Operation) -> String {
        let parameters = operation.parameters.map { parameter in
            var members = [
                (key: "name", value: JSONText.quoted(parameter.name)),
                (key: "in", value: JSONText.quoted(parameter.isPath ? "path" : "query")),
                (key: "required", value: parameter.isPath || parameter.isRequired ? "true" : "false"),
                (key: "description", value: JSONText.quoted(parameter.text)),
                (key: "schema", value: parameter.schema),
            ]
            // A parameter without a value is one that is not stated.
            if !parameter.isPath, !parameter.isRequired { members.append((key: "allowEmptyValue", value: "true")) }
            return JSONText.object(members)
        }
        let failure =
            #"{"description": "No answer.", "content": {"application/json": {"schema": "#
            + ##"{"$ref": "#/components/schemas/Error"}}}}"##
        let forms =
            switch operation.path {
            case "/api/v1/costs": #""application/json": {}, "text/csv": {}"#
            case "/api/v1/export": #""application/jsonl": {}, "text/csv": {}"#
            default: #""application/json": {}"#
            }
        var responses = [(key: "200", value: #"{"description": "The answer.", "content": {\#(forms)}}"#)]
        for status in ["400", "403", "404", "409", "503"] { responses.append((key: status, value: failure)) }
        return JSONText.object([
            (key: "summary", value: JSONText.quoted(operation.text)),
            (key: "parameters", value: JSONText.list(parameters)),
            (key: "responses", value: JSONText.object(responses)),
        ])
    }
}
