// SPDX-License-Identifier: Apache-2.0

/// Counts what became of spans.
///
/// The pipeline calls it once a batch, and once for each group of spans that is decided later; never once a span. Several
/// threads call it at the same time.
package protocol SpanCounting: Sendable {
    /// Counts spans whose calls are in the counters already.
    ///
    /// - Parameter counts: What became of the spans.
    func count(_ counts: SpanCounts)
}

/// What became of the spans of a batch, or of spans that were decided after their batch.
package struct SpanCounts {
    /// The outcomes of the spans that were decided.
    package var fates: SpanFates
    /// The number of spans in the batch, refused spans included; those without an outcome wait in the settle window.
    package var received = 0
    /// The number of calls with each anomaly, in the order of `UsageAnomalies.named`; empty when there is none.
    package var anomalies: [Int] = []
    /// The number of attributes ignored because one span, event, scope or resource had too many.
    package var droppedAttributes = 0
    /// How often the reader forgot its decisions about unlisted attribute keys.
    package var timesKeysWereForgotten = 0
    /// The number of spans that are calls by the words of their keys alone, by the name of the instrumentation scope.
    package var readByWords: [(scope: String, spans: Int)] = []
    /// The number of spans that seem to carry usage of which nothing was read, by the name of the instrumentation scope,
    /// with the keys of the first span.
    package var unread: [(scope: String, spans: Int, keys: [String])] = []

    package init(_ fates: SpanFates) { self.fates = fates }
}
