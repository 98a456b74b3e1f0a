// SPDX-License-Identifier: Apache-2.0

/// The rules for names of metrics and labels.
///
/// - SeeAlso: Prometheus, "Data model", metric names and labels; OpenMetrics 1.0, section "ABNF".
package enum MetricNames {
    /// Whether a text is a name for our families: ASCII letters, digits and `_`, not beginning with a digit.
    ///
    /// Colons are legal, too; recording rules use them.
    package static func isFamilyName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !isDigit(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }

    /// Whether a text is a name for a label: like a metric, except `__…` (for Prometheus itself), `le` and `quantile` (for the
    /// formats).
    package static func isLabelName(_ text: String) -> Bool {
        isFamilyName(text) && !text.hasPrefix("__") && text != "le" && text != "quantile"
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        let lowercase = byte | 0x20
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercase) || byte == UInt8(ascii: "_")
    }
}
