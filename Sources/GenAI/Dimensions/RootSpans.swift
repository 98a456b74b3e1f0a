// SPDX-License-Identifier: Apache-2.0
import OTLP

/// The root spans of one body, whose names may become those of their traces.
package struct RootSpans: Sendable {
    /// A root span.
    package struct Root: Sendable {
        package var traceIDHigh: UInt64
        package var traceIDLow: UInt64
        /// The times by the sender's clock, in nanoseconds since 1970 (UTC).
        package var startNanoseconds: UInt64
        package var endNanoseconds: UInt64
        /// Where its name is among ``RootSpans/names``.
        package var name: Range<Int>
    }

    package private(set) var roots: [Root] = []
    /// The names as sent, each cut to what may be shown of it.
    package private(set) var names: [UInt8] = []

    package init() {}

    /// Removes all roots and keeps the memory.
    mutating func removeAll() {
        roots.removeAll(keepingCapacity: true)
        names.removeAll(keepingCapacity: true)
    }

    /// Adds a root if it has a name.
    mutating func append(_ span: SpanRecord, _ body: Span<UInt8>) {
        guard span.name.length > 0 else { return }
        let range = DimensionText.cut(span.name, to: DimensionText.longestNameBytes, in: body)
        let start = names.count
        names.append(body.extracting(range.indices))
        roots.append(
            Root(
                traceIDHigh: span.traceIDHigh, traceIDLow: span.traceIDLow,
                startNanoseconds: span.startNanoseconds.asSent, endNanoseconds: span.endNanoseconds.asSent,
                name: start..<names.count))
    }
}
