// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What comes out of the settle window: the calls to count, and what became of all.
struct SettleOutcome {
    var report = BillingReport()
    var calls: [ModelCall] = []
    /// The spans that are not counted, in the order of their fates; empty unless the journal wants them.
    var dropped: [DroppedSpan] = []

    /// Begins with the array that a caller has, so that its memory is used again.
    ///
    /// - Parameter calls: The array; it is empty until ``finish(_:)``.
    init(taking calls: inout [ModelCall]) { swap(&self.calls, &calls) }

    /// Gives the array back.
    ///
    /// - Parameters:
    ///   - calls: Where it came from.
    ///   - keepsFates: Whether the caller gets the fates, too; else only the journal did.
    /// - Returns: What became of the spans.
    mutating func finish(_ calls: inout [ModelCall], keepsFates: Bool) -> BillingReport {
        swap(&self.calls, &calls)
        if !keepsFates { report.fates = [] }
        return report
    }
}

extension SettleWindow {
    /// Drops a span that waits: it is decided and not counted.
    mutating func drop(
        _ number: UInt32, _ fate: SpanFate.Outcome, inFavourOf other: SpanIdentity? = nil,
        _ outcome: inout SettleOutcome
    ) {
        decisions.drop(waiting[call: number].identity, fate, inFavourOf: other, &outcome)
        guard decisions.keepsDropped else { return }
        outcome.dropped.append(DroppedSpan(call: waiting[call: number], outcome: fate, inFavourOf: other))
    }
}

extension SettleOutcome {
    /// Counts a span that is not counted as a call.
    mutating func drop(
        _ identity: SpanIdentity, _ fate: SpanFate.Outcome, inFavourOf other: SpanIdentity? = nil, records: Bool
    ) {
        switch fate {
        case .repeatsChildren: report.repeatsChildren += 1
        case .unproven: report.unproven += 1
        default: report.twins += 1
        }
        if records { report.fates.append(SpanFate(identity: identity, outcome: fate, inFavourOf: other)) }
    }
}
