// SPDX-License-Identifier: Apache-2.0

/// The samples of a Prometheus text exposition, read in the plainest way.
///
/// This is no validator: `promtool check metrics` and `prometheus_client` judge the form.
package struct Exposition: Sendable {
    /// One line with a value.
    package struct Sample: Sendable {
        package var name: String
        package var labels: [String: String]
        package var value: Double
    }

    package var samples: [Sample]

    /// Reads an exposition.
    ///
    /// - Parameter text: Text format 0.0.4 or OpenMetrics.
    package init(_ text: String) {
        samples = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap(Self.read)
    }

    /// Adds up the samples of a name.
    ///
    /// - Parameters:
    ///   - name: The sample's name.
    ///   - matches: Says by its labels whether a sample takes part.
    /// - Returns: The sum; 0 when there is none.
    package func sum(_ name: String, where matches: ([String: String]) -> Bool = { _ in true }) -> Double {
        samples.reduce(0) { $1.name == name && matches($1.labels) ? $0 + $1.value : $0 }
    }

    /// The values that a label has in the samples of a name.
    ///
    /// - Parameters:
    ///   - label: The label.
    ///   - name: The sample's name.
    /// - Returns: The values of those samples that are not 0.
    package func values(of label: String, in name: String) -> Set<String> {
        Set(samples.filter { $0.name == name && $0.value != 0 }.compactMap { $0.labels[label] })
    }

    private static func read(_ line: Substring) -> Sample? {
        let nameEnd = line.firstIndex { $0 == "{" || $0 == " " } ?? line.endIndex
        var rest = line[nameEnd...]
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest = rest.dropFirst()
            while let first = rest.first, first != "}" {
                guard let equals = rest.firstIndex(of: "=") else { return nil }
                let label = String(rest[..<equals])
                rest = rest[equals...].dropFirst(2)
                labels[label] = readQuoted(&rest)
                if rest.first == "," { rest = rest.dropFirst() }
            }
            rest = rest.dropFirst()
        }
        guard let value = rest.split(separator: " ").first.flatMap({ Double($0) }) else { return nil }
        return Sample(name: String(line[..<nameEnd]), labels: labels, value: value)
    }

    /// Reads up to and over the closing quote.
    private static func readQuoted(_ rest: inout Substring) -> String {
        var text = ""
        while let character = rest.popFirst(), character != "\"" {
            guard character == "\\", let escaped = rest.popFirst() else {
                text.append(character)
                continue
            }
            text.append(escaped == "n" ? "\n" : escaped)
        }
        return text
    }
}
