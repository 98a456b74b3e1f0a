// SPDX-License-Identifier: Apache-2.0

/// A body's encoding, arrival time and sender.
package struct BodyArrival: Sendable, Hashable {
    /// The body's encoding and compression.
    package var form: BodyForm
    /// The arrival time, in nanoseconds since 1970 (UTC); `nil` without a clock, as in a replay.
    package var nanoseconds: UInt64?
    /// The sender, as a hash of its IP address without the port; 0 without a sender, as in a replay.
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
