// SPDX-License-Identifier: Apache-2.0
import GenAI

extension PriceModel {
    /// One figure of a model, in words for reports.
    package struct Figure: Sendable, Equatable {
        /// What the figure is the price of, such as `input`, `tier=batch output above 272000`, `fee web_search from 2026-05-01`.
        package let subject: String
        /// Dollars for a million tokens or for a unit, or a factor, as exact decimal text.
        package let value: String
        /// Whether it is an amount of money.
        package let isDollars: Bool

        package init(subject: String, value: String) { self.init(subject: subject, value: value, isDollars: true) }

        /// A factor, given in billionths.
        init(subject: String, billionths: Int64) {
            self.init(
                subject: subject, value: DecimalText.text(of: Int128(billionths), decimals: 9), isDollars: false)
        }

        private init(subject: String, value: String, isDollars: Bool) {
            self.subject = subject
            self.value = value
            self.isDollars = isDollars
        }
    }

    /// Every figure of the model, in the order of the book.
    package var figures: [Figure] {
        var figures: [Figure] = []
        if let hosted {
            figures.append(
                Figure(subject: "hosted \(hosted.mode.rawValue) an hour", value: hosted.hourlyPrice.description))
            if hosted.mode == .tokens {
                figures.append(Figure(subject: "every token", value: hosted.tokenRate.dollarsPerMillion))
            }
            if hosted.mode == .busyTime {
                figures.append(Figure(subject: "an hour of a call", value: hosted.hourPrice.description))
            }
            return figures
        }
        for price in prices { add(price, before: "", to: &figures) }
        for variant in variants { add(variant.entry, before: variant.when.text + " ", to: &figures) }
        for multiplier in multipliers {
            figures.append(
                Figure(subject: "\(multiplier.when.text) factor on all tokens", billionths: multiplier.billionths))
        }
        return figures
    }

    private func add(_ price: PriceEntry, before: String, to figures: inout [Figure]) {
        let when = price.whenText
        func add(_ sheet: RateSheet, _ step: String) {
            for tokenClass in TokenClass.allCases {
                guard let rate = sheet[tokenClass] else { continue }
                figures.append(Figure(subject: before + tokenClass.name + step + when, value: rate.dollarsPerMillion))
            }
        }
        add(price.table.rates, "")
        for step in price.table.above { add(step.rates, " above \(step.over)") }
        for fee in price.table.fees {
            figures.append(Figure(subject: "\(before)fee \(fee.unit.rawValue)\(when)", value: fee.price.description))
        }
    }
}

extension PriceEntry {
    /// The dates and hours of the price, after a space; empty for always.
    fileprivate var whenText: String {
        var text = ""
        if let from = days.fromText { text += " from \(from)" }
        if let until = days.untilText { text += " until \(until)" }
        for window in windows { text += " " + window.text }
        return text
    }
}

extension TimeWindow {
    /// The hours in the form `at 22:00-06:00 UTC on 1,2,3`, with the time zone of the days if it is not UTC.
    fileprivate var text: String {
        func clock(_ minutes: Int16) -> String {
            let (hour, minute) = (Int(minutes) / 60, Int(minutes) % 60)
            return (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
        }
        let days = (1...7).filter { self.days & (1 << UInt8($0)) != 0 }.map(String.init).joined(separator: ",")
        let hours = "at \(clock(start))-\(clock(end)) \(hasLocalHours ? zone.name : ZoneClock.utc.name)"
        guard days != "1,2,3,4,5,6,7" else { return hours }
        return hours + " on \(days)" + (hasLocalHours || zone == .utc ? "" : " in \(zone.name)")
    }
}
