// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ledger
package import Pricing

/// What drove the change of the cost between two periods, in five parts that sum exactly to it.
///
/// The cost of a group is calls × tokens per call × list price per token × (1 − share saved by the cache). One factor after the other
/// takes the value of the later period, and each part is the difference that its factor makes, so that nothing is left over:
///
/// 1. `volume`: all calls became more or fewer, in the mix of before;
/// 2. `mix`: their shares of the groups changed; a group that had no calls before is part of the mix as a whole;
/// 3. `tokens_per_call`: calls became longer or shorter;
/// 4. `cache_share`: the cache saved a larger or smaller part;
/// 5. `price`: what is left is that of prices, and of token classes with other prices.
package struct ChangeParts: Equatable, Sendable {
    package private(set) var volume = Dollars.zero
    package private(set) var mix = Dollars.zero
    package private(set) var tokensPerCall = Dollars.zero
    package private(set) var cacheShare = Dollars.zero
    package private(set) var price = Dollars.zero

    /// The sums of one group in one period.
    package struct Sums: Sendable {
        package var calls: Int64 = 0
        package var tokens: Int64 = 0
        package var cost = Dollars.zero
        package var saved = Dollars.zero

        mutating func add(_ other: Sums) {
            calls = calls.saturating(plus: other.calls)
            tokens = tokens.saturating(plus: other.tokens)
            cost = cost + other.cost
            saved = saved + other.saved
        }
    }

    /// - Parameter groups: The sums before and after, of all groups.
    init(_ groups: [(before: Sums, after: Sums)]) {
        let calls = groups.reduce(into: (before: Int64(0), after: Int64(0))) { sum, group in
            sum.before += group.before.calls
            sum.after += group.after.calls
        }
        let start = Self.sum(groups) { $0.before.cost }
        let end = Self.sum(groups) { $0.after.cost }
        // With no calls before there is nothing to compare with: all is volume.
        guard calls.before > 0 else {
            volume = end + -start
            return
        }
        let grown = start.scaled(by: calls.after, over: calls.before)
        let mixed = Self.sum(groups) { group in
            group.before.calls > 0
                ? group.before.cost.scaled(by: group.after.calls, over: group.before.calls) : group.after.cost
        }
        let lengthened = Self.sum(groups) { group in
            guard group.before.calls > 0 else { return group.after.cost }
            guard group.before.tokens > 0 else {
                return group.before.cost.scaled(by: group.after.calls, over: group.before.calls)
            }
            return group.before.cost.scaled(by: group.after.tokens, over: group.before.tokens)
        }
        let cached = Self.sum(groups) { group in
            guard group.before.calls > 0, group.before.tokens > 0 else {
                return group.before.calls > 0
                    ? group.before.cost.scaled(by: group.after.calls, over: group.before.calls) : group.after.cost
            }
            let (listBefore, listAfter) = (group.before.cost + group.before.saved, group.after.cost + group.after.saved)
            // Without list prices there is no share of them.
            guard listBefore > .zero, listAfter > .zero else {
                return group.before.cost.scaled(by: group.after.tokens, over: group.before.tokens)
            }
            let list = listBefore.scaled(by: group.after.tokens, over: group.before.tokens)
            return Self.product(list, group.after.cost, over: listAfter)
        }
        volume = grown + -start
        mix = mixed + -grown
        tokensPerCall = lengthened + -mixed
        cacheShare = cached + -lengthened
        price = end + -cached
    }

    /// An amount times a ratio of two amounts: to about a part in 2^62 of the ratio, since the parts are differences anyway.
    private static func product(_ amount: Dollars, _ numerator: Dollars, over denominator: Dollars) -> Dollars {
        var (top, bottom) = (numerator.femtodollars, denominator.femtodollars)
        while bottom > Int128(Int64.max) || top.magnitude > Int128(Int64.max).magnitude {
            (top, bottom) = (top / 2, bottom / 2)
        }
        return bottom > 0 ? amount.scaled(by: Int64(top), over: Int64(bottom)) : amount
    }

    private static func sum(
        _ groups: [(before: Sums, after: Sums)], _ amount: ((before: Sums, after: Sums)) -> Dollars
    ) -> Dollars {
        groups.reduce(.zero) { $0 + amount($1) }
    }
}

extension StoredAnswers {
    private static let changeNames = Period.names + ["before", "group_by", "where"]

    /// What drove the change of the known cost between two periods.
    ///
    /// - Parameter query: The query of the URL: `from`, `to`, `tz`; `before`, the begin of the earlier period, which is as long and
    ///   by default ends where the later one begins; `group_by`, by default `model`; `where`.
    /// - Returns: A JSON object.
    /// - Throws: ``AnswerFailure`` when the question is wrong, or the rows cannot be read.
    package func changes(query: String?) throws(AnswerFailure) -> String { try changeView(query: query).text }

    /// What drove the change of the known cost between two periods, as values.
    ///
    /// Both periods are made of whole quarters of an hour, with those that the ends of the question touch.
    ///
    /// - Parameter query: As for ``changes(query:)``.
    /// - Returns: The parts, and the groups with the largest change first.
    /// - Throws: ``AnswerFailure`` when the question is wrong, or the rows cannot be read.
    package func changeView(query: String?) throws(AnswerFailure) -> ChangeView {
        let (period, before): (Period, Period)
        let question: CostQuestion
        do {
            let parameters = try QuestionParameters(query: query, known: Self.changeNames)
            period = try Period(parameters, now: now, zone: configuration.zone).inWholeQuarters
            before = try earlier(parameters, period)
            let keys = try GroupKey.list(parameters, dimensions: context.dimensions)
            question = CostQuestion(
                period, by: keys.isEmpty ? [.fact(.model)] : keys,
                filter: try QuestionFilter(parameters, dimensions: context.dimensions), [.cost, .tokens, .savings])
        } catch { throw .question(error) }
        let after = try groups(question, period)
        let earlier = try groups(question, before)
        let names = Set(after.sums.keys).union(earlier.sums.keys).sorted { $0.lexicographicallyPrecedes($1) }
        let rows = names.map {
            ChangeView.Row(
                names: $0.map(\.text), before: earlier.sums[$0] ?? ChangeParts.Sums(),
                after: after.sums[$0] ?? ChangeParts.Sums())
        }
        return ChangeView(
            calendar: period.calendar, keys: question.keys, minutes: after.minutes, earlierMinutes: earlier.minutes,
            isProvisional: max(after.minutes.upperBound, earlier.minutes.upperBound) > settled,
            unpriced: earlier.unpriced + after.unpriced,
            parts: ChangeParts(rows.map { (before: $0.before, after: $0.after) }),
            rows: rows.sorted { $0.change.femtodollars.magnitude > $1.change.femtodollars.magnitude })
    }

    /// The period to compare with, in whole quarters of an hour like that of the question: the savings of roll-ups have no
    /// shorter time.
    private func earlier(_ parameters: QuestionParameters, _ period: Period) throws(QuestionError) -> Period {
        guard let text = try parameters.text("before") else { return period.before }
        let asked = try Period(parameters, now: now, zone: configuration.zone)
        let stated = try QuestionTime(parameter: "before", now: now, calendar: period.calendar).seconds(text)
            .floorDivided(by: 60)
        try check(stated, asked)
        let length = Int64(period.minutes.count)
        var begin = StoredTime.minute(ofQuarter: StoredTime.quarter(of: stated))
        if stated >= asked.minutes.upperBound {
            // No call is in both periods only because these are rounded.
            begin = max(begin, period.minutes.upperBound)
            return Period(minutes: begin..<begin + length, calendar: period.calendar)
        }
        if stated + Int64(asked.minutes.count) <= asked.minutes.lowerBound {
            begin = min(begin, period.minutes.lowerBound - length)
        }
        let end = min(begin + length, period.minutes.lowerBound)
        return Period(minutes: begin..<end, calendar: period.calendar)
    }

    /// Refuses a period to compare with that has not begun, or that is in part the period of the question.
    ///
    /// Months and days differ in length. If at most the last tenth would overlap, as for February against the whole of March, the
    /// earlier period ends where the later one begins.
    private func check(_ before: Int64, _ asked: Period) throws(QuestionError) {
        let (minutes, calendar) = (asked.minutes, asked.calendar)
        let begin = calendar.text(before)
        guard before * 60 < now else {
            throw QuestionError(
                "before",
                "the period to compare with would begin at \(begin), which is not in the past; choose an earlier time",
                example: calendar.text(minutes.lowerBound - Int64(minutes.count)))
        }
        let shared = min(before + Int64(minutes.count), minutes.upperBound) - max(before, minutes.lowerBound)
        let isOfCalendars = before < minutes.lowerBound && shared <= Int64(minutes.count) / Self.sharedPart
        guard shared > 0, !isOfCalendars else { return }
        let latest = calendar.text(minutes.lowerBound - Int64(minutes.count))
        throw QuestionError(
            "before",
            "a period of this length that begins at \(begin) would overlap the period of the question, "
                + "\(calendar.text(minutes.lowerBound)) to \(calendar.text(minutes.upperBound)); begin at \(latest) or earlier",
            example: latest)
    }

    /// Not a setting: of the 31 days of March, 3 have no counterpart in February: just less than a tenth.
    private static let sharedPart: Int64 = 10

    private func groups(
        _ question: CostQuestion, _ period: Period
    ) throws(AnswerFailure) -> (minutes: Range<Int64>, sums: [[ExactText]: ChangeParts.Sums], unpriced: Int64) {
        var question = question
        question.period = period
        let count = question.keys.count
        // Groups are split by source, to leave out the tokens of calls without a price: nothing of the cost is theirs.
        question.keys.append(.fact(.source))
        let sums: CostSums
        do { sums = try self.sums(question) } catch .question(let error) where error.parameter == "measures" {
            throw .question(
                QuestionError(
                    "group_by", "what drove a change is known by model, provider, operation, source and one dimension",
                    example: "model"))
        }
        return try reading {
            var groups: [[ExactText]: ChangeParts.Sums] = [:]
            var unpriced: Int64 = 0
            for group in 0..<sums.count {
                let figures = sums.figures(of: group)
                let names = try sums.names(of: group)
                unpriced += figures.unpriced
                let isPriced = names[count] != LineSource.unpriced.name
                groups[names.prefix(count).map(ExactText.init), default: ChangeParts.Sums()].add(
                    ChangeParts.Sums(
                        calls: figures[.calls] - figures.unpriced,
                        tokens: isPriced ? figures.sortKey(of: .tokens).clamped : 0, cost: figures.knownCost,
                        saved: Figures.dollars(figures[.savedMicros], figures[.savedRest])))
            }
            return (sums.minutes, groups, unpriced)
        }
    }
}

extension Period {
    /// The period with the whole of the quarters of an hour at its ends.
    fileprivate var inWholeQuarters: Period {
        let first = StoredTime.minute(ofQuarter: StoredTime.quarter(of: minutes.lowerBound))
        return Period(
            minutes: first..<StoredTime.minute(ofQuarter: StoredTime.quarter(from: minutes.upperBound)),
            calendar: calendar)
    }
}

extension Int128 {
    fileprivate var clamped: Int64 { Int64(clamping: self) }
}
