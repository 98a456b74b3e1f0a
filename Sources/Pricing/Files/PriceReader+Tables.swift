// SPDX-License-Identifier: Apache-2.0
import Documents
import GenAI

extension PriceReader {
    func rates(_ node: DocumentNode) throws(DocumentError) -> RateSheet {
        var sheet = RateSheet()
        for entry in try mapping(node, keys: PriceFileFormat.rates).entries {
            guard let rate = try? Rate(dollarsPerMillion: try entry.value.decimalText()) else {
                throw entry.value.unexpected("be dollars per million tokens, such as \"2.5\", with at most 9 decimals")
            }
            if refusesLargeRates, rate > Self.largestRate {
                throw entry.value.unexpected(
                    "be at most 1000, since it is dollars per million tokens; allow_large: true allows more")
            }
            if isStrict, rate > Self.largestOfAllRates {
                throw entry.value.unexpected("be at most 1000000000, since that is already 1000 dollars a token")
            }
            // Citation tokens have a rate in the format, but no sender states them yet.
            if let tokenClass = Self.tokenClasses[entry.key] { sheet[tokenClass] = rate }
        }
        return sheet
    }

    func above(_ node: DocumentNode?) throws(DocumentError) -> [(over: Int64, rates: RateSheet)] {
        var steps: [(over: Int64, rates: RateSheet)] = []
        for item in try node?.sequence() ?? [] {
            let step = try mapping(item, keys: PriceFileFormat.step)
            let over = try step.required("over")
            let threshold = Int64(try over.integer(in: 0...1_000_000_000_000))
            if let last = steps.last, last.over >= threshold {
                throw over.unexpected("be more than the threshold before it")
            }
            steps.append((threshold, try rates(try step.required("rates"))))
        }
        return steps
    }

    func fees(_ node: DocumentNode) throws(DocumentError) -> [Fee] {
        var fees: [Fee] = []
        for entry in try mapping(node, keys: PriceFileFormat.fees).entries {
            guard let unit = FeeUnit(rawValue: entry.key) else { continue }
            guard let price = try? Dollars(try entry.value.decimalText()) else {
                throw entry.value.unexpected("be dollars per unit, such as \"0.01\", with at most 15 decimals")
            }
            fees.append(Fee(unit: unit, price: price))
        }
        return fees
    }

    func day(_ node: DocumentNode) throws(DocumentError) -> Int32 {
        guard let day = dayNumber(of: try node.string()) else { throw node.unexpected("be a date such as 2026-05-01") }
        return day
    }

    func zone(_ node: DocumentNode) throws(DocumentError) -> ZoneClock { try ZoneClock(node) }

    func windows(_ node: DocumentNode, zone: ZoneClock) throws(DocumentError) -> [TimeWindow] {
        let window = try mapping(node, keys: PriceFileFormat.window)
        var days: UInt8 = 0
        for day in try window["days"]?.sequence() ?? [] { days |= 1 << UInt8(try day.integer(in: 1...7)) }
        var windows: [TimeWindow] = []
        let local = window["hours"]
        let list = if let local { local } else { try window.required("hours_utc") }
        if let local, window["hours_utc"] != nil { throw local.unexpected("be left out if hours_utc is given") }
        for hours in try list.sequence() {
            let ends = try hours.string().split(separator: "-").map(minute(of:))
            guard ends.count == 2, let start = ends[0], let end = ends[1] else {
                throw hours.unexpected("be a range of hours such as \"10:00-18:30\"")
            }
            windows.append(
                TimeWindow(
                    start: start, end: end, days: days == 0 ? 0b1111_1110 : days, zone: zone,
                    hasLocalHours: local != nil))
        }
        return windows
    }

    private func minute(of text: Substring) -> Int16? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [2, 2], let hour = Int16(parts[0]), let minute = Int16(parts[1]),
            (0...24).contains(hour), (0...59).contains(minute)
        else { return nil }
        return (hour * 60 + minute) % 1440
    }

    private static let tokenClasses = Dictionary(uniqueKeysWithValues: TokenClass.allCases.map { ($0.name, $0) })
    /// The limit that finds prices for one token or a thousand tokens that were entered as prices for a million.
    private static let largestRate = Rate(femtodollarsPerToken: 1_000_000_000_000)
    /// The limit above which factors could not be applied.
    private static let largestOfAllRates = Rate(femtodollarsPerToken: 1_000_000_000_000_000_000)
}
