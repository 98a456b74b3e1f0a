// SPDX-License-Identifier: Apache-2.0

/// How many letters must be added, dropped or changed to turn one text into others (Levenshtein).
struct EditDistance {
    /// The most bytes of a text that are compared.
    static let limit = 64

    private let text: [UInt8]
    private var row = [Int](repeating: 0, count: EditDistance.limit + 1)

    init(from text: String) { self.text = Array(text.utf8.prefix(Self.limit)) }

    /// The distance to another text, or `nil` when it is a bound or more.
    ///
    /// - Parameters:
    ///   - other: The bytes in which the other text stands.
    ///   - range: Where it stands.
    ///   - bound: The distance that is of no interest any more; the smaller, the quicker.
    /// - Returns: The distance.
    mutating func distance(to other: Span<UInt8>, in range: Range<Int>, below bound: Int) -> Int? {
        let count = min(range.count, Self.limit)
        guard abs(count - text.count) < bound else { return nil }
        for index in 0...count { row[index] = index }
        for left in text.indices {
            // Cells further from the diagonal than the bound cannot lie on a path that is short enough.
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

    /// The nearest of some texts, the first one of equally near ones; `nil` when there are none.
    static func nearest(to text: String, among others: some Sequence<String>) -> String? {
        var distance = EditDistance(from: text)
        var best: (text: String, distance: Int)?
        for other in others {
            let bytes = Array(other.utf8)
            guard let found = distance.distance(to: bytes.span, in: 0..<bytes.count, below: best?.distance ?? .max / 4)
            else { continue }
            best = (other, found)
        }
        return best?.text
    }
}
