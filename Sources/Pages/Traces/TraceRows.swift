// SPDX-License-Identifier: Apache-2.0
import Reports

/// The spans of a trace as rows that links can lead to.
struct TraceRows {
    /// One span.
    struct Row {
        let span: SpanView
        /// The number of spans above it that are kept.
        let depth: Int
        /// The name of the row, unique on the page; empty for the further spans of one id.
        let anchor: String
    }

    let rows: [Row]
    private let anchors: Set<String>

    init(_ tree: TraceTree) {
        // The call that counts has the name, and not the span that repeats its id.
        let counted = Set(tree.places.lazy.filter { $0.span.fate == nil }.map(\.span.id))
        var anchors: Set<String> = []
        rows = tree.places.map { span, depth in
            let isFirst = (span.fate == nil || !counted.contains(span.id)) && anchors.insert(span.id).inserted
            return Row(span: span, depth: depth, anchor: isFirst ? "span-\(span.id)" : "")
        }
        self.anchors = anchors
    }

    /// Whether a row has the name of a span.
    func hasAnchor(_ span: String) -> Bool { anchors.contains(span) }
}
