// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The host names under which pages and `/api/` answer.
///
/// The owner of a website can point a name of its own at this machine and then read what a browser gets from it. Only the
/// header `Host` shows that; no one can point an IP address or `localhost` elsewhere.
struct AllowedHosts: Sendable {
    private let names: Set<String>

    /// - Parameter names: Names of the settings.
    init(_ names: [String]) {
        self.names = Set(names.map { Self.key($0[...]) } + ["localhost"])
    }

    /// Whether a request gets a page.
    ///
    /// - Parameter authority: The header `Host`, with or without a port; `nil` or empty without one, as browsers never send it.
    /// - Returns: `false` for a name that neither the settings have nor `localhost` is.
    func contain(_ authority: String?) -> Bool {
        guard let authority, !authority.isEmpty else { return true }
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return false }
            let address = authority[..<end].dropFirst()
            return Self.isAddress(address, AF_INET6) && Self.isPort(authority[end...].dropFirst())
        }
        // Some clients leave the brackets out.
        if Self.isAddress(authority[...], AF_INET6) { return true }
        let host = authority.prefix { $0 != ":" }
        guard Self.isPort(authority[host.endIndex...]) else { return false }
        let key = Self.key(host)
        return names.contains(key) || Self.isAddress(key[...], AF_INET)
    }

    /// Whether the rest of an authority, behind its host, is empty or `:` and digits.
    private static func isPort(_ rest: Substring) -> Bool {
        rest.isEmpty || rest.first == ":" && rest.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Whether a text of the settings is a name.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D || byte == 0x2E
                    || byte == 0x5F
            }
    }

    /// A name in lower case, without the dot that may end it.
    private static func key(_ name: Substring) -> String {
        let name = name.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }

    private static func isAddress(_ host: Substring, _ family: Int32) -> Bool {
        var bytes = InlineArray<16, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        return unsafe span.withUnsafeMutableBytes { bytes in
            unsafe inet_pton(family, String(host), bytes.baseAddress) == 1
        }
    }
}
