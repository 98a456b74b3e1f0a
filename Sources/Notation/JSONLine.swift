// SPDX-License-Identifier: Apache-2.0

/// A JSON object on one line; its members have the order in which they are added.
package struct JSONLine {
    private var members: [(key: String, value: String)] = []

    /// Makes an object without members.
    package init() {}

    /// Makes an object of texts, in their order.
    package init(_ texts: [(String, String)]) {
        for (key, text) in texts { add(key, text) }
    }

    /// The object as JSON.
    package var text: String { JSONText.object(members) }

    /// Adds a text, or `null` for `nil`.
    package mutating func add(_ key: String, _ text: String?) { add(key, json: text.map(JSONText.quoted) ?? "null") }

    /// Adds a text that a span may state, or `null` for an empty one.
    package mutating func add(_ key: String, said text: String) { add(key, text.isEmpty ? nil : text) }

    /// Adds a whole number.
    package mutating func add(_ key: String, _ number: some BinaryInteger) { add(key, json: String(number)) }

    /// Adds a truth value.
    package mutating func add(_ key: String, _ flag: Bool) { add(key, json: flag ? "true" : "false") }

    /// Adds an object.
    package mutating func add(_ key: String, _ object: JSONLine) { add(key, json: object.text) }

    /// Adds a list of objects.
    package mutating func add(_ key: String, _ objects: [JSONLine]) {
        add(key, json: JSONText.list(objects.map(\.text)))
    }

    /// Adds a list of texts.
    package mutating func add(_ key: String, _ texts: [String]) {
        add(key, json: JSONText.list(texts.map(JSONText.quoted)))
    }

    /// Adds a list of whole numbers.
    package mutating func add(_ key: String, _ numbers: [Int]) {
        add(key, json: JSONText.list(numbers.map(String.init)))
    }

    /// Adds a number that is decimal text already, or `null` for `nil`.
    package mutating func add(_ key: String, decimal: String?) { add(key, json: decimal ?? "null") }

    private mutating func add(_ key: String, json: String) { members.append((key, json)) }
}
