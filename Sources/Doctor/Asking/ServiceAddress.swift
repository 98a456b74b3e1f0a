// SPDX-License-Identifier: Apache-2.0

/// The address of a web listener: a host and a port.
package struct ServiceAddress: Sendable, Equatable, CustomStringConvertible {
    /// A host name or an IP address, without brackets.
    package let host: String
    /// From 1 to 65535.
    package let port: Int

    /// The port of the web listener if the settings name no other.
    package static let defaultPort = 9_464

    /// Reads an address.
    ///
    /// - Parameter text: `host`, `host:port`, `:port`, `[IPv6 address]:port`, or one of them behind `http://`.
    /// - Throws: ``AddressError`` for any other text, with what to write.
    package init(_ text: String) throws(AddressError) {
        func bad(_ reason: String) -> AddressError { AddressError(text: text, reason: reason) }
        var rest = text[...]
        if let scheme = rest.firstRange(of: "://") {
            guard rest[..<scheme.lowerBound].lowercased() == "http" else {
                throw bad("only http is spoken here; give the address of the service itself, behind its proxy")
            }
            rest = rest[scheme.upperBound...]
        }
        if rest.last == "/" { rest = rest.dropLast() }
        guard !rest.isEmpty else { throw bad("write host:port, such as 127.0.0.1:9464") }
        guard !rest.contains("/") else {
            throw bad("write host:port without a path; --web.telemetry-path names another path of the metrics")
        }
        guard rest.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !rest.contains("@") else {
            throw bad("write host:port, such as 127.0.0.1:9464, without spaces, names of users or letters beyond ASCII")
        }
        var host = rest
        var digits: Substring?
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { throw bad("the bracket is not closed; write [::1]:9464") }
            host = rest[rest.index(after: rest.startIndex)..<end]
            let behind = rest[rest.index(after: end)...]
            guard behind.isEmpty || behind.first == ":" else { throw bad("write [::1]:9464") }
            digits = behind.isEmpty ? nil : behind.dropFirst()
        } else if let colon = rest.firstIndex(of: ":") {
            guard rest.lastIndex(of: ":") == colon else {
                throw bad("an IPv6 address needs brackets; write [::1]:9464")
            }
            (host, digits) = (rest[..<colon], rest[rest.index(after: colon)...])
        }
        guard let port = Self.port(digits) else { throw bad("the port must be a number from 1 to 65535") }
        self.port = port
        self.host = host.isEmpty ? "127.0.0.1" : String(host)
    }

    private static func port(_ digits: Substring?) -> Int? {
        guard let digits else { return defaultPort }
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            (1...65_535).contains(port)
        else { return nil }
        return port
    }

    /// `host:port`, as in a `Host` header.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// A text that is no address of a service.
package struct AddressError: Error, CustomStringConvertible, Equatable {
    let text: String
    let reason: String

    package var description: String { "'\(text)' is not the address of a service: \(reason)" }
}
