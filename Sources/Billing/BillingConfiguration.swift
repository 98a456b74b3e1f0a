// SPDX-License-Identifier: Apache-2.0

/// How long spans wait for each other, and the bounds of what is remembered.
package struct BillingConfiguration: Sendable, Equatable {
    /// How long a span waits for its twins, parents and children before it is decided, in nanoseconds.
    ///
    /// An aggregate that could be counted waits as long again when parents are missing in its trace.
    ///
    /// Default 10 s. File key `billing.settle`.
    package var settleNanoseconds: UInt64 = 10_000_000_000

    /// The largest number of waiting spans; beyond that the oldest are decided early, 32 at a time.
    ///
    /// Default 65,536, from 256 on. File key `billing.max_waiting`.
    package var maxWaiting = 65_536

    /// The smallest number of remembered keys, of spans, answers and traces.
    ///
    /// Of keys older than ``retryNanoseconds`` at most twice as many are kept, of younger ones as many as fit into
    /// ``rememberedBytes``.
    ///
    /// A call takes one for itself, one for its answer's id, one for its parent and one for its trace, as far as it has
    /// them. Never below four times ``maxWaiting``: smaller values count as that.
    ///
    /// Default 262,144. File key `billing.remembered_keys`.
    package var rememberedKeys = 262_144

    /// How long keys are remembered as long as ``rememberedBytes`` has room: a span that is sent again within this time is
    /// not counted again.
    ///
    /// Default 5 min, in nanoseconds. File key `billing.retry_horizon`.
    package var retryNanoseconds: UInt64 = 300_000_000_000

    /// The memory for keys that are younger than ``retryNanoseconds``, in bytes.
    ///
    /// It is taken as keys arrive, 28 bytes each. When it is used up, the sender that has recently written the most keys loses
    /// its oldest ones. Twice ``rememberedKeys`` fit in any case, and at most eight generations, each of ``rememberedKeys`` or
    /// a larger power of two.
    ///
    /// Default 16 MiB. File key `billing.remembered_bytes`.
    package var rememberedBytes = 16 << 20

    /// Number of pass-through spans and decided calls whose parents are remembered; 16 bytes each.
    ///
    /// Default 262,144, rounded up to a power of two. File key `billing.remembered_parents`.
    package var rememberedParents = 262_144

    /// Whether an agent with usage counts when no call below it was seen, as with agents that run at a provider.
    ///
    /// Default true. File key `billing.count_childless_agents`.
    package var countChildlessAgents = true

    /// Whether reports have the fate of each span; for explaining a body, not for serving.
    package var recordsFates = false

    package init() {}
}
