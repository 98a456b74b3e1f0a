// SPDX-License-Identifier: Apache-2.0

/// What is known of a body besides its bytes: how it is written, when it came and who sent it.
package struct BodyArrival: Sendable, Hashable {
    /// How the body is written and compressed.
    package var form: BodyForm
    /// When the body came, in nanoseconds since 1970 (UTC); `nil` where there is no clock, as in a replay.
    package var nanoseconds: UInt64?
    /// The sender, as a hash of its IP address without the port; 0 where there is no sender, as in a replay.
    ///
    /// The hash has a secret salt of the process: equal addresses have equal hashes while the process lives, and no
    /// sender can choose an address that collides with another sender's.
    package var peer: UInt64

    package init(form: BodyForm = BodyForm(), nanoseconds: UInt64? = nil, peer: UInt64 = 0) {
        self.form = form
        self.nanoseconds = nanoseconds
        self.peer = peer
    }
}
