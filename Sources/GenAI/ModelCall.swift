// SPDX-License-Identifier: Apache-2.0

/// One call of a model, as one span told it: what was asked of whom, which tokens it took, and when.
///
/// The value is plain memory without references, so that calls can wait and be copied by the thousand.
package struct ModelCall: Sendable {
    /// Who the span is: the identity by which a span that is sent twice is recognised.
    package var identity: SpanIdentity
    /// The span above it; 0 for a root.
    package var parentSpanID: UInt64 = 0

    /// The model that answered and the one asked for, as reported; either may be absent.
    package var responseModel = Symbol.absent
    package var requestModel = Symbol.absent
    /// The operation in the conventions' words: `chat`, `embeddings`, ….
    package var operation = Symbol.absent
    /// The provider as reported, or absent.
    package var provider = Symbol.absent
    /// The host that was called, or absent; tells the provider where that is not said.
    package var serverAddress = Symbol.absent
    /// The service tier, the answered one before the requested one; absent means the default tier.
    package var tier = Symbol.absent
    /// Why the call failed; absent for a call that succeeded.
    package var errorType = Symbol.absent

    /// Tokens by class; all zero when ``reportsUsage`` is false.
    package var usage = TokenUsage()
    /// Whether the span said anything about tokens: absent is not zero.
    package var reportsUsage = false
    /// Whether the operation failed.
    package var hasFailed = false
    /// Whether the answer was streamed.
    package var isStream = false

    /// When the call began and ended, in nanoseconds since 1970 (UTC), as the sender's clock had it.
    package var startNanoseconds: UInt64 = 0
    package var endNanoseconds: UInt64 = 0
    /// Nanoseconds from the start to the first token of a streamed answer, or `nil`.
    package var timeToFirstTokenNanoseconds: Int64?

    package init(identity: SpanIdentity) { self.identity = identity }

    /// The model that answered, else the one asked for.
    package var model: Symbol { responseModel == .absent ? requestModel : responseModel }
}

/// The identity of a span: trace id and span id.
///
/// - SeeAlso: OpenTelemetry specification 1.51, Trace API, SpanContext.
package struct SpanIdentity: Hashable, Sendable {
    package var traceIDHigh: UInt64
    package var traceIDLow: UInt64
    package var spanID: UInt64

    package init(traceIDHigh: UInt64, traceIDLow: UInt64, spanID: UInt64) {
        self.traceIDHigh = traceIDHigh
        self.traceIDLow = traceIDLow
        self.spanID = spanID
    }
}
