// SPDX-License-Identifier: Apache-2.0
import CMemory
import Glibc

/// A lock with a condition variable whose timed waits follow the monotonic clock.
///
/// On Linux, the timed waits of `DispatchSemaphore` and `NSCondition` end at a time of the wall clock. When that clock is set back by
/// an hour, they last an hour longer.
@safe final class MonotonicCondition: @unchecked Sendable {
    // Sound: `init` makes both and `deinit` frees both. In between only the functions of the system use them, from any thread.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    func lock() { unsafe pthread_mutex_lock(mutex) }

    func unlock() { unsafe pthread_mutex_unlock(mutex) }

    /// Wakes all threads that wait.
    func broadcast() { unsafe pthread_cond_broadcast(condition) }

    /// Waits for a broadcast; may also wake without one.
    ///
    /// The caller holds the lock before and after.
    ///
    /// - Parameter deadline: When the wait ends without a broadcast, in nanoseconds of the monotonic clock; `nil` for never.
    /// - Returns: `false` if the time is over.
    @discardableResult
    func wait(until deadline: UInt64?) -> Bool {
        guard let deadline else { return unsafe pthread_cond_wait(condition, mutex) == 0 }
        var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        return unsafe pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &time) == 0
    }

    /// The time of the monotonic clock after some nanoseconds.
    static func time(after nanoseconds: UInt64) -> UInt64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec) + nanoseconds
    }
}
