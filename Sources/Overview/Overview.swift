// SPDX-License-Identifier: Apache-2.0
package import CallMetrics
package import Pricing
import Synchronization

/// The figures of the landing page, at one time.
package struct Overview: Sendable {
    /// One bar of the chart.
    package struct Hour: Sendable, Equatable {
        /// The hour of the day in the zone, 0 to 23.
        package let hour: Int
        package let sum: PeriodSum

        package init(hour: Int, sum: PeriodSum) {
            self.hour = hour
            self.sum = sum
        }
    }

    /// The price book in force.
    package struct Book: Sendable, Equatable {
        package let version: String
        /// The day on which the book was made, in days since 1970.
        package let day: Int

        package init(version: String, day: Int) {
            self.version = version
            self.day = day
        }
    }

    /// When the figures were read and when they began, in nanoseconds since 1970 (UTC).
    package var nanoseconds: UInt64
    package var sinceNanoseconds: UInt64
    /// The time zone of ``today`` and ``hours``.
    package var zone: ZoneClock
    /// The calls of all models.
    package var total: ModelSum
    package var today: PeriodSum
    /// The last 24 hours, the present one last.
    package var hours: [Hour]
    /// Those with the highest cost first.
    package var models: [ModelFigures]
    /// Those with the latest span first.
    package var services: [ServiceFigures]
    package var book: Book

    package init(
        nanoseconds: UInt64, sinceNanoseconds: UInt64, zone: ZoneClock, today: PeriodSum, hours: [Hour],
        models: [ModelFigures], services: [ServiceFigures], book: Book
    ) {
        self.nanoseconds = nanoseconds
        self.sinceNanoseconds = sinceNanoseconds
        self.zone = zone
        self.today = today
        self.hours = hours
        self.models = models.sorted {
            (-$0.sum.cost.femtodollars, -$0.sum.calls, $0.model, $0.provider)
                < (-$1.sum.cost.femtodollars, -$1.sum.calls, $1.model, $1.provider)
        }
        self.services = services.sorted {
            ($1.lastNanoseconds, $0.name) < ($0.lastNanoseconds, $1.name)
        }
        self.book = book
        total = models.reduce(into: ModelSum(row: 0)) { $0.add($1.sum) }
    }
}

/// Keeps the figures of the landing page and of silent services.
package final class OverviewKeeper: Sendable {
    package let spend = SpendTotals()
    package let lastSpans = LastSpans()
    private let since: UInt64
    private let zone: Mutex<ZoneClock>

    /// Starts at zero.
    ///
    /// - Parameters:
    ///   - nanoseconds: The time now, since 1970 (UTC).
    ///   - zone: The time zone of "today".
    package init(since nanoseconds: UInt64, zone: ZoneClock) {
        since = nanoseconds
        self.zone = Mutex(zone)
    }

    /// Changes the time zone of "today".
    package func follow(_ zone: ZoneClock) { self.zone.withLock { $0 = zone } }

    /// The figures now.
    ///
    /// - Parameters:
    ///   - nanoseconds: The time now, since 1970 (UTC).
    ///   - book: The price book in force.
    /// - Returns: The figures, sorted.
    package func overview(at nanoseconds: UInt64, book: Overview.Book) -> Overview {
        let zone = zone.withLock { $0 }
        let day = LocalDay(at: Int64(nanoseconds / 60_000_000_000), zone)
        let hours = day.lastHours
        let (models, sums) = spend.figures(of: [day.today] + hours.map(\.minutes))
        return Overview(
            nanoseconds: nanoseconds, sinceNanoseconds: since, zone: zone, today: sums[0],
            hours: zip(hours, sums.dropFirst()).map { Overview.Hour(hour: $0.hour, sum: $1) }, models: models,
            services: lastSpans.services, book: book)
    }
}
