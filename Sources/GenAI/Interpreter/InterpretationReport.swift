// SPDX-License-Identifier: Apache-2.0

/// Figures about interpreted spans, in addition to the calls.
package struct InterpretationReport: Sendable, Equatable {
    /// The number of spans that are neither calls nor aggregates.
    package var otherSpans = 0
    /// The number of calls and aggregates with each anomaly, in the order of ``UsageAnomalies/named``.
    package var anomalies = [Int](repeating: 0, count: UsageAnomalies.named.count)

    /// The scopes of spans that are calls only by the words of their keys, as indices into ``SpanBatch/scopes``, with the
    /// number of these spans.
    package var readByWords: [(scope: UInt32, spans: Int)] = []
    /// Spans that seem to have usage of which none was read.
    package var unread: [UnreadUsageSpans] = []

    package init() {}

    mutating func countReadByWords(scope: UInt32) {
        if let last = readByWords.indices.last, readByWords[last].scope == scope {
            readByWords[last].spans += 1
        } else {
            readByWords.append((scope, 1))
        }
    }

    package static func == (first: Self, second: Self) -> Bool {
        first.otherSpans == second.otherSpans && first.anomalies == second.anomalies
            && first.readByWords.elementsEqual(second.readByWords) { $0 == $1 } && first.unread == second.unread
    }

    @inline(__always)
    mutating func count(_ found: UsageAnomalies) {
        if !found.isEmpty { countEach(found) }
    }

    private mutating func countEach(_ found: UsageAnomalies, _ times: Int = 1) {
        for (index, entry) in UsageAnomalies.named.enumerated() where found.contains(entry.anomaly) {
            anomalies[index] += times
        }
    }

    /// Counts the anomalies of a call after a second reading, instead of those after the first.
    mutating func replace(_ earlier: UsageAnomalies, by later: UsageAnomalies) {
        countEach(earlier.subtracting(later), -1)
        countEach(later.subtracting(earlier))
    }
}
