// SPDX-License-Identifier: Apache-2.0
import Notation

/// The schema of a JSON value, as OpenAPI 3.1 has it.
///
/// - SeeAlso: JSON Schema, draft 2020-12 (https://json-schema.org/draft/2020-12).
struct AnswerSchema: Sendable {
    /// A member of an object.
    struct Member: Sendable {
        let name: String
        /// What the value means, as a sentence.
        let text: String
        let schema: AnswerSchema
        /// Whether only some objects have it.
        var isOptional = false

        init(_ name: String, _ schema: AnswerSchema, _ text: String, isOptional: Bool = false) {
            (self.name, self.schema, self.text, self.isOptional) = (name, schema, text, isOptional)
        }
    }

    /// The names of the types; empty for a reference and for alternatives.
    private var types: [String] = []
    private var rest: [(key: String, value: String)] = []

    private init(_ type: String, _ rest: [(key: String, value: String)] = []) { (types, self.rest) = ([type], rest) }

    private init(_ rest: [(key: String, value: String)]) { self.rest = rest }

    // MARK: Values

    static let text = AnswerSchema("string")
    static let integer = AnswerSchema("integer")
    static let number = AnswerSchema("number")
    static let flag = AnswerSchema("boolean")
    static let null = AnswerSchema("null")
    /// Any object.
    static let object = AnswerSchema("object")
    /// A time as RFC 3339 writes it.
    static let moment = AnswerSchema("string", [("format", JSONText.quoted("date-time"))])
    /// US dollars as exact decimal text.
    static let money = matching("^-?[0-9]+(\\.[0-9]+)?$")

    /// A text that a pattern matches.
    static func matching(_ pattern: String) -> AnswerSchema {
        AnswerSchema("string", [("pattern", JSONText.quoted(pattern))])
    }

    /// One of some words.
    static func word(_ words: [String]) -> AnswerSchema {
        AnswerSchema("string", [("enum", JSONText.list(words.map(JSONText.quoted)))])
    }

    /// A whole number within bounds.
    static func integer(_ range: ClosedRange<Int>, usual: Int) -> AnswerSchema {
        AnswerSchema(
            "integer",
            [
                ("minimum", String(range.lowerBound)), ("maximum", String(range.upperBound)),
                ("default", String(usual)),
            ])
    }

    static func list(of element: AnswerSchema) -> AnswerSchema { AnswerSchema("array", [("items", element.json)]) }

    /// A schema of the document by its name.
    static func named(_ name: String) -> AnswerSchema {
        AnswerSchema([("$ref", JSONText.quoted("#/components/schemas/" + name))])
    }

    /// A value that fulfils at least one of some schemas.
    static func any(of schemas: [AnswerSchema]) -> AnswerSchema {
        AnswerSchema([("anyOf", JSONText.list(schemas.map(\.json)))])
    }

    /// An object.
    ///
    /// - Parameters:
    ///   - members: The members with fixed names.
    ///   - others: The members with any other name; `nil` if there are none.
    ///   - text: What they are.
    /// - Returns: The schema.
    static func object(_ members: [Member], others: AnswerSchema? = nil, _ text: String = "") -> AnswerSchema {
        var rest: [(key: String, value: String)] = []
        if !members.isEmpty {
            rest.append(("properties", JSONText.object(members.map { ($0.name, $0.schema.described($0.text).json) })))
            let required = members.filter { !$0.isOptional }.map { JSONText.quoted($0.name) }
            if !required.isEmpty { rest.append(("required", JSONText.list(required))) }
        }
        if let others { rest.append(("additionalProperties", others.described(text).json)) }
        return AnswerSchema("object", rest)
    }

    // MARK: Changes

    /// The value, or `null`.
    var orNull: AnswerSchema {
        guard !types.isEmpty else { return .any(of: [self, .null]) }
        var copy = self
        copy.types.append("null")
        return copy
    }

    /// The schema with a sentence about it.
    func described(_ text: String) -> AnswerSchema {
        guard !text.isEmpty else { return self }
        var copy = self
        copy.rest.append(("description", JSONText.quoted(text)))
        return copy
    }

    /// The schema as JSON.
    var json: String {
        let names = types.map(JSONText.quoted)
        let type = names.count == 1 ? names[0] : JSONText.list(names)
        return JSONText.object((names.isEmpty ? [] : [("type", type)]) + rest)
    }
}
