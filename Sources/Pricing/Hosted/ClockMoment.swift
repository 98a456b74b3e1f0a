// SPDX-License-Identifier: Apache-2.0

/// One moment, read from two clocks.
package struct ClockMoment: Sendable, Equatable {
    /// In nanoseconds of a clock that never goes back.
    package let monotonicNanoseconds: UInt64
    /// In nanoseconds since 1970 (UTC).
    package let wallNanoseconds: UInt64

    package init(monotonicNanoseconds: UInt64, wallNanoseconds: UInt64) {
        self.monotonicNanoseconds = monotonicNanoseconds
        self.wallNanoseconds = wallNanoseconds
    }
}
