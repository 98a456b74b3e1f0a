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

    /// How many bodies are worked on at the same time.
    ///
    /// Default: the number of processors. File key `otlp.workers`.
    package var workers = 1

    /// How much of one body is held as spans at a time; larger bodies are read twice.
    ///
    /// The default has room for the largest batch that a Collector sends unless it is told otherwise, 8,192 spans and those
    /// that came last.
    package var slice = SliceSize(origins: 12_288, attributes: 196_608)

    /// How long a body's sender may wait for the calls of others to be priced and counted, in nanoseconds; what is left
    /// then is counted by ``IngestPipeline/settleDue(arrivalNanoseconds:)``.
    ///
    /// Not a setting: 2 ms.
    package var countingSlice: UInt64 = 2_000_000

    /// How many calls may be left uncounted; beyond that senders count what their bodies bring out, however long it takes.
    ///
    /// Not a setting: 16,384, 3.5 MB.
    package var mostUncounted = 16_384

    package init() {}
}
