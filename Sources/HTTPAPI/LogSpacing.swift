// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Spaces log lines that peers can cause at will: one line of a kind in each interval, with the number of its events.
final class LogSpacing<Kind: Hashable & Sendable>: Sendable {
    /// For each kind, the time from which it is logged again, and the number of events that were not logged yet.
    private let unlogged = Mutex([Kind: (again: ContinuousClock.Instant, count: Int)]())

    private let interval: Duration

    /// - Parameter interval: The shortest time between two lines of one kind.
    init(interval: Duration = .seconds(10)) {
        self.interval = interval
    }

    /// Notes an event.
    ///
    /// - Parameter kind: Its kind.
    /// - Returns: The number of events that a line has to report, this one included; `nil` if the last line is too recent.
    func note(_ kind: Kind) -> Int? {
        let now = ContinuousClock.now
        return unlogged.withLock { unlogged in
            var (again, count) = unlogged[kind] ?? (now, 0)
            count += 1
            let isDue = now >= again
            if isDue { again = now + interval }
            unlogged[kind] = (again, isDue ? 0 : count)
            return isDue ? count : nil
        }
    }
}
