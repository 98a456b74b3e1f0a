// SPDX-License-Identifier: Apache-2.0

/// Reads the headers `Accept` and `Accept-Encoding`.
///
/// - SeeAlso: RFC 9110, sections 12.4.2 (weights), 12.5.1 (`Accept`) and 12.5.3 (`Accept-Encoding`).
package enum AcceptHeader {
    /// One alternative of a header: a value, its parameters and its weight.
    struct Element {
        /// A media range or a coding, in lower case.
        var value: String
        /// Names in lower case, without `q`.
        var parameters: [(name: String, value: String)] = []
        /// The weight in thousandths, 0 to 1000; 0 for a malformed weight.
        var weight = 1_000

        func parameter(_ name: String) -> String? { parameters.first { $0.name == name }?.value }
    }

    /// Whether a client can read a gzipped answer.
    ///
    /// - Parameter acceptEncoding: The value of the `Accept-Encoding` header, several joined by commas; `nil` without one.
    /// - Returns: Whether the header names gzip, or everything, with a weight above 0; `false` without a header.
    package static func acceptsGzip(acceptEncoding: String?) -> Bool {
        guard let acceptEncoding else { return false }
        let codings = elements(of: acceptEncoding)
        let named = codings.filter { $0.value == "gzip" || $0.value == "x-gzip" }
        let relevant = named.isEmpty ? codings.filter { $0.value == "*" } : named
        return relevant.contains { $0.weight > 0 }
    }

    /// The alternatives of a header, in their order, without empty ones.
    static func elements(of header: String) -> [Element] {
        split(header, at: ",").compactMap { text in
            let parts = split(text, at: ";").map(trimmed)
            guard let value = parts.first, !value.isEmpty else { return nil }
            var element = Element(value: value.lowercased())
            for part in parts.dropFirst() {
                let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard pair.count == 2 else { continue }
                let name = trimmed(pair[0]).lowercased()
                if name == "q" {
                    element.weight = weight(trimmed(pair[1])) ?? 0
                } else {
                    element.parameters.append((name, unquoted(trimmed(pair[1]))))
                }
            }
            return element
        }
    }

    /// Reads a weight such as `0.75` as thousandths.
    ///
    /// - Returns: `nil` for anything but 0 to 1 with at most three decimals.
    private static func weight(_ text: Substring) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, whole == "0" || whole == "1" else { return nil }
        let decimals = parts.count == 2 ? parts[1] : ""
        guard decimals.utf8.count <= 3, decimals.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let padded = decimals + String(repeating: "0", count: 3 - decimals.utf8.count)
        guard let thousandths = Int(whole + padded), thousandths <= 1_000 else { return nil }
        return thousandths
    }

    /// Splits a text at separators outside quoted strings.
    private static func split(_ text: some StringProtocol, at separator: Character) -> [Substring] {
        var isQuoted = false
        var isEscaped = false
        return Substring(text).split(omittingEmptySubsequences: false) { character in
            defer { isEscaped = isQuoted && character == "\\" && !isEscaped }
            if character == "\"" && !isEscaped { isQuoted.toggle() }
            return character == separator && !isQuoted
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let start = text.firstIndex(where: { !isSpace($0) }), let end = text.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return text[start...end]
    }

    private static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return String(text) }
        return String(text.dropFirst().dropLast())
    }
}
