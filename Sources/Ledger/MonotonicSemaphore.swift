// SPDX-License-Identifier: Apache-2.0

/// A semaphore whose timed waits follow the monotonic clock, as those of ``MonotonicCondition``.
final class MonotonicSemaphore: @unchecked Sendable {
    private let condition = MonotonicCondition()
    // Sound: only the holder of the condition's lock reads or writes it.
    private var count = 0

    /// Lets one wait end.
    func signal() {
        condition.lock()
        count += 1
        condition.broadcast()
        condition.unlock()
    }

    /// Waits for a signal.
    func wait() { wait(until: nil) }

    /// Waits for a signal, or until the time is over.
    ///
    /// - Parameter nanoseconds: How long to wait at most.
    /// - Returns: Whether there was a signal.
    @discardableResult
    func wait(atMost nanoseconds: UInt64) -> Bool { wait(until: MonotonicCondition.time(after: nanoseconds)) }

    @discardableResult
    private func wait(until deadline: UInt64?) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while count == 0 {
            if !condition.wait(until: deadline), count == 0 { return false }
        }
        count -= 1
        return true
    }
}
