// SPDX-License-Identifier: Apache-2.0
package import GenAI
import Ledger
package import Pricing

/// A call, or a span that is not counted, with everything that is kept of it.
package struct SpanView: Sendable {
    /// 16 hexadecimal digits.
    package let id: String
    /// The id of the span above it; `nil` for none.
    package let parent: String?
    /// Microseconds since 1970.
    package let start: Int64
    package let end: Int64
    /// Microseconds; `nil` if it is not known.
    package let duration: Int64?
    /// Why it is not counted, such as `twin`; `nil` for a call that is.
    package let fate: String?
    /// The span that is counted instead.
    package let favour: (trace: String, span: String)?
    /// How the cost is known, such as `computed`.
    package let source: String
    /// Why there is no cost; empty if there is one.
    package let reason: String
    package let cost: Dollars?
    /// The cost after repricing; `nil` if repricing has changed nothing.
    package let repriced: Dollars?
    package let model: String
    package let provider: String
    package let operation: String
    package let tier: String
    package let error: String
    package let hasFailed: Bool
    /// In the order of `TokenClass.allCases`.
    package let tokens: [Int64]

    /// Makes a call from its row.
    init(_ span: StoredSpan, _ writing: SpanWriting) throws(RowReadingError) {
        let kind = try writing.kind(span.kind)
        id = HexID.span(span.span)
        parent = span.parent == 0 ? nil : HexID.span(span.parent)
        (start, end, duration) = (span.start, span.end, span.duration)
        fate = span.fateName
        if let found = span.favour {
            favour = (try writing.trace(found.trace), HexID.span(found.span))
        } else {
            favour = nil
        }
        (source, reason) = (kind.line.source.name, kind.reason)
        cost = span.fate == 0 ? span.cost : nil
        let adjusted = span.fate == 0 ? try writing.adjustedCost(of: span) : nil
        repriced = adjusted == cost ? nil : adjusted
        (model, provider, operation) = (kind.line.model, kind.line.provider, kind.line.operation)
        (tier, error, hasFailed) = (kind.tier, kind.error, kind.flags.contains(.failed))
        tokens = span.tokens
    }

    /// The tokens of some classes.
    package func tokens(of classes: [TokenClass]) -> Int64 {
        zip(TokenClass.allCases, tokens).reduce(0) { sum, entry in
            guard classes.contains(entry.0) else { return sum }
            let (next, overflow) = sum.addingReportingOverflow(entry.1)
            return overflow ? .max : next
        }
    }
}
