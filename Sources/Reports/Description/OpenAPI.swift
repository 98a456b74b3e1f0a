// SPDX-License-Identifier: Apache-2.0
import Notation

/// The description of all questions and answers for programs.
///
/// - SeeAlso: OpenAPI Specification, version 3.1.0.
enum OpenAPI {
    /// The description as JSON.
    static let text: String = {
        let paths = QuestionOperation.all.map { operation in
            (key: operation.path, value: JSONText.object([(key: "get", value: operation.described)]))
        }
        return JSONText.object([
            (key: "openapi", value: JSONText.quoted("3.1.0")),
            (
                key: "info",
                value: JSONText.object([
                    (key: "title", value: JSONText.quoted("Questions about the cost of model calls")),
                    (key: "version", value: JSONText.quoted("1")),
                    (
                        key: "description",
                        value: JSONText.quoted(
                            "Money is exact decimal text in US dollars. Answers may get further members in later versions."
                        )
                    ),
                ])
            ),
            (key: "paths", value: JSONText.object(paths)),
            (
                key: "components",
                value: JSONText.object([
                    (
                        key: "schemas",
                        value: JSONText.object(AnswerSchemas.all.map { (key: $0.name, value: $0.schema.json) })
                    )
                ])
            ),
        ])
    }()
}

extension QuestionOperation {
    /// The operation as JSON.
    fileprivate var described: String {
        JSONText.object([
            (key: "operationId", value: JSONText.quoted(name)),
            (key: "summary", value: JSONText.quoted(text)),
            (key: "parameters", value: JSONText.list(parameters.map(\.described))),
            (key: "responses", value: JSONText.object(([answer] + refusals).map { ($0.status, $0.json) })),
        ])
    }

    private var answer: (status: String, json: String) {
        var members = [(key: "description", value: JSONText.quoted("The answer."))]
        if isFile {
            members.append(
                (
                    key: "headers",
                    value: Self.header("Content-Disposition", .text, "The name under which to save the file.")
                ))
        }
        let content = forms.map { form in
            (key: form.contentType, value: JSONText.object([(key: "schema", value: form.schema.json)]))
        }
        members.append((key: "content", value: JSONText.object(content)))
        return ("200", JSONText.object(members))
    }

    /// Why there may be no answer, by status.
    private var refusals: [(status: String, json: String)] {
        let wrongMethod = (
            "405", "The method is neither GET nor HEAD.", Self.header("Allow", .text, "The methods.")
        )
        var refusals = [
            ("400", "The question is wrong, or about a time of which what it needs is no longer kept.", ""),
            ("403", "web.questions is false in the settings.", ""),
            wrongMethod,
            ("409", "No calls are kept: neither in a folder nor in memory.", ""),
        ]
        if let notFound { refusals.append(("404", notFound + ".", "")) }
        if readsRows { refusals.append(("500", "The stored rows cannot be read.", "")) }
        refusals.append(
            (
                "503",
                "Too many questions wait, the question took too long, no calls are stored yet, or the service is stopping; ask again.",
                Self.header("Retry-After", .integer, "Seconds after which to ask again.")
            ))
        let described = (isAlwaysAnswered ? [wrongMethod] : refusals).map { status, text, headers in
            (
                status,
                Self.refusal(text, headers, #"{"application/json": {"schema": \#(AnswerSchema.named("Error").json)}}"#)
            )
        }
        let host = Self.refusal(
            "This host name is not allowed; add it to web.allowed_hosts.", "",
            #"{"text/plain": {"schema": \#(AnswerSchema.text.json)}}"#)
        return (described + [("421", host)]).sorted { $0.0 < $1.0 }
    }

    private static func refusal(_ text: String, _ headers: String, _ content: String) -> String {
        JSONText.object(
            [(key: "description", value: JSONText.quoted(text))]
                + (headers.isEmpty ? [] : [(key: "headers", value: headers)]) + [(key: "content", value: content)])
    }

    private static func header(_ name: String, _ schema: AnswerSchema, _ text: String) -> String {
        let described = JSONText.object([
            (key: "description", value: JSONText.quoted(text)), (key: "schema", value: schema.json),
        ])
        return JSONText.object([(key: name, value: described)])
    }
}

extension QuestionOperation.Parameter {
    /// The parameter as JSON.
    fileprivate var described: String {
        var members = [
            (key: "name", value: JSONText.quoted(name)),
            (key: "in", value: JSONText.quoted(isPath ? "path" : "query")),
            (key: "required", value: isPath || isRequired ? "true" : "false"),
            (key: "description", value: JSONText.quoted(text)),
            (key: "schema", value: schema.json),
        ]
        // A parameter without a value is one that is not stated.
        if !isPath, !isRequired { members.append((key: "allowEmptyValue", value: "true")) }
        return JSONText.object(members)
    }
}
