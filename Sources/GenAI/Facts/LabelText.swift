// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// Reads texts of senders as label values, which must be one line.
package enum LabelText {
    /// A text of the body as the value of a label.
    ///
    /// White space at both ends is removed. Control characters (U+0000 to U+001F, U+007F to U+009F), U+2028, U+2029 and invalid
    /// UTF-8 become U+FFFD.
    ///
    /// - Parameters:
    ///   - range: The text.
    ///   - body: The bytes.
    /// - Returns: The value; empty for a text that has only white space and control characters.
    package static func read(_ range: ByteRange, in body: Span<UInt8>) -> String {
        let text = range.text(in: body)
        return isPlain(range, in: body) ? text : cleaned(text)
    }

    /// Whether a text is printable ASCII without white space at its ends, so that nothing of it changes.
    static func isPlain(_ range: ByteRange, in body: Span<UInt8>) -> Bool {
        guard range.length > 0 else { return true }
        let bytes = body.extracting(range.indices)
        var isPlain = bytes[0] != 0x20 && bytes[bytes.count - 1] != 0x20
        for index in bytes.indices where !(bytes[index] >= 0x20 && bytes[index] < 0x7F) { isPlain = false }
        return isPlain
    }

    private static func cleaned(_ text: String) -> String {
        let text = text.unicodeScalars
        guard let first = text.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = text.lastIndex(where: { !$0.properties.isWhitespace }),
            text.contains(where: { !$0.properties.isWhitespace && !isControl($0) })
        else { return "" }
        return withoutControls(text[first...last])
    }

    /// A text with U+FFFD in place of control characters.
    package static func withoutControls(_ text: some Sequence<Unicode.Scalar>) -> String {
        var kept = String.UnicodeScalarView()
        for scalar in text { kept.append(isControl(scalar) ? "\u{FFFD}" : scalar) }
        return String(kept)
    }

    /// Whether a character is a control character or a separator of lines or paragraphs.
    package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
