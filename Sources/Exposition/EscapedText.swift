// SPDX-License-Identifier: Apache-2.0

/// Text with a backslash before what would end it.
enum EscapedText {
    /// A label value, alike in both formats.
    static func append(labelValue text: String, to bytes: inout [UInt8]) {
        append(text, escapingQuotes: true, to: &bytes)
    }

    /// Appends text with backslashes and line feeds escaped, and quotes if asked to.
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
