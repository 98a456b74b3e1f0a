// SPDX-License-Identifier: Apache-2.0

/// Writes JSON whose numbers are decimal text already, so that money never passes through floating point.
package enum JSONText {
    /// A text as a JSON string, which is a YAML string too.
    ///
    /// - Returns: The text in quotes. Escapes replace quotes, backslashes, control characters, and the characters at which
    ///   YAML, unlike JSON, ends a line; terminals would obey control characters.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{00}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// A JSON object.
    ///
    /// - Parameter members: The names as text, and the values as JSON.
    /// - Returns: The object, with its members in the given order.
    package static func object(_ members: [(key: String, value: String)]) -> String {
        "{" + members.map { "\(quoted($0.key)): \($0.value)" }.joined(separator: ", ") + "}"
    }

    /// A JSON list.
    ///
    /// - Parameter values: The elements as JSON.
    /// - Returns: The list.
    package static func list(_ values: [String]) -> String { "[" + values.joined(separator: ", ") + "]" }
}
