// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// A clock that moves only when told to.
final class ManualClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset = Duration.zero

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    private struct Sleeper {
        let deadline: Instant
        let wake: AsyncStream<Void>.Continuation
    }

    private let state = Mutex((now: Instant(), sleepers: [Sleeper]()))
    private let asleep = AsyncStream.makeStream(of: Void.self)

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let (stream, wake) = AsyncStream.makeStream(of: Void.self)
        state.withLock { state in
            if deadline <= state.now {
                wake.finish()
            } else {
                state.sleepers.append(Sleeper(deadline: deadline, wake: wake))
            }
        }
        asleep.continuation.yield()
        for await _ in stream {}
        try Task.checkCancellation()
    }

    /// Waits until somebody sleeps.
    func somebodySleeps() async {
        for await _ in asleep.stream { return }
    }

    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let now = state.now
            let due = state.sleepers.filter { $0.deadline <= now }
            state.sleepers.removeAll { $0.deadline <= now }
            return due
        }
        for sleeper in due { sleeper.wake.finish() }
    }
}
