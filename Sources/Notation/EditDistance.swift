// SPDX-License-Identifier: Apache-2.0

/// The edit distance from one text to others: how many bytes must be added, dropped or changed (Levenshtein).
///
/// One value serves many comparisons and allocates nothing for them.
package struct EditDistance {
    /// The number of bytes of a text that count; the rest is ignored.
    package static let limit = 64

    private let text: [UInt8]
    private var row = [Int](repeating: 0, count: EditDistance.limit + 1)

    /// - Parameter text: The text from which distances are measured.
    package init(from text: String) { self.text = Array(text.utf8.prefix(Self.limit)) }

    /// The distance to another text, or `nil` if it is `bound` or more.
    ///
    /// - Parameters:
    ///   - other: The bytes that contain the other text.
    ///   - range: The indices of the other text in `other`.
    ///   - bound: The smallest distance that is of no interest; a smaller bound is quicker.
    /// - Returns: The distance, from 0 to `bound - 1`.
    package mutating func distance(to other: Span<UInt8>, in range: Range<Int>, below bound: Int) -> Int? {
        let count = min(range.count, Self.limit)
        guard abs(count - text.count) < bound else { return nil }
        for index in 0...count { row[index] = index }
        for left in text.indices {
            // No path through a cell further from the diagonal than the bound is short enough.
            let first = max(0, left - bound)
            let last = min(count, left + 1 + bound)
            var diagonal = row[first]
            row[first] = first == 0 ? left + 1 : .max / 2
            var least = row[first]
            var right = first
            while right < last {
                let substitution = diagonal + (text[left] == other[range.lowerBound + right] ? 0 : 1)
                diagonal = row[right + 1]
                row[right + 1] = min(substitution, min(diagonal, row[right]) + 1)
                least = min(least, row[right + 1])
                right += 1
            }
            if last < count { row[last + 1] = .max / 2 }
            guard least < bound else { return nil }
        }
        return row[count] < bound ? row[count] : nil
    }

    /// The nearest of some texts.
    ///
    /// - Parameters:
    ///   - text: The text that is compared.
    ///   - others: The candidates.
    ///   - most: The largest distance of a candidate that counts.
    /// - Returns: The nearest candidate, and of equally near ones the first; `nil` if none is near enough.
    package static func nearest(
        to text: String, among others: some Sequence<String>, atMost most: Int = limit
    ) -> String? {
        var distance = EditDistance(from: text)
        var best: (text: String, distance: Int)?
        for other in others {
            let bytes = Array(other.utf8)
            guard let found = distance.distance(to: bytes.span, in: 0..<bytes.count, below: best?.distance ?? most + 1)
            else { continue }
            best = (other, found)
        }
        return best?.text
    }
}
