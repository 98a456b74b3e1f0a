// SPDX-License-Identifier: Apache-2.0
import Ledger
import Pricing

/// The answer to a question about costs.
package struct CostAnswer: Sendable {
    /// The figures of one group in one period.
    package struct Row: Sendable {
        /// The begin of the period, in minutes since 1970.
        package let begin: Int64
        /// Whether calls may still be added to it.
        package let isProvisional: Bool
        /// The values of the keys; empty where the calls have none.
        package let names: [String]
        package let figures: Figures
    }

    /// Where the figures come from.
    package enum Source: String, Sendable {
        case rollups, calls
    }

    package let question: CostQuestion
    /// The time that the answer is about, which is longer than that of the question where only quarters of an hour are kept.
    package let minutes: Range<Int64>
    package let source: Source
    /// Where the calls are kept.
    package let storage: ReportsConfiguration.Storage
    package let rows: [Row]
    /// The cursor of the next page; `nil` after the last row.
    package let next: RowCursor?
    /// Whether calls may still be added to the period.
    package let isProvisional: Bool

    init(
        _ question: CostQuestion, _ sums: CostSums, settled: Int64, storage: ReportsConfiguration.Storage = .folder
    ) throws(AnswerFailure) {
        (self.question, self.storage) = (question, storage)
        minutes = sums.minutes
        source = sums.readsCalls ? .calls : .rollups
        isProvisional = sums.minutes.upperBound > settled
        var order = RowSorting(sums, question)
        let page: [Int]
        do { page = try order.page() } catch { throw .reading(error) }
        var rows: [Row] = []
        let begins = sums.scan.begins
        for group in page {
            let period = Int(sums.scan.groups.keys[group].period)
            let end = period + 1 < begins.count ? begins[period + 1] : sums.minutes.upperBound
            do {
                rows.append(
                    Row(
                        begin: begins[period], isProvisional: end > settled, names: try order.names(of: group),
                        figures: sums.figures(of: group)))
            } catch { throw .reading(error) }
        }
        self.rows = rows
        let behind = question.offset + rows.count
        next =
            behind < order.count && !rows.isEmpty
            ? question.cursor(behind: behind, minutes: question.period.minutes) : nil
    }
}

/// Puts the groups of a question in its order.
struct RowSorting {
    private let sums: CostSums
    private let question: CostQuestion
    /// The groups that are rows; groups that nothing was added to are none.
    private let groups: [Int]
    private let figures: [Figures]
    private var known: [Int: [String]] = [:]

    init(_ sums: CostSums, _ question: CostQuestion) {
        (self.sums, self.question) = (sums, question)
        groups = Array(0..<sums.count)
        figures = groups.map(sums.figures)
    }

    var count: Int { groups.count }

    /// The groups of the page that the question asks for.
    mutating func page() throws(RowReadingError) -> [Int] {
        guard question.offset < groups.count else { return [] }
        var keys = groups.map { _ in [Int128]() }
        for (field, isDescending) in question.order.fields {
            // The order of texts is that of their place in the alphabet, so that every field is a number.
            let places = if case .group(let index) = field { try places(ofKey: index) } else { [Int128]() }
            for group in groups {
                let number: Int128 =
                    switch field {
                    case .time: Int128(sums.scan.groups.keys[group].period)
                    case .measure(let measure): figures[group].sortKey(of: measure)
                    case .group: places[group]
                    }
                keys[group].append(isDescending ? -number : number)
            }
        }
        let sorted = groups.sorted { left, right in
            for (one, other) in zip(keys[left], keys[right]) where one != other { return one < other }
            return sums.scan.groups.keys[left].period < sums.scan.groups.keys[right].period
        }
        return try settled(sorted, keys)
    }

    /// The page, with groups that are equal in all fields in the order of time and of their values.
    ///
    /// Only for those near the page are the texts read.
    private mutating func settled(_ sorted: [Int], _ keys: [[Int128]]) throws(RowReadingError) -> [Int] {
        func areEqual(_ left: Int, _ right: Int) -> Bool {
            keys[left] == keys[right] && sums.scan.groups.keys[left].period == sums.scan.groups.keys[right].period
        }
        var first = question.offset
        while first > 0, areEqual(sorted[first - 1], sorted[question.offset]) { first -= 1 }
        let last = min(sorted.count, question.offset + question.limit)
        var end = last
        while end < sorted.count, areEqual(sorted[end], sorted[last - 1]) { end += 1 }
        var near: [(group: Int, names: [String], place: Int)] = []
        var place = 0
        for (index, group) in sorted[first..<end].enumerated() {
            if index > 0, !areEqual(sorted[first + index - 1], group) { place += 1 }
            near.append((group, try names(of: group), place))
        }
        near.sort { $0.place != $1.place ? $0.place < $1.place : $0.names.lexicographicallyPrecedes($1.names) }
        return near[(question.offset - first)..<(last - first)].map(\.group)
    }

    /// The place of each group's value of a key among all its values.
    private mutating func places(ofKey index: Int) throws(RowReadingError) -> [Int128] {
        var texts: [ExactText] = []
        for group in groups { texts.append(ExactText(try names(of: group)[index])) }
        let sorted = Set(texts).sorted()
        var places: [ExactText: Int128] = [:]
        for (place, text) in sorted.enumerated() { places[text] = Int128(place) }
        return texts.map { places[$0] ?? 0 }
    }

    /// The values of a group's keys.
    mutating func names(of group: Int) throws(RowReadingError) -> [String] {
        if let known = known[group] { return known }
        let names = try sums.names(of: group)
        known[group] = names
        return names
    }
}
