// SPDX-License-Identifier: Apache-2.0

/// An address to listen at, written `host:port`, `:port` (all interfaces) or `[::1]:port`.
///
/// Port 0 asks the system for any free port.
package struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// The host name or IP address without brackets; `nil` means all interfaces.
    package let host: String?
    /// The port, 0 to 65535.
    package let port: Int

    /// Reads an address from the text of a flag or setting.
    ///
    /// - Parameter text: `host:port`, `:port` or `[IPv6 address]:port`.
    /// - Throws: ``HTTPAPIError/badAddress(text:reason:)``, whose reason says what to write instead.
    package init(_ text: String) throws(HTTPAPIError) {
        func bad(_ reason: String) -> HTTPAPIError { .badAddress(text: text, reason: reason) }

        guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == UInt8(ascii: "/") }) else {
            throw bad("write only host:port, without a scheme, a path or spaces")
        }
        guard text.isEmpty || !text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw bad("the colon is missing; write 127.0.0.1:\(text), or :\(text) for all interfaces")
        }
        guard let colon = text.lastIndex(of: ":"), text.last != "]" else {
            throw bad("the port is missing; write host:port, or :port for all interfaces")
        }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            port <= 65535
        else { throw bad("the port '\(digits)' is not a number from 0 to 65535") }

        var host = text[..<colon]
        if host.first == "[" {
            guard host.last == "]", host.count > 2, host.contains(":") else {
                throw bad("brackets go around an IPv6 address, as in [::1]:4318")
            }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw bad("an IPv6 address needs brackets, as in [::1]:4318")
        }
        self.host = host.isEmpty ? nil : String(host)
        self.port = port
    }

    private init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Makes an address on this machine only, `127.0.0.1:port`.
    ///
    /// - Parameter port: 0 to 65535.
    /// - Returns: The address.
    package static func loopback(port: Int) -> ListenAddress { ListenAddress(host: "127.0.0.1", port: port) }

    /// Whether only this machine reaches the address.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host?.hasPrefix("127.") == true }

    /// The hosts to try in turn until one can be bound.
    ///
    /// All interfaces is the IPv6 wildcard, which takes IPv4 too, or the IPv4 one where the system knows no IPv6.
    var candidateHosts: [String] { host.map { [$0] } ?? ["::", "0.0.0.0"] }

    package var description: String { Self.text(host: host ?? "", port: port) }

    /// Writes host and port the way this type reads them.
    static func text(host: String, port: Int) -> String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
