// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Spaces log lines that peers can cause at will: one line of a kind every ten seconds, with the number of its events.
final class LogSpacing<Kind: Hashable & Sendable>: Sendable {
    /// For each kind, the time from which it is logged again, and the number of events that were not logged yet.
    private let unlogged = Mutex([Kind: (again: ContinuousClock.Instant, count: Int)]())

    private static var interval: Duration { .seconds(10) }

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
            if isDue { again = now + Self.interval }
            unlogged[kind] = (again, isDue ? 0 : count)
            return isDue ? count : nil
        }
    }
}
