// SPDX-License-Identifier: Apache-2.0

/// What the service knows of a body once the headers of its request have arrived.
package struct BodyArrival: Sendable, Hashable {
    /// The kind of telemetry in the body; the path of the request names it.
    package var signal: TelemetrySignal
    /// The body's encoding and compression.
    package var form: BodyForm
    /// The arrival time, in nanoseconds since 1970 (UTC); `nil` without a clock, as in a replay.
    package var nanoseconds: UInt64?
    /// The sender, as a hash of its IP address without the port; 0 without a sender, as in a replay.
    ///
    /// The hash has a secret salt of the process: equal addresses have equal hashes while the process lives, and no
    /// sender can choose an address that collides with another sender's.
    package var peer: UInt64
    /// The name of the sender that proved who it is; `nil` where the listener asks for no proof.
    package var authenticatedSender: String?

    package init(
        signal: TelemetrySignal = .traces, form: BodyForm = BodyForm(), nanoseconds: UInt64? = nil, peer: UInt64 = 0,
        authenticatedSender: String? = nil
    ) {
        self.signal = signal
        self.form = form
        self.nanoseconds = nanoseconds
        self.peer = peer
        self.authenticatedSender = authenticatedSender
    }
}

/// A kind of telemetry of OTLP.
///
/// - SeeAlso: OTLP specification 1.9.0, OTLP/HTTP request (https://opentelemetry.io/docs/specs/otlp/#otlphttp-request).
package enum TelemetrySignal: Sendable, Hashable {
    /// `POST /v1/traces`.
    case traces
    /// `POST /`, which names no signal: metrics or logs, if no span in the body has ids.
    case unnamed
}
