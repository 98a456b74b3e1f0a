// SPDX-License-Identifier: Apache-2.0

/// Escapes text with backslashes.
enum EscapedText {
    /// Appends a label value; both formats have the same rules for it.
    static func append(labelValue text: String, to bytes: inout [UInt8]) {
        append(text, escapingQuotes: true, to: &bytes)
    }

    /// Appends text with backslashes and line feeds escaped, and optionally quotes.
    static func append(_ text: String, escapingQuotes: Bool, to bytes: inout [UInt8]) {
        let isPlain = text.utf8.allSatisfy {
            $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\"")
        }
        if isPlain {
            bytes += text.utf8
            return
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
            case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
            case UInt8(ascii: "\"") where escapingQuotes: bytes += #"\""#.utf8
            default: bytes.append(byte)
            }
        }
    }
}
