// SPDX-License-Identifier: Apache-2.0

/// Recognises addresses at which no vendor serves models: the machine itself, private networks, and names that are known only
/// there.
///
/// - SeeAlso: RFC 1918, RFC 4193, RFC 6598 and RFC 3927 (private addresses), RFC 6761 and RFC 6762 (`localhost`, `.local`), the
///   names that Kubernetes gives to services (`.svc`, `.cluster.local`), ICANN's `.internal`.
enum PrivateHosts {
    /// Whether a host is private.
    ///
    /// - Parameter host: The host in lower case, with or without scheme, port and path; empty when unknown.
    /// - Returns: Whether it is; `false` for an unknown host.
    static func hold(_ host: String) -> Bool {
        var name = host[...]
        if let scheme = name.utf8.firstRange(of: "://") { name = name[scheme.upperBound...] }
        name = name.prefix { $0 != "/" && $0 != "?" }
        if name.first == "[" {
            name = name.dropFirst().prefix { $0 != "]" }
        } else if name.utf8.filter({ $0 == UInt8(ascii: ":") }).count == 1 {
            name = name.prefix { $0 != ":" }
        }
        if name.last == "." { name = name.dropLast() }
        guard !name.isEmpty else { return false }
        if name.utf8.contains(UInt8(ascii: ":")) { return isPrivateIPv6(name) }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { UInt8($0) }
        if parts.count == 4, numbers.count == 4 { return isPrivateIPv4(numbers) }
        // A name without points is that of a private network.
        return parts.count == 1 || endings.contains(String(parts[parts.count - 1])) || name.hasSuffix(".home.arpa")
    }

    private static let endings: Set<String> = [
        "corp", "docker", "home", "internal", "intranet", "lan", "local", "localdomain", "localhost", "private", "svc",
    ]

    private static func isPrivateIPv4(_ numbers: [UInt8]) -> Bool {
        switch (numbers[0], numbers[1]) {
        case (0, _), (10, _), (127, _), (169, 254), (172, 16...31), (192, 168), (100, 64...127): true
        default: false
        }
    }

    private static func isPrivateIPv6(_ name: Substring) -> Bool {
        if name == "::1" || name == "::" { return true }
        if name.hasPrefix("::ffff:") {
            let numbers = name.dropFirst("::ffff:".utf8.count).split(separator: ".").compactMap { UInt8($0) }
            return numbers.count == 4 && isPrivateIPv4(numbers)
        }
        return ["fc", "fd", "fe8", "fe9", "fea", "feb"].contains { name.hasPrefix($0) }
    }
}
