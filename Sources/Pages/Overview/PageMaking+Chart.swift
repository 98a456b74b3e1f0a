// SPDX-License-Identifier: Apache-2.0
import Pricing
import Reports

extension PageMaking {
    /// The spend over time, in parts by the fact or dimension of the page.
    ///
    /// - Parameters:
    ///   - scope: What the page is about.
    ///   - breakdown: The sums of the period.
    ///   - id: The name of the heading, unique on the page.
    /// - Returns: A section; empty if nothing was spent.
    /// - Throws: ``AnswerFailure`` if the rows cannot be read.
    func chart(_ scope: PageScope, _ breakdown: Breakdown, id: String) throws(AnswerFailure) -> Markup {
        let all = try costs(scope.question([("measures", "cost")]))
        guard breakdown.total > .zero else { return "" }
        let granularity = Self.granularity(all.minutes.count)
        let times = [
            ("granularity", granularity.rawValue), ("measures", "cost"), ("limit", "\(CostQuestion.mostRows)"),
        ]
        let whole = try costs(scope.question(times))
        let top = breakdown.rows.prefix(ChartColours.count).filter { $0.figures.knownCost > .zero }
        let names = top.map { $0.names.first ?? "" }
        // Only what gets a colour of its own is asked for by time; all others are what is left of the sums.
        var narrowed = scope
        narrowed.filters += names.map { PageScope.condition(breakdown.key, $0) }
        let parts = try costs(narrowed.question(times + [("group_by", breakdown.key)]))
        let begins: [Int64]
        do { begins = try whole.question.period.begins(granularity, limit: CostQuestion.mostRows) } catch {
            throw .question(error)
        }
        var amounts: [Int64: [Dollars]] = [:]
        for begin in begins { amounts[begin] = [Dollars](repeating: .zero, count: names.count + 1) }
        for row in whole.rows { amounts[row.begin]?[names.count] += row.figures.knownCost }
        for row in parts.rows {
            let name = ExactText(row.names.first ?? "")
            guard let index = names.firstIndex(where: { ExactText($0) == name }) else { continue }
            amounts[row.begin]?[index] += row.figures.knownCost
            amounts[row.begin]?[names.count] += -row.figures.knownCost
        }
        var series = zip(names, ChartColours.classes(for: names)).map { name, colour in
            StackedBars.Series(
                name: .name(name, orNo: Self.words(of: breakdown.key)), label: name.isEmpty ? "none" : name,
                link: link(breakdown.key, name, scope), colour: colour)
        }
        series.append(
            StackedBars.Series(name: "all others", label: "all others", link: nil, colour: ChartColours.others))
        var columns = begins.map { amounts[$0] ?? [] }
        if columns.allSatisfy({ $0.last == .zero }) {
            series.removeLast()
            columns = columns.map { $0.dropLast() }
        }
        return StackedBars(
            id: id, heading: "Spend by \(granularity.rawValue) and \(Self.words(of: breakdown.key))",
            summary: summary(scope, breakdown, all.minutes), unit: granularity == .hour ? "Hour" : granularity.noun,
            caption: "The latest \(granularity.rawValue) first; amounts in US dollars", series: series,
            bars: zip(begins, columns).enumerated().map { index, column in
                let end = index + 1 < begins.count ? begins[index + 1] : nil
                return bar(column.0, end, granularity, column.1, scope)
            }
        ).html
    }

    private func summary(_ scope: PageScope, _ breakdown: Breakdown, _ minutes: Range<Int64>) -> Markup {
        let change = breakdown.change.map { Change.note($0.after, $0.before, scope.earlierName) } ?? ""
        return """
            <strong class="sum">\(PageFigures.dollars(breakdown.total))</strong> \
            <span class="quiet">\(time.day(minutes.lowerBound)) \u{2013} \(time.date(minutes.upperBound - 1))</span> \(change)
            """
    }

    private func bar(
        _ begin: Int64, _ end: Int64?, _ granularity: Granularity, _ amounts: [Dollars], _ scope: PageScope
    ) -> StackedBars.Bar {
        let link = scope.link("/") {
            $0.named = nil
            ($0.from, $0.to) = (time.calendar.text(begin), end.map { time.calendar.text($0) } ?? "now")
        }
        let isHour = granularity == .hour
        return StackedBars.Bar(
            name: isHour ? "\(time.day(begin)), \(time.clock(begin))" : time.day(begin),
            tick: isHour ? time.clock(begin) : time.day(begin), link: link, amounts: amounts)
    }

    /// Bars are hours for some days, days for some months, and weeks for longer.
    private static func granularity(_ minutes: Int) -> Granularity {
        let days = minutes / 1_440
        return days < 3 ? .hour : days < 100 ? .day : days < 700 ? .week : .month
    }
}

extension Granularity {
    /// The name at the head of a column.
    fileprivate var noun: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}
