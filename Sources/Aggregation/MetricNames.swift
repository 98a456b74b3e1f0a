// SPDX-License-Identifier: Apache-2.0

/// Which names metrics and labels may have.
///
/// - SeeAlso: Prometheus, "Data model", metric names and labels; OpenMetrics 1.0, section "ABNF".
package enum MetricNames {
    /// Whether a text can name a metric that we expose: letters, digits and `_`, no digit first.
    ///
    /// Colons are legal too, but belong to recording rules.
    package static func isFamilyName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !isDigit(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }

    /// Whether a text can name a label: like a metric, but not `__…` (Prometheus' own), `le` or `quantile` (the
    /// formats' own).
    package static func isLabelName(_ text: String) -> Bool {
        isFamilyName(text) && !text.hasPrefix("__") && text != "le" && text != "quantile"
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        let lowercase = byte | 0x20
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercase) || byte == UInt8(ascii: "_")
    }
}
