// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// The bounds of what one body may be, and how many are worked on at a time.
package struct IngestConfiguration: Sendable, Equatable {
    /// The most inflated bytes one body may have.
    ///
    /// Default 64 MiB, at most 1 GiB. File key `otlp.max_inflated_bytes`.
    package var maxInflatedBytes = 64 << 20

    /// The most spans one body may have.
    ///
    /// Default 524,288. File key `otlp.max_spans_per_body`.
    package var maxSpansPerBody = 524_288

    /// The largest number of bodies that workers and event loops work on at the same time.
    ///
    /// Default 1. The service sets it to the number of these threads, which follows the file key `otlp.workers`.
    package var workers = 1

    /// The part of one body that is held as spans at a time; larger bodies are read twice.
    ///
    /// The default has room for the largest batch that a Collector sends by default: 8,192 spans and those of the last body
    /// that it received.
    package var slice = SliceSize(origins: 12_288, attributes: 196_608)

    /// The longest time, in nanoseconds, for which a request prices and counts decided calls, most of them of other senders;
    /// ``IngestPipeline/settleDue(arrivalNanoseconds:)`` counts the rest.
    ///
    /// Not a setting: 2 ms.
    package var countingSlice: UInt64 = 2_000_000

    /// The largest number of uncounted calls; beyond it a request counts all calls that it causes to be decided, however long
    /// that takes.
    ///
    /// Not a setting: 16,384, 3.5 MB.
    package var mostUncounted = 16_384

    package init() {}
}
