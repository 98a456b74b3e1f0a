// SPDX-License-Identifier: Apache-2.0

/// The calls and dropped spans of a trace, each below the span that contains it.
///
/// Spans that are no calls are not kept, so a span whose parent is one of those has no place below another.
struct SpanTree {
    /// A span, and the lines that lead to it.
    struct Place {
        let span: StoredSpan
        /// The number of spans above it.
        let depth: Int
        /// Such as `│  └─ `.
        let branch: String
    }

    /// In the order of a tree: each span, then those below it by their start.
    private(set) var places: [Place] = []

    /// Not a setting: deeper spans are drawn at this depth, since no line is long enough for them.
    private static let deepest = 24

    /// Arranges spans.
    ///
    /// - Parameter spans: In the order of their start.
    init(_ spans: [StoredSpan]) {
        // A span that was sent twice has one row that counts and others that do not: the one that counts has what is below it,
        // and if none does, the one that is no duplicate.
        var indices: [Int64: Int] = [:]
        for (index, span) in spans.enumerated() {
            guard let known = indices[span.span] else {
                indices[span.span] = index
                continue
            }
            if Self.rank(span) < Self.rank(spans[known]) { indices[span.span] = index }
        }
        var below: [Int: [Int]] = [:]
        var roots: [Int] = []
        for (index, span) in spans.enumerated() {
            if let parent = indices[span.parent], span.parent != 0, spans[parent].span != span.span {
                below[parent, default: []].append(index)
            } else {
                roots.append(index)
            }
        }
        var seen = Set<Int>()
        for root in roots { add(root, spans, below, &seen) }
        // Damaged parents may form a ring, which no root leads to.
        for index in spans.indices where !seen.contains(index) { add(index, spans, below, &seen) }
    }

    private static func rank(_ span: StoredSpan) -> Int {
        span.fate == 0 ? 0 : span.fateName == "duplicate" ? 2 : 1
    }

    /// Adds a span and all below it.
    private mutating func add(_ root: Int, _ spans: [StoredSpan], _ below: [Int: [Int]], _ seen: inout Set<Int>) {
        var waiting: [(index: Int, depth: Int, before: String, branch: String)] = [(root, 0, "", "")]
        while let next = waiting.popLast() {
            guard seen.insert(next.index).inserted else { continue }
            places.append(Place(span: spans[next.index], depth: next.depth, branch: next.before + next.branch))
            let children = below[next.index] ?? []
            var before = next.before
            if next.depth > 0, next.depth < Self.deepest { before += next.branch.hasPrefix("└") ? "   " : "│  " }
            for (place, child) in children.enumerated().reversed() {
                let branch = place == children.count - 1 ? "└─ " : "├─ "
                waiting.append((child, next.depth + 1, before, branch))
            }
        }
    }
}
