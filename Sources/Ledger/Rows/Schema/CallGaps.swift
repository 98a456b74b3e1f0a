// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The quarters of an hour with calls that were counted and not kept, since `storage.calls` was `false`.
///
/// They are a text in `meta`: for each range its first quarter since 2020 and the one after it, as `231000-231096`, with a space
/// between two ranges.
package struct CallGaps: Sendable, Equatable {
    /// In ascending order, with at least one quarter between two of them.
    private(set) var quarters: [Range<Int64>] = []

    /// The key of the text in `meta`.
    package static let key = "calls_not_kept"
    /// Not a setting: each transaction that keeps no call reads this text, 4 KB at most, and writes it if it has changed.
    static let mostRanges = 256
    private static let minutesOfQuarter: Int64 = 15

    init() {}

    /// Reads the text.
    ///
    /// - Parameter text: The text; what is no range is left out.
    package init(_ text: String) {
        for range in text.split(separator: " ") {
            let ends = range.split(separator: "-").compactMap { Int64($0) }
            guard ends.count == 2, ends[0] < ends[1] else { continue }
            insert(ends[0]..<ends[1])
        }
    }

    /// Reads the text of a database.
    init(_ database: Database) throws {
        let text = try String.fetchOne(database, sql: "SELECT value FROM meta WHERE key = ?", arguments: [Self.key])
        self.init(text ?? "")
    }

    /// Makes this the text of a database.
    func store(_ database: Database) throws {
        let text = quarters.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: " ")
        try database.execute(
            sql: "INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", arguments: [Self.key, text])
    }

    /// Adds quarters; with too many ranges, those with the least time between them become one.
    mutating func add(_ added: some Sequence<Int64>) {
        for quarter in Set(added).sorted() { insert(quarter..<quarter + 1) }
        while quarters.count > Self.mostRanges {
            let nearest = quarters.indices.dropLast().min { hole(after: $0) < hole(after: $1) }
            guard let nearest else { return }
            insert(quarters[nearest].lowerBound..<quarters[nearest + 1].upperBound)
        }
    }

    /// Forgets ranges of which calls would be removed anyhow.
    mutating func remove(before quarter: Int64) { quarters.removeAll { $0.upperBound <= quarter } }

    /// The ranges, in minutes since 1970.
    package var minutes: [Range<Int64>] {
        quarters.map { Self.minute($0.lowerBound)..<Self.minute($0.upperBound) }
    }

    private static func minute(_ quarter: Int64) -> Int64 {
        quarter * minutesOfQuarter + RowTime.epochMicroseconds / RowTime.minuteMicroseconds
    }

    private func hole(after index: Int) -> Int64 { quarters[index + 1].lowerBound - quarters[index].upperBound }

    private mutating func insert(_ range: Range<Int64>) {
        let first = quarters.firstIndex { $0.upperBound >= range.lowerBound } ?? quarters.count
        let end = quarters[first...].firstIndex { $0.lowerBound > range.upperBound } ?? quarters.count
        let touched = quarters[first..<end]
        let lower = min(range.lowerBound, touched.first?.lowerBound ?? range.lowerBound)
        quarters.replaceSubrange(first..<end, with: [lower..<max(range.upperBound, touched.last?.upperBound ?? 0)])
    }
}
