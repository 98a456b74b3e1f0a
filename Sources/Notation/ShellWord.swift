// SPDX-License-Identifier: Apache-2.0

/// Words of a shell's command line: senders choose some of them, and people copy the lines.
package enum ShellWord {
    /// A text as one word.
    ///
    /// - Parameter text: Any text.
    /// - Returns: The text; in quotes if it has other characters than letters, digits and some signs.
    package static func quoted(_ text: String) -> String {
        guard text.isEmpty || !text.utf8.allSatisfy(isPlain) else { return text }
        let isShown = ShownText.escaped(text) == text
        var word = ""
        // Not by characters: a quote and an accent that follows it are one.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'": word += isShown ? "'\\''" : "\\x27"
            case "\\" where !isShown: word += "\\\\"
            default: word.unicodeScalars.append(scalar)
            }
        }
        // Bash reads the escapes. No quote is left between the outer ones, so other shells take it for one word as well.
        return isShown ? "'\(word)'" : "$'\(ShownText.escaped(word))'"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_./:=,@%+-".utf8.contains(byte)
        }
    }
}
