// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Documents
@testable import Overview
import Pricing
import Testing

/// The figures of the page, and the zone whose day they are of.
@Suite struct OverviewKeeperTests {
    private static let minute: UInt64 = 60_000_000_000

    private func zone(_ name: String) throws -> ZoneClock {
        try #require(
            try Document.parse("tz: \(name)\n", file: "settings.yaml").mapping()["tz"].map { try ZoneClock($0) })
    }

    /// Noon in Berlin on the day on which summer time ends.
    private static let noon: UInt64 = 29_882_100 * minute

    @Test func `the zone decides which calls are of today, and a reload may change it`() throws {
        let keeper = OverviewKeeper(since: 0, zone: try zone("Europe/Berlin"))
        let row = keeper.spend.row(of: "m", provider: "p", card: nil)
        // Berlin's midnight was thirteen hours before, UTC's eleven.
        for (hoursBefore, calls) in [(14, 1), (13, 10), (12, 100), (11, 1_000), (0, 10_000)] {
            var sum = ModelSum(row: row)
            (sum.calls, sum.cost) = (Int64(calls), Dollars(femtodollars: Int128(calls)))
            keeper.spend.add([sum], at: Self.noon - UInt64(hoursBefore) * 60 * Self.minute)
        }
        let book = Overview.Book(version: "1", day: 0)
        let berlin = keeper.overview(at: Self.noon, book: book)
        #expect(berlin.today == PeriodSum(calls: 11_110, cost: Dollars(femtodollars: 11_110)))
        #expect(berlin.hours.map(\.sum.calls).reduce(0, +) == 11_111)
        #expect(berlin.total.calls == 11_111)
        keeper.follow(.utc)
        let utc = keeper.overview(at: Self.noon, book: book)
        #expect(utc.today.calls == 11_000)
        keeper.follow(try zone("America/New_York"))
        #expect(keeper.overview(at: Self.noon, book: book).today.calls == 10_000)
    }

    @Test func `models are sorted by cost, services by their last span`() {
        let models = [("b", 1), ("a", 1), ("c", 2)].map { name, cost in
            var sum = ModelSum(row: 0)
            sum.cost = Dollars(femtodollars: Int128(cost))
            return ModelFigures(model: name, provider: "p", sum: sum)
        }
        let services = [("x", 1), ("y", 3), ("w", 3)].map { ServiceFigures(name: $0, lastNanoseconds: UInt64($1)) }
        let overview = Overview(
            nanoseconds: 5, sinceNanoseconds: 1, zone: .utc, today: PeriodSum(), hours: [], models: models,
            services: services, book: Overview.Book(version: "1", day: 0))
        #expect(overview.models.map(\.model) == ["c", "a", "b"])
        #expect(overview.services.map(\.name) == ["w", "y", "x"])
        #expect(overview.total.cost == Dollars(femtodollars: 4))
    }
}
