// SPDX-License-Identifier: Apache-2.0

/// Text that senders and readers choose, as HTML.
package enum HTMLText {
    /// Text as HTML, in elements and attributes.
    ///
    /// It goes by the scalars of Unicode: a quotation mark with an accent is one character in Swift, and still ends an attribute.
    ///
    /// - Parameter text: Any text.
    /// - Returns: HTML.
    package static func escaped(_ text: String) -> String {
        var html = ""
        html.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            // Control characters are no part of HTML.
            case "\u{0}"..."\u{8}", "\u{B}"..."\u{1F}", "\u{7F}"..."\u{9F}": html += "\u{FFFD}"
            default: html.unicodeScalars.append(scalar)
            }
        }
        return html
    }

    /// A text as a part of a path or as a value of a query, percent-encoded.
    ///
    /// - Parameter text: Any text.
    /// - Returns: Letters, digits, `-`, `.`, `_`, `~` and percent-encoded bytes, which need no further escaping in HTML.
    package static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
