// SPDX-License-Identifier: Apache-2.0
import Pricing

/// Finds the day and the hours of a time in its zone; all times are minutes since 1970 (UTC).
struct LocalDay {
    private let now: Int64
    private let zone: ZoneClock

    private static let minutesOfDay: Int64 = 1_440

    init(at now: Int64, _ zone: ZoneClock) {
        self.now = now
        self.zone = zone
    }

    /// The time since midnight, the present minute included.
    var today: Range<Int64> {
        let midnight = local(now) / Self.minutesOfDay * Self.minutesOfDay
        // Summer time may have begun or ended since midnight.
        let guess = midnight - Int64(zone.offset(at: now))
        let begin = midnight - Int64(zone.offset(at: guess))
        return min(begin, now)..<now + 1
    }

    /// The last 24 hours, the present one last, with their hour of the day.
    var lastHours: [(hour: Int, minutes: Range<Int64>)] {
        let begin = now - local(now) % 60
        return (Int64(0)..<24).reversed().map { ago in
            let start = begin - 60 * ago
            return (Int(local(start) % Self.minutesOfDay / 60), start..<start + 60)
        }
    }

    private func local(_ minute: Int64) -> Int64 { minute + Int64(zone.offset(at: minute)) }
}
