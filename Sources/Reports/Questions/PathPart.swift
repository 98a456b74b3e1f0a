// SPDX-License-Identifier: Apache-2.0

/// The names of sessions and models as parts of paths.
///
/// Browsers, curl and proxies remove the parts `.` and `..` from a path, also percent-encoded, and go up. So a name of one or two
/// dots has a tilde before it, and so has one that already looks like that.
///
/// - SeeAlso: RFC 3986, section 5.2.4; URL Standard, "double-dot URL path segment".
package enum PathPart {
    /// The part for a name, before it is percent-encoded.
    package static func part(of name: String) -> String { isDots(name) ? "~" + name : name }

    /// The name that a part means, after percent-decoding.
    static func name(of part: String) -> String {
        part.utf8.first == UInt8(ascii: "~") && isDots(part) ? String(part.dropFirst()) : part
    }

    /// Whether a text is one or two dots behind any number of tildes.
    private static func isDots(_ text: String) -> Bool {
        let dots = text.utf8.drop { $0 == UInt8(ascii: "~") }
        return (1...2).contains(dots.count) && dots.allSatisfy { $0 == UInt8(ascii: ".") }
    }
}
