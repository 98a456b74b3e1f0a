// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// Identifies senders by a salted hash of their IP address, so that the addresses themselves are not stored.
///
/// The port does not count: all connections of one ``PeerAddress`` are one sender.
struct PeerHash: Sendable {
    private let salt: UInt64

    /// - Parameter salt: A secret; random by default, so that hashes are valid only within this process.
    init(salt: UInt64 = .random(in: .min ... .max)) { self.salt = salt }

    /// The hash of a sender's address.
    ///
    /// - Parameter address: The remote address of a connection, if it has one.
    /// - Returns: The hash, never 0 for an IP address; 0 for any other address and for none.
    func hash(of address: SocketAddress?) -> UInt64 {
        let peer = PeerAddress(address)
        guard peer != PeerAddress(nil) else { return 0 }
        var hasher = Hasher()
        hasher.combine(salt)
        hasher.combine(peer)
        let hash = UInt64(bitPattern: Int64(hasher.finalize()))
        return hash == 0 ? 1 : hash
    }
}
