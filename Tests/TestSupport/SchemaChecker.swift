// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A JSON value in which booleans, integers and other numbers stay apart, as in schemas.
package indirect enum JSONValue: Decodable, Equatable {
    case null
    case flag(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Int64.self) {
            self = .integer(number)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    /// Reads JSON.
    package static func read(_ text: String) throws -> JSONValue {
        try JSONDecoder().decode(Self.self, from: Data(text.utf8))
    }

    package subscript(name: String) -> JSONValue? { if case .object(let members) = self { members[name] } else { nil } }

    package var text: String? { if case .text(let text) = self { text } else { nil } }
    package var list: [JSONValue] { if case .list(let list) = self { list } else { [] } }
    package var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }
    /// The texts of a list, or the text alone.
    package var words: [String] { text.map { [$0] } ?? list.compactMap(\.text) }

    /// The names of the types of JSON Schema that the value has.
    fileprivate var types: Set<String> {
        switch self {
        case .null: ["null"]
        case .flag: ["boolean"]
        case .integer: ["integer", "number"]
        case .number: ["number"]
        case .text: ["string"]
        case .list: ["array"]
        case .object: ["object"]
        }
    }
}

/// Compares values with the schemas of the description, stricter than JSON Schema: a member that no schema names is a mistake.
package struct SchemaChecker {
    private let schemas: [String: JSONValue]

    /// - Parameter document: The description.
    package init(_ document: JSONValue) { schemas = document["components"]?["schemas"]?.members ?? [:] }

    /// What is wrong with a value.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - schema: Its schema.
    ///   - path: Where the value is.
    /// - Returns: A sentence for each mistake.
    package func mistakes(_ value: JSONValue, _ schema: JSONValue, at path: String = "answer") -> [String] {
        if let name = schema["$ref"]?.text?.split(separator: "/").last {
            guard let named = schemas[String(name)] else { return ["there is no schema \(name)"] }
            return mistakes(value, named, at: "\(path) (\(name))")
        }
        if let any = schema["anyOf"]?.list {
            let all = any.map { mistakes(value, $0, at: path) }
            return all.contains([]) ? [] : all.flatMap(\.self)
        }
        let types = schema["type"]?.words ?? []
        guard !types.isEmpty else { return ["\(path) has a schema without a type"] }
        guard !value.types.isDisjoint(with: types) else { return ["\(path) is \(value), not of type \(types)"] }
        switch value {
        case .text(let text): return textMistakes(text, schema, path)
        case .list(let list):
            guard let element = schema["items"] else { return ["\(path) has a list of anything"] }
            return list.enumerated().flatMap { mistakes($1, element, at: "\(path)[\($0)]") }
        case .object(let members): return memberMistakes(members, schema, path)
        case .null, .flag, .integer, .number: return []
        }
    }

    private func textMistakes(_ text: String, _ schema: JSONValue, _ path: String) -> [String] {
        if let words = schema["enum"]?.words, !words.contains(text) {
            return ["\(path) is '\(text)', none of \(words)"]
        }
        let moment = #"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$"#
        let format = schema["format"]?.text.map { $0 == "date-time" ? moment : "^$" }
        for pattern in [schema["pattern"]?.text, format].compactMap(\.self)
        where text.range(of: pattern, options: .regularExpression) == nil {
            return ["\(path) is '\(text)', which does not fit \(pattern)"]
        }
        return []
    }

    private func memberMistakes(_ members: [String: JSONValue], _ schema: JSONValue, _ path: String) -> [String] {
        let (known, others) = (schema["properties"]?.members ?? [:], schema["additionalProperties"])
        // An object of which nothing is said may have anything in it.
        guard !known.isEmpty || others != nil else { return [] }
        var found = (schema["required"]?.words ?? []).filter { members[$0] == nil }.map { "\(path) lacks \($0)" }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            guard let schema = known[name] ?? others else {
                found.append("\(path) has \(name), which is not described")
                continue
            }
            found += mistakes(value, schema, at: "\(path).\(name)")
        }
        return found
    }
}
