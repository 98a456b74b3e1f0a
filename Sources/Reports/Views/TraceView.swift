// SPDX-License-Identifier: Apache-2.0
import Ledger
package import Pricing

/// A trace with what it comes to.
package struct TraceView: Sendable {
    /// 32 hexadecimal digits.
    package let id: String
    /// The name of the root span; empty if it was not seen.
    package let name: String
    /// Microseconds since 1970.
    package let start: Int64
    package let end: Int64
    /// Whether calls may still be added to it.
    package let isOpen: Bool
    package let bill: Bill
    /// The known cost after repricing; `nil` if repricing has changed nothing.
    package let repriced: Dollars?
    /// The number of spans that are not counted.
    package let drops: Int64
    package let dimensions: [(name: String, value: String)]

    /// Makes a trace from its rows.
    init(_ trace: StoredTrace, _ writing: SpanWriting) throws(RowReadingError) {
        id = trace.text
        name = try writing.answers.texts.text(trace.name)
        (start, end, bill, drops) = (trace.start, trace.end, trace.bill, trace.drops)
        isOpen = trace.end >= writing.answers.settled * 60_000_000
        repriced = try writing.adjusted(trace).changed(from: trace.bill)
        dimensions = try writing.values(of: trace)
    }

    /// The value of a dimension; empty for a trace without one.
    package func value(of dimension: String) -> String { dimensions.first { $0.name == dimension }?.value ?? "" }
}

/// A trace with its calls and dropped spans.
package struct TraceTree: Sendable {
    package let trace: TraceView
    /// In the order of a tree: each span, then those below it by their start, with the number of spans above it.
    package let places: [(span: SpanView, depth: Int)]
    /// Whether there are more spans, or calls that may not be kept.
    package let isTruncated: Bool
}

/// A session with its traces.
package struct SessionView: Sendable {
    package let name: String
    /// Microseconds since 1970.
    package let start: Int64
    package let end: Int64
    /// Whether calls may still be added to it.
    package let isOpen: Bool
    package let bill: Bill
    /// The known cost after repricing; `nil` if repricing has changed nothing, or the session has too many traces to know.
    package let repriced: Dollars?
    package let traceCount: Int64
    package let dimensions: [(name: String, value: String)]
    /// In the order of their start.
    package let traces: [TraceView]
    /// Whether there may be more traces.
    package let isTruncated: Bool
    /// Whether some of its calls may not be kept.
    package let lacksCalls: Bool
}

extension ZoneCalendar {
    /// A moment, in microseconds since 1970, as RFC 3339 writes it.
    package func moment(_ microseconds: Int64) -> String { text(microseconds: microseconds) }
}
