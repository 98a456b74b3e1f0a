// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// How far the journal is stored, and who waits for it.
final class JournalProgress: Sendable {
    private struct State {
        var stored: UInt64
        var error: StorageError?
        var waiters: [UInt64: (number: UInt64, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var nextWaiter: UInt64 = 0
        var levels = JournalLevels()
        /// The bytes of all records that this process has stored.
        var storedBytes = 0
        /// Whether no thread may pause any more.
        var isEnding = false
        /// How long each sync took that no page has shown yet, in nanoseconds.
        var times: [UInt64] = []
    }

    /// The largest number of times that wait for a page; the pages leave further ones out.
    private static let mostTimes = 65_536

    /// The longest time, in nanoseconds, between two questions whether there is room.
    private static let pause: UInt64 = 10_000_000

    private let state = Mutex(State(stored: 0))
    /// Wakes threads that pause until there is room.
    private let room = MonotonicCondition()

    /// Begins where an earlier process ended.
    func begin(at stored: UInt64) { state.withLock { $0.stored = stored } }

    /// Whether the last attempt to store records succeeded.
    var isAccepting: Bool { state.withLock { $0.error == nil } }

    /// Whether the service stops.
    var isEnding: Bool { state.withLock { $0.isEnding } }

    var levels: JournalLevels {
        state.withLock { state in
            var levels = state.levels
            levels.hasFailed = state.error != nil
            return levels
        }
    }

    /// The times, in nanoseconds, that syncs took since this was called last.
    func takeTimes() -> [UInt64] {
        state.withLock { state in
            defer { state.times = [] }
            return state.times
        }
    }

    /// Notes that all records up to a number are stored.
    ///
    /// - Parameters:
    ///   - number: The number.
    ///   - bytes: The bytes of those that were not stored before.
    ///   - nanoseconds: How long that took.
    func stored(_ number: UInt64, _ bytes: Int, nanoseconds: UInt64) {
        let due = state.withLock { state in
            (state.stored, state.error) = (number, nil)
            state.storedBytes += bytes
            state.levels.syncs += 1
            if state.times.count < Self.mostTimes { state.times.append(nanoseconds) }
            let due = state.waiters.filter { $0.value.number <= number }
            for waiter in due.keys { state.waiters[waiter] = nil }
            return due
        }
        for (_, waiter) in due { waiter.continuation.resume() }
        changed()
    }

    /// Notes that records could not be stored.
    func failed(_ error: StorageError, waiting bytes: Int) {
        let due = state.withLock { state in
            state.error = error
            state.levels.failures += 1
            state.levels.unstoredBytes = bytes
            defer { state.waiters = [:] }
            return state.waiters
        }
        for (_, waiter) in due { waiter.continuation.resume(throwing: error) }
        changed()
    }

    /// Notes a part of a pause of a large body.
    ///
    /// - Parameters:
    ///   - part: How long it was.
    ///   - isFirst: Whether the body has not paused before.
    func paused(_ part: Duration, isFirst: Bool) {
        let (seconds, attoseconds) = part.components
        let nanoseconds = UInt64(clamping: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        state.withLock { state in
            if isFirst { state.levels.pausedBodies += 1 }
            state.levels.pausedNanoseconds += nanoseconds
        }
    }

    /// Notes that an answer is held.
    func held() { state.withLock { $0.levels.heldAnswers += 1 } }

    /// The bytes of all records that this process has stored.
    var storedBytes: Int { state.withLock { $0.storedBytes } }

    /// Whether all records up to a number are stored.
    func isStored(_ number: UInt64) -> Bool { state.withLock { $0.stored >= number } }

    /// Wakes the threads that pause.
    func changed() {
        room.lock()
        room.broadcast()
        room.unlock()
    }

    /// Ends all pauses, since the service stops.
    func end() {
        state.withLock { $0.isEnding = true }
        changed()
    }

    /// Pauses the thread until there is room; returns at once while records cannot be stored, and once the service stops.
    ///
    /// - Parameters:
    ///   - hasRoom: Whether there is; asked again after each ``changed()``.
    ///   - longest: The longest time that the pause may take; asked again as well.
    ///   - note: Called with the length of each part of the pause, so that figures grow while it lasts.
    func wait(until hasRoom: () -> Bool, atMost longest: () -> Duration, noting note: (Duration) -> Void = { _ in }) {
        if hasRoom() { return }
        let began = ContinuousClock.now
        var noted = began
        room.lock()
        defer { room.unlock() }
        // The rows do not tell when they have written: they are asked.
        while isAccepting, !isEnding, !hasRoom(), ContinuousClock.now - began < longest() {
            room.wait(until: MonotonicCondition.time(after: Self.pause))
            let now = ContinuousClock.now
            note(now - noted)
            noted = now
        }
    }

    /// Waits until all records up to a number are stored.
    func wait(for number: UInt64) async throws {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if state.stored >= number { return .success(()) }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if let error = state.error { return .failure(error) }
                    state.waiters[waiter] = (number, continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: waiter) }?.continuation
                .resume(throwing: CancellationError())
        }
    }
}

/// The figures of a journal.
package struct JournalLevels: Sendable, Equatable {
    /// How often records were stored.
    package var syncs: UInt64 = 0
    /// How often records could not be stored, and whether the last attempt failed.
    package var failures: UInt64 = 0
    package var hasFailed = false
    /// How many answers were held because too many calls waited.
    package var heldAnswers: UInt64 = 0
    /// How many large bodies paused because too much waited, and for how long together.
    package var pausedBodies: UInt64 = 0
    package var pausedNanoseconds: UInt64 = 0
    /// The bytes that could not be stored, and those that wait for their first attempt.
    package var unstoredBytes = 0
    package var waitingBytes = 0
    /// The bytes of all segments.
    package var storedBytes = 0

    package init() {}
}
