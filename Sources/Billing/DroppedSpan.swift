// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// A call or aggregate that was decided and is not counted.
package struct DroppedSpan: Sendable {
    /// The span, as complete as the window had it.
    ///
    /// Of a copy with more usage than the one before it, this is the one before it.
    package var call: ModelCall
    /// Why it is not counted.
    package var outcome: SpanFate.Outcome
    /// The span that was counted instead of it, or that it repeats; `nil` if there is none or it is not known.
    package var inFavourOf: SpanIdentity?

    package init(call: ModelCall, outcome: SpanFate.Outcome, inFavourOf: SpanIdentity? = nil) {
        (self.call, self.outcome, self.inFavourOf) = (call, outcome, inFavourOf)
    }
}
