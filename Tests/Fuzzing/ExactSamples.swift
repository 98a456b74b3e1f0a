// SPDX-License-Identifier: Apache-2.0

/// The samples of a page of metrics as exact integers of 1e-15.
struct ExactSamples {
    /// By family, the labels as they stand in the line and the value.
    private var samples: [Substring: [(labels: Substring, value: Int128)]] = [:]

    /// Reads Prometheus text.
    init(_ text: String) {
        for line in text.split(separator: "\n") where line.first != "#" {
            guard let space = line.lastIndex(of: " "), let value = Self.exact(line[line.index(after: space)...]) else {
                continue
            }
            let brace = line.firstIndex(of: "{") ?? space
            samples[line[..<brace], default: []].append((line[brace..<space], value))
        }
    }

    /// The sum of a family's samples.
    ///
    /// - Parameters:
    ///   - family: The name of the samples.
    ///   - label: A label with its value, such as `outcome="counted"`, that they must have.
    /// - Returns: The sum times 1e15.
    func sum(_ family: String, _ label: String = "") -> Int128 {
        (samples[Substring(family)] ?? []).reduce(0) { sum, sample in
            label.isEmpty || sample.labels.contains(label) ? sum &+ sample.value : sum
        }
    }

    /// The sums of a family's samples by their labels without one of them.
    func sums(_ family: String, without label: String) -> [String: Int128] {
        var sums: [String: Int128] = [:]
        for (labels, value) in samples[Substring(family)] ?? [] {
            var rest = String(labels)
            // Our own words have no quotes, and the label is never the first one.
            if let start = rest.firstRange(of: ",\(label)=\""), let end = rest[start.upperBound...].firstIndex(of: "\"")
            {
                rest.removeSubrange(start.lowerBound...end)
            }
            sums[rest, default: 0] &+= value
        }
        return sums
    }

    /// A decimal number times 1e15; `nil` for infinity and the like.
    private static func exact(_ text: Substring) -> Int128? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = Int128(parts[0]) else { return nil }
        let fraction = parts.count == 2 ? parts[1].prefix(15) : ""
        guard let rest = Int128(fraction + String(repeating: "0", count: 15 - fraction.count)) else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000_000_000)
        return overflow ? nil : whole < 0 || text.first == "-" ? product - rest : product + rest
    }
}
