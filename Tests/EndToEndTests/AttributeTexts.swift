// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The texts of a body's attributes that no explanation may show, found by Foundation in the body as JSON.
enum AttributeTexts {
    /// Texts that are longer than any name, or that somebody wrote: with blanks, and more than a few words.
    ///
    /// - Parameter body: An OTLP/JSON request.
    /// - Returns: The texts, split at line ends; those within texts that are JSON themselves as well.
    /// - Throws: When the body is no JSON.
    static func written(in body: [UInt8]) throws -> Set<String> {
        var found: Set<String> = []
        collect(try JSONSerialization.jsonObject(with: Data(body)), isValue: false, into: &found)
        return found
    }

    private static func collect(_ value: Any, isValue: Bool, into found: inout Set<String>) {
        switch value {
        case let list as [Any]:
            for item in list { collect(item, isValue: isValue, into: &found) }
        case let object as [String: Any]:
            for (key, item) in object { collect(item, isValue: isValue || key == "stringValue", into: &found) }
        case let text as String where isValue:
            for line in text.split(whereSeparator: \.isNewline).map(String.init) {
                if line.count > 60 || (line.count > 20 && line.contains(" ")) { found.insert(line) }
            }
            if let inner = try? JSONSerialization.jsonObject(with: Data(text.utf8)) {
                collect(inner, isValue: true, into: &found)
            }
        default: break
        }
    }
}
