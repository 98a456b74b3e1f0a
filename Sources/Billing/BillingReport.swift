// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// What became of spans, each in the report of the moment at which that was decided.
package struct BillingReport: Sendable, Equatable {
    /// Calls, and aggregates without children, that are counted.
    package var counted = 0
    /// Copies of spans that arrived before.
    package var duplicates = 0
    /// Number of duplicates with more usage than the copy that was decided already.
    package var lateLarger = 0
    /// Calls that another span reports in more detail: twins, and calls around calls.
    package var twins = 0
    /// Aggregates that repeat what their calls used.
    package var repeatsChildren = 0
    /// Aggregates that began before what is remembered: whether they repeat anything is not known.
    package var unproven = 0
    /// Pass-through spans: neither calls nor aggregates.
    package var passThrough = 0
    /// Number of decided spans that had not waited to the end, since too many were waiting.
    package var settledEarly = 0
    /// The fate of each span, when ``BillingConfiguration/recordsFates`` asks for it.
    package var fates: [SpanFate] = []

    package init() {}

    /// Number of decided spans.
    package var decided: Int { counted + duplicates + twins + repeatsChildren + unproven + passThrough }

    /// Adds another report.
    ///
    /// - Parameter other: What became of other spans.
    package mutating func add(_ other: BillingReport) {
        counted += other.counted
        duplicates += other.duplicates
        lateLarger += other.lateLarger
        twins += other.twins
        repeatsChildren += other.repeatsChildren
        unproven += other.unproven
        passThrough += other.passThrough
        settledEarly += other.settledEarly
        fates += other.fates
    }
}

/// What became of one span.
package struct SpanFate: Sendable, Equatable {
    /// The span.
    package var identity: SpanIdentity
    /// What became of it.
    package var outcome: Outcome
    /// The span that was counted instead of it, or that it repeats; `nil` if there is none or it is not known.
    package var inFavourOf: SpanIdentity?
    /// Of duplicates: whether this copy has more usage and replaces the one before it.
    package var replacesEarlier = false
    /// Of duplicates: whether it was sent before under other ids, by what it says.
    package var hasNewIDs = false

    package init(
        identity: SpanIdentity, outcome: Outcome, inFavourOf: SpanIdentity? = nil, replacesEarlier: Bool = false,
        hasNewIDs: Bool = false
    ) {
        self.identity = identity
        self.outcome = outcome
        self.inFavourOf = inFavourOf
        self.replacesEarlier = replacesEarlier
        self.hasNewIDs = hasNewIDs
    }

    /// What can become of a span.
    package enum Outcome: String, Sendable, CaseIterable {
        case counted, duplicate, twin, unproven
        case repeatsChildren = "repeats_children"
        case notAModelCall = "not_a_model_call"
    }
}

/// How full the settle window is, and what it had to forget.
package struct BillingLevels: Sendable, Equatable {
    /// Spans that arrived and are not decided yet.
    package var waitingSpans = 0
    /// Keys that are remembered, of spans, answers and traces.
    package var rememberedKeys = 0
    /// Number of spans whose parents are remembered.
    package var rememberedParents = 0
    /// How far back the memory of keys goes, in seconds; 0 without a clock.
    package var oldestMemorySeconds = 0.0
    /// Number of spans that were decided early, since too many were waiting.
    package var settledEarly: UInt64 = 0
    /// Number of searches for twins by equal counts that left some calls out, since there were too many.
    package var cutSearches: UInt64 = 0
    /// The number of steps that searches for twins by equal counts took; a step takes 30 to 100 ns.
    package var searchSteps: UInt64 = 0
    /// Number of forgotten keys, by reason.
    package var forgotten = ForgottenKeys()
    /// Number of forgotten parents.
    package var forgottenParents: UInt64 = 0
    /// Number of senders whose spans proved that their input excludes cached tokens, or their output reasoning.
    package var evidentSenders = 0
    /// Number of those that were forgotten.
    package var forgottenSenders: UInt64 = 0
    /// The number of steps that going through waiting spans for new proofs took; a step takes 10 to 100 ns.
    package var evidenceSteps: UInt64 = 0
    /// Number of calls whose cached or reasoning tokens were added, because other spans of their sender prove that its counts
    /// exclude them.
    package var callsByEvidence: UInt64 = 0

    package init() {}
}
