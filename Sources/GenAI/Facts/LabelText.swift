// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// Texts of senders as values of labels: pages and logs are read line by line.
package enum LabelText {
    /// The text at a place as the value of a label.
    ///
    /// White space at its ends is left out. A control character (U+0000 to U+001F, U+007F to U+009F), U+2028 and U+2029 each
    /// become U+FFFD, and so do bytes that are not UTF-8.
    ///
    /// - Parameters:
    ///   - place: The text.
    ///   - body: The bytes.
    /// - Returns: The value; empty for a text that has only white space and control characters.
    package static func read(_ place: ByteRange, in body: Span<UInt8>) -> String {
        let text = place.text(in: body)
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return isPlain ? text : cleaned(text)
    }

    private static func cleaned(_ text: String) -> String {
        let text = text.unicodeScalars
        guard let first = text.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = text.lastIndex(where: { !$0.properties.isWhitespace }),
            text.contains(where: { !$0.properties.isWhitespace && !isControl($0) })
        else { return "" }
        var cleaned = String.UnicodeScalarView()
        for scalar in text[first...last] { cleaned.append(isControl(scalar) ? "\u{FFFD}" : scalar) }
        return String(cleaned)
    }

    /// Whether a character is a control character or a separator of lines or paragraphs.
    package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
