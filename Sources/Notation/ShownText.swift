// SPDX-License-Identifier: Apache-2.0

/// Texts of senders, in a form that may be shown.
package enum ShownText {
    /// A text without what a terminal or an editor would obey instead of showing.
    ///
    /// - Parameter text: Any text.
    /// - Returns: The text, with U+FFFD in place of control characters, of those that change the direction of writing or have no
    ///   width, and of line ends.
    package static func plain(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A text with escapes such as `\u001B` and `\n` in place of what a terminal or an editor would obey instead of showing.
    ///
    /// For messages about a text, which shall show what is wrong with it.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - keepsLines: Whether line feeds stay.
    /// - Returns: The text, without control characters, those that change the direction of writing or have no width, and other
    ///   line ends.
    package static func escaped(_ text: String, keepsLines: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                result += keepsLines && scalar == "\n" ? "\n" : escape(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default:
            let digits = String(scalar.value, radix: 16, uppercase: true)
            let (letter, width) = digits.utf8.count > 4 ? ("U", 8) : ("u", 4)
            return "\\\(letter)" + String(repeating: "0", count: width - digits.utf8.count) + digits
        }
    }
}
