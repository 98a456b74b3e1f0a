// SPDX-License-Identifier: Apache-2.0
import NIOCore
import OTLP

/// Identifies senders by a salted hash of their IP address, so that the addresses themselves are not stored.
///
/// The port does not count: all connections of one host are one sender. An IPv4 address mapped into IPv6, as in
/// `::ffff:192.0.2.1`, counts as the IPv4 address.
struct PeerHash: Sendable {
    private let salt: UInt64

    /// - Parameter salt: A secret; random by default, so that hashes are valid only within this process.
    init(salt: UInt64 = .random(in: .min ... .max)) { self.salt = salt }

    /// The hash of a sender's address.
    ///
    /// - Parameter address: The remote address of a connection, if it has one.
    /// - Returns: The hash, never 0 for an IP address; 0 for any other address and for none.
    func hash(of address: SocketAddress?) -> UInt64 {
        // The offset of the address in Linux's `sockaddr_in` and `sockaddr_in6`: after family and port, in the latter also
        // after the flow label (ip(7), ipv6(7)).
        switch address {
        case .v4: address.map { hash($0, at: 4..<8) } ?? 0
        case .v6: address.map { hash($0, at: 8..<24) } ?? 0
        case .unixDomainSocket, nil: 0
        }
    }

    private func hash(_ address: SocketAddress, at place: Range<Int>) -> UInt64 {
        let bytes = unsafe address.withSockAddr { start, count in
            unsafe Array(UnsafeRawBufferPointer(start: start, count: count)[place])
        }
        // RFC 4291, section 2.5.5.2: ten bytes 0, two bytes 0xFF, then the IPv4 address.
        let isIPv4 = bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        let first = isIPv4 ? 12 : 0
        let hash = bytes.span.hash(at: first, length: bytes.count - first, salt: salt)
        return hash == 0 ? 1 : hash
    }
}
