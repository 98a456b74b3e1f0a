// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Ledger

/// Waits by the monotonic clock, from many threads at a time.
@Suite struct MonotonicWaitTests {
    private static let minute: UInt64 = 60_000_000_000

    private final class Woken: Sendable {
        let count = Mutex(0)
    }

    @Test func `each signal ends one wait, whichever threads signal and wait`() {
        let semaphore = MonotonicSemaphore()
        let woken = Woken()
        DispatchQueue.concurrentPerform(iterations: 8) { number in
            for _ in 0..<2_000 {
                if number.isMultiple(of: 2) {
                    semaphore.signal()
                } else if semaphore.wait(atMost: Self.minute) {
                    woken.count.withLock { $0 += 1 }
                }
            }
        }
        #expect(woken.count.withLock { $0 } == 8_000)
        #expect(!semaphore.wait(atMost: 0))
    }

    @Test func `signals that come before the wait are not lost`() {
        let semaphore = MonotonicSemaphore()
        for _ in 0..<3 { semaphore.signal() }
        #expect((0..<4).map { _ in semaphore.wait(atMost: 1_000) } == [true, true, true, false])
    }

    @Test func `a broadcast wakes all threads that wait, and a wait without one ends with its time`() {
        let condition = MonotonicCondition()
        let woken = Woken()
        let isOpen = Woken()
        let waiting = MonotonicSemaphore()
        let ended = MonotonicSemaphore()
        for _ in 0..<4 {
            Thread.detachNewThread {
                condition.lock()
                waiting.signal()
                let deadline = MonotonicCondition.time(after: Self.minute)
                while isOpen.count.withLock({ $0 }) == 0, condition.wait(until: deadline) {}
                condition.unlock()
                if MonotonicCondition.time(after: 0) < deadline { woken.count.withLock { $0 += 1 } }
                ended.signal()
            }
        }
        for _ in 0..<4 { waiting.wait() }
        condition.lock()
        isOpen.count.withLock { $0 = 1 }
        condition.broadcast()
        condition.unlock()
        for _ in 0..<4 { ended.wait() }
        #expect(woken.count.withLock { $0 } == 4)

        condition.lock()
        let deadline = MonotonicCondition.time(after: 2_000_000)
        while condition.wait(until: deadline) {}
        condition.unlock()
        #expect(MonotonicCondition.time(after: 0) >= deadline)
    }
}
