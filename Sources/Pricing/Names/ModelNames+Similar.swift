// SPDX-License-Identifier: Apache-2.0

extension ModelNames {
    /// Names that equal the reported one except for a date, `-latest` or `-preview`, the likeliest first.
    ///
    /// They may be other models at other prices: gpt-4o-2024-05-13 costs twice as much as gpt-4o.
    var similar: [Candidate] {
        var found: [Candidate] = []
        for candidate in candidates where candidate.name.utf8.count <= Self.longestVaried {
            var name = candidate.name
            for _ in 0..<Self.mostQualifiers {
                guard found.count < Self.limit, let shorter = Self.withoutLastQualifier(name) else { break }
                name = shorter
                let similar = Candidate(name: name, isFree: candidate.isFree)
                if !candidates.contains(similar), !found.contains(similar) { found.append(similar) }
            }
        }
        return found
    }

    /// The largest number of dates, `-latest` and `-preview` that are removed from one name.
    private static let mostQualifiers = 3

    /// The name without the date, `-latest` or `-preview` at its end; `nil` if it has no such end.
    private static func withoutLastQualifier(_ name: String) -> String? {
        for word in ["-latest", "-preview"] where name.hasSuffix(word) && name.utf8.count > word.utf8.count {
            return String(name.dropLast(word.utf8.count))
        }
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        func areDigits(_ lengths: [Int]) -> Bool {
            guard parts.count > lengths.count else { return false }
            let last = parts.suffix(lengths.count)
            return zip(last, lengths).allSatisfy { part, length in
                part.utf8.count == length && part.utf8.allSatisfy { (48...57).contains($0) }
            }
        }
        // A year with month and day; a compact date; month and year; month and day behind a preview.
        let isAfterPreview = parts.count > 3 && parts[parts.count - 3] == "preview"
        for lengths in [[4, 2, 2], [8], [2, 4]] + (isAfterPreview ? [[2, 2]] : []) where areDigits(lengths) {
            return parts.dropLast(lengths.count).joined(separator: "-")
        }
        return nil
    }
}
