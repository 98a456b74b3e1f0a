// SPDX-License-Identifier: Apache-2.0
import Pricing

/// One JSON object, written member by member in the order in which they are added.
struct JSONLine {
    private var members: [String] = []

    /// The object.
    var text: String { "{\(members.joined(separator: ", "))}" }

    /// Adds a text; an absent one is `null`.
    mutating func add(_ key: String, _ text: String?) { addRaw(key, text.map(JSONText.quoted) ?? "null") }

    /// Adds a text that a span may have said; an empty one is `null`.
    mutating func add(_ key: String, said text: String) { add(key, text.isEmpty ? nil : text) }

    /// Adds a number.
    mutating func add(_ key: String, _ number: some BinaryInteger) { addRaw(key, String(number)) }

    /// Adds a truth value.
    mutating func add(_ key: String, _ flag: Bool) { addRaw(key, flag ? "true" : "false") }

    /// Adds an object.
    mutating func add(_ key: String, _ object: JSONLine) { addRaw(key, object.text) }

    /// Adds a list of objects.
    mutating func add(_ key: String, _ objects: [JSONLine]) { addRaw(key, JSONText.list(objects.map(\.text))) }

    /// Adds a list of texts.
    mutating func add(_ key: String, _ texts: [String]) { addRaw(key, JSONText.list(texts.map(JSONText.quoted))) }

    /// Adds a list of numbers.
    mutating func add(_ key: String, _ numbers: [Int]) { addRaw(key, JSONText.list(numbers.map(String.init))) }

    /// Adds a number that is decimal text already; an absent one is `null`.
    mutating func add(_ key: String, decimal: String?) { addRaw(key, decimal ?? "null") }

    private mutating func addRaw(_ key: String, _ json: String) { members.append("\(JSONText.quoted(key)): \(json)") }
}
