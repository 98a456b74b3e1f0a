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
}
