// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The system's clocks, which `serve` hands to the rooms that need the time.
enum WallClock {
    /// The time of day.
    ///
    /// - Returns: Nanoseconds since 1970-01-01 00:00 UTC.
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(max(0, time.tv_sec)) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// A clock that never goes back, for durations and waits.
    ///
    /// - Returns: Nanoseconds since some moment before the process began.
    static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(max(0, time.tv_sec)) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
