// SPDX-License-Identifier: Apache-2.0

/// The samples of a page in Prometheus's text format.
package struct MetricsText: Sendable {
    /// One sample.
    package struct Sample: Sendable, Equatable {
        package let labels: [String: String]
        /// The value as written, exact where it is dollars.
        package let text: String

        /// The value; 0 for one that is no number.
        package var value: Double { Double(text) ?? 0 }
    }

    private var families: [String: [Sample]] = [:]

    /// Reads a page; lines that are not understood are left out.
    ///
    /// - Parameters:
    ///   - page: The text.
    ///   - isWanted: Whether the samples of a name are kept.
    package init(_ page: String, keeping isWanted: (Substring) -> Bool = { _ in true }) {
        // Line by line as bytes: a page may have a million of them.
        for line in page.utf8.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
            let name = Substring(line.prefix { $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: " ") })
            guard isWanted(name), let sample = Self.sample(Substring(line).dropFirst(name.count)) else { continue }
            families[String(name), default: []].append(sample)
        }
    }

    /// The samples of a name; none for a name that the page does not have.
    package subscript(name: String) -> [Sample] { families[name] ?? [] }

    /// Whether the page has a sample of a name.
    package func has(_ name: String) -> Bool { families[name] != nil }

    /// The sum of the samples of a name.
    ///
    /// - Parameters:
    ///   - name: The name of the samples.
    ///   - isMeant: Selects samples by their labels.
    /// - Returns: The sum; 0 for a name that the page does not have.
    package func sum(_ name: String, where isMeant: ([String: String]) -> Bool = { _ in true }) -> Double {
        self[name].reduce(0) { isMeant($1.labels) ? $0 + $1.value : $0 }
    }

    /// Reads what is behind a name: labels in braces, if there are any, and the value.
    private static func sample(_ rest: Substring) -> Sample? {
        var (rest, labels) = (rest, [String: String]())
        if rest.first == "{" {
            rest.removeFirst()
            while let first = rest.first, first != "}" {
                let name = rest.prefix { $0 != "=" }
                rest = rest.dropFirst(name.count + 1)
                guard rest.popFirst() == "\"" else { return nil }
                var value = ""
                while let character = rest.popFirst(), character != "\"" {
                    guard character == "\\" else {
                        value.append(character)
                        continue
                    }
                    let escaped = rest.popFirst()
                    value.append(escaped == "n" ? "\n" : escaped ?? "\\")
                }
                labels[String(name)] = value
                if rest.first == "," { rest.removeFirst() }
            }
            guard rest.popFirst() == "}" else { return nil }
        }
        let value = rest.drop { $0 == " " }.prefix { $0 != " " }
        return value.isEmpty ? nil : Sample(labels: labels, text: String(value))
    }
}
