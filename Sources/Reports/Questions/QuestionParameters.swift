// SPDX-License-Identifier: Apache-2.0
import Notation

/// The parameters of a question, by name, as a URL states them.
package struct QuestionParameters: Sendable {
    /// The values of each name in their order.
    private let values: [String: [String]]

    /// The longest query, in bytes: longer ones are refused before they are read.
    package static let longestQuery = 16_384

    /// Reads the query of a URL.
    ///
    /// - Parameters:
    ///   - query: What follows `?`, percent-encoded; `nil` for none.
    ///   - known: The names that the question has.
    /// - Throws: ``QuestionError`` for an unknown name, a name without `=`, a broken percent-encoding, or a query that is too long.
    package init(query: String?, known: [String]) throws(QuestionError) {
        guard let query, !query.isEmpty else {
            values = [:]
            return
        }
        guard query.utf8.count <= Self.longestQuery else {
            throw QuestionError(
                "query", "the query has more than \(Self.longestQuery) bytes; ask for less at a time",
                example: known.first.map { "\($0)=…" } ?? "")
        }
        var values: [String: [String]] = [:]
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), parts.count == 2,
                let value = Self.decoded(parts[1], allowsZero: Self.namesOfValues.contains(name))
            else {
                throw QuestionError(
                    String(parts[0]),
                    parts.count == 2
                        ? "the percent-encoding is not that of UTF-8 text" : "the parameter has no value; write =",
                    example: "from=now-7d")
            }
            guard known.contains(name) else { throw Self.unknown(name, known) }
            values[name, default: []].append(value)
        }
        self.values = values
    }

    /// The value of a parameter; `nil` for one that is not stated or empty.
    ///
    /// - Parameter name: The name.
    /// - Returns: The value.
    /// - Throws: ``QuestionError`` for a parameter that is stated twice.
    package func text(_ name: String) throws(QuestionError) -> String? {
        let all = values[name] ?? []
        guard all.count < 2 else {
            throw QuestionError(name, "the parameter is stated \(all.count) times; state it once", example: all[0])
        }
        return all.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The words of a list whose parameter may be stated more than once.
    ///
    /// - Parameter name: The name.
    /// - Returns: The words between commas, without spaces around them; none for a parameter that is not stated.
    package func words(_ name: String) -> [String] {
        (values[name] ?? []).flatMap { value in
            value.split(separator: ",").map { String($0.trimmed) }.filter { !$0.isEmpty }
        }
    }

    /// All values of a parameter, in their order.
    package func all(_ name: String) -> [String] { values[name] ?? [] }

    /// Writes a query that reads as these parameters.
    ///
    /// - Parameter parameters: Names and values in their order; a name may be there more than once.
    /// - Returns: The query of a URL, percent-encoded.
    package static func query(_ parameters: [(name: String, value: String)]) -> String {
        parameters.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = UnicodeScalar(byte)
            if scalar.isASCII, scalar.properties.isAlphabetic || (48...57).contains(byte) { return String(scalar) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    private static func unknown(_ name: String, _ known: [String]) -> QuestionError {
        let nearest = EditDistance.nearest(to: name, among: known, atMost: max(2, name.utf8.count / 3))
        let hint = nearest.map { "did you mean \($0)? " } ?? ""
        return QuestionError(
            name, "there is no such parameter; \(hint)choose from \(known.joined(separator: ", "))",
            example: "\(nearest ?? known.first ?? "")=…")
    }

    /// The parameters whose texts are compared with what senders wrote, and so may have the character 0.
    private static let namesOfValues = ["where", "prefix"]

    /// A text without its percent-encoding, in which `+` is a space.
    ///
    /// - Returns: The text; `nil` for one that is no UTF-8 text, or has the character 0 where that is not allowed.
    private static func decoded(_ text: Substring, allowsZero: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit),
                    allowsZero || high << 4 | low != 0
                else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// What a part of a path names, without percent-encoding; `nil` for one that is broken.
    package static func pathText(_ text: Substring) -> String? {
        decoded(
            Substring(text.split(separator: "+", omittingEmptySubsequences: false).joined(separator: "%2B")),
            allowsZero: true
        ).map(PathPart.name)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension StringProtocol {
    /// The text without spaces at its ends.
    var trimmed: SubSequence {
        guard let first = firstIndex(where: { $0 != " " }), let last = lastIndex(where: { $0 != " " }) else {
            return self[endIndex...]
        }
        return self[first...last]
    }
}
