// SPDX-License-Identifier: Apache-2.0

/// The time by which rows are too old: that of the wall clock, unless it has just been set ahead.
///
/// A clock may be wrong for a while, after a resume or because of a wrong time server. That must not make the ledger remove what it
/// is to keep. When it jumps ahead by more than an hour, rows age as if it had not, until it has stayed ahead for an hour. A start
/// compares it with the time of the latest transaction.
struct RetentionClock {
    /// How long the wall clock must stay ahead, in nanoseconds.
    private let patience: UInt64
    /// The latest time that was believed, in nanoseconds since 1970, and the monotonic clock then.
    private var believed: (wall: UInt64, monotonic: UInt64)?
    /// The monotonic clock when the wall clock was first seen ahead.
    private var aheadSince: UInt64?

    /// The largest step ahead that is believed at once, in nanoseconds: an hour.
    private static let jump: UInt64 = 3_600_000_000_000

    /// Makes a clock that believes the first time that it sees.
    ///
    /// - Parameter patience: How long a wall clock that was set ahead must stay there, in nanoseconds.
    init(patience: UInt64) { self.patience = patience }

    /// Begins with the time of the latest transaction of an earlier process.
    ///
    /// - Parameters:
    ///   - wall: That time, in nanoseconds since 1970.
    ///   - monotonic: The monotonic clock, in nanoseconds.
    mutating func begin(at wall: UInt64, monotonic: UInt64) {
        if believed == nil { believed = (wall, monotonic) }
    }

    /// The time by which rows age.
    ///
    /// - Parameters:
    ///   - wall: The wall clock, in nanoseconds since 1970.
    ///   - monotonic: The monotonic clock, in nanoseconds.
    /// - Returns: The time, in nanoseconds since 1970; never later than the wall clock.
    mutating func time(wall: UInt64, monotonic: UInt64) -> UInt64 {
        if let believed {
            let expected = believed.wall &+ (monotonic &- believed.monotonic)
            if wall > expected, wall - expected > Self.jump {
                let since = aheadSince ?? monotonic
                aheadSince = since
                if monotonic - since < patience { return expected }
            }
        }
        (believed, aheadSince) = ((wall, monotonic), nil)
        return wall
    }
}
