// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Decides how long metrics stay open at shutdown.
///
/// The states, each left once: *serving*, where scrapes are only noted; *waiting*, from the moment the final state is
/// reached, where the first scrape that begins, the limit or a second signal ends the wait; *over*. A scrape that began
/// before the wait does not end it, because it may show less than the final state. Without a scrape in the recent past
/// nobody is expected, and the wait is over at once.
package final class FinalScrape<C: Clock>: Sendable where C.Duration == Duration {
    /// Why the wait ended.
    package enum Outcome: Sendable, Equatable {
        /// A scrape of the final state has begun.
        case scraped
        /// Nobody scraped lately, or no wait is wanted.
        case notExpected
        /// The limit passed.
        case timedOut
        /// A second signal, or cancellation.
        case cutShort
    }

    private enum State {
        case serving(lastScrape: C.Instant?)
        case waiting(AsyncStream<Void>.Continuation)
        case over
    }

    private let limit: Duration
    private let recent: Duration
    private let clock: C
    private let state = Mutex(State.serving(lastScrape: nil))

    /// Makes the decision's parts known.
    ///
    /// - Parameters:
    ///   - limit: The longest wait; zero waits for nobody.
    ///   - recent: How long ago a scrape may lie for another to be expected.
    ///   - clock: The clock both are measured on.
    package init(limit: Duration, recent: Duration = .seconds(300), clock: C) {
        self.limit = limit
        self.recent = recent
        self.clock = clock
    }

    /// Notes that a scrape begins; call it before the page is rendered.
    package func scrapeBegan() {
        let now = clock.now
        let waiter = state.withLock { state -> AsyncStream<Void>.Continuation? in
            switch state {
            case .serving:
                state = .serving(lastScrape: now)
                return nil
            case .waiting(let continuation):
                state = .over
                return continuation
            case .over:
                return nil
            }
        }
        waiter?.yield()
        waiter?.finish()
    }

    /// Waits, once the final state is reached, until metrics may close.
    ///
    /// - Parameter cutShort: Returns when the wait shall end early, and when its task is cancelled.
    /// - Returns: Why the wait ended; ``Outcome/notExpected`` also on a second call.
    package func wait(cutShort: (@Sendable () async -> Void)?) async -> Outcome {
        let now = clock.now
        let (scrapes, continuation) = AsyncStream.makeStream(of: Void.self)
        let isExpected = state.withLock { state in
            guard case .serving(let lastScrape?) = state, limit > .zero, lastScrape.duration(to: now) <= recent else {
                state = .over
                return false
            }
            state = .waiting(continuation)
            return true
        }
        guard isExpected else { return .notExpected }

        let outcome = await firstOutcome(scrapes: scrapes, deadline: now.advanced(by: limit), cutShort: cutShort)
        state.withLock { $0 = .over }
        return outcome
    }

    private func firstOutcome(
        scrapes: AsyncStream<Void>, deadline: C.Instant, cutShort: (@Sendable () async -> Void)?
    ) async -> Outcome {
        await withTaskGroup(of: Outcome.self) { group in
            group.addTask {
                for await _ in scrapes { return .scraped }
                return .cutShort
            }
            group.addTask { [clock] in
                do { try await clock.sleep(until: deadline, tolerance: nil) } catch { return .cutShort }
                return .timedOut
            }
            if let cutShort {
                group.addTask {
                    await cutShort()
                    return .cutShort
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? .cutShort
        }
    }
}
