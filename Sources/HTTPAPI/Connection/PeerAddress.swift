// SPDX-License-Identifier: Apache-2.0
import Glibc
import NIOCore

/// The part of a peer's IP address that identifies the peer.
///
/// This is the whole of an IPv4 address, also of one mapped into IPv6, and the first 64 bits of an IPv6 address, since one
/// host can use every address of its network.
struct PeerAddress: Hashable, Sendable {
    private var network: UInt64 = 0
    /// The length of the address in bits; 0 for the unknown one.
    private var bits = 0

    /// - Parameter address: The peer's address; a peer without an address, or no longer connected, is the unknown one.
    init(_ address: SocketAddress?) { self.init(text: address?.ipAddress ?? "") }

    /// - Parameter text: An IPv4 or IPv6 address.
    init(text: String) {
        var bytes = InlineArray<16, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        if unsafe span.withUnsafeMutableBytes({ unsafe inet_pton(AF_INET, text, $0.baseAddress) }) == 1 {
            (network, bits) = (Self.number(bytes, 0..<4), 32)
            return
        }
        span = bytes.mutableSpan
        guard unsafe span.withUnsafeMutableBytes({ unsafe inet_pton(AF_INET6, text, $0.baseAddress) }) == 1 else {
            return
        }
        if Self.number(bytes, 0..<8) == 0, Self.number(bytes, 8..<12) == 0xFFFF {
            (network, bits) = (Self.number(bytes, 12..<16), 32)
        } else {
            (network, bits) = (Self.number(bytes, 0..<8), 128)
        }
    }

    /// Some bytes as one number, the first being the highest.
    private static func number(_ bytes: InlineArray<16, UInt8>, _ range: Range<Int>) -> UInt64 {
        range.reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
    }
}
