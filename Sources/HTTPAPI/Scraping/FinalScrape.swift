// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Synchronization

/// Decides how long metrics stay open at shutdown, so that every expected scraper sees the final state, and remembers which
/// births of series each scraper has seen.
///
/// There are three states in sequence: *serving*, in which scrapes are only noted; *waiting*, from the moment the final state is
/// reached; *over*. The wait covers each scraper whose scrapes show a rhythm (``ScrapeRhythm``), and each whose last page held
/// values back (``SeenBirths``). Each of them has its interval and two seconds to begin one more scrape. The wait ends when each
/// has begun one or has used up its time, at the limit, or at a second signal. A scrape that began before the wait does not
/// count, because it may show less than the final state.
package final class FinalScrape<C: Clock>: ScrapeWatching where C.Duration == Duration {
    /// Why the wait ended.
    package enum Outcome: String, Sendable {
        /// Each awaited scraper has begun a scrape of the final state.
        case scraped
        /// There was no wait: no scraper is expected.
        case notExpected = "not_expected"
        /// There was no wait: the next process continues what metrics show.
        case continued
        /// There was no wait: the limit is zero.
        case off
        /// There was no wait: the limit was over before the final state was reached.
        case tooLate = "too_late"
        /// At least one scraper did not scrape in time.
        case timedOut = "timed_out"
        /// A second signal, or cancellation.
        case cutShort = "cut_short"
    }

    /// The result of the wait.
    package struct Report: Sendable, Equatable {
        package var outcome: Outcome
        /// The number of scrapers that the wait was for.
        package var awaited = 0
        /// How many of these did not scrape in time.
        package var missed = 0
        /// How long it took.
        package var waited = Duration.zero
    }

    private struct Awaited {
        let scraper: Scraper
        let rhythm: ScrapeRhythm
        /// The time at which the wait for it ends, in nanoseconds.
        let deadline: Int64
    }

    private struct Connected: Hashable {
        let scraper: Scraper
        let connection: Int
    }

    private struct Wait {
        var awaited: [Awaited]
        var missed = 0
        let end: AsyncStream<Outcome>.Continuation
    }

    private struct State {
        var memory = ScraperMemory()
        /// The connections whose listener reports their end.
        var watched: Set<Connected> = []
        var shutdownBegan: Int64?
        var wait: Wait?
        var isOver = false
    }

    private let limit: Duration
    private let isContinued: Bool
    private let clock: C
    private let origin: C.Instant
    private let state = Mutex(State())

    /// Begins in the state of serving.
    ///
    /// - Parameters:
    ///   - limit: The longest time from the beginning of the shutdown to the end of the wait; zero waits for no scraper.
    ///   - isContinued: Whether the next process continues what metrics show; then there is no wait.
    ///   - clock: The clock for all times.
    package init(limit: Duration, isContinued: Bool = false, clock: C) {
        self.limit = limit
        self.isContinued = isContinued
        self.clock = clock
        origin = clock.now
    }

    private var now: Int64 { origin.duration(to: clock.now).nanoseconds }

    /// The number of regular scrapers, and the number of scrapers that were forgotten because there were too many.
    package var levels: (regular: Int, forgotten: UInt64) {
        let now = now
        return state.withLock { ($0.memory.rhythms(at: now).count, $0.memory.forgotten) }
    }

    @discardableResult
    func scrapeBegan(by scraper: Scraper, on connection: Int) -> BirthHorizon? {
        let now = now
        return state.withLock { state in
            state.memory.note(scraper, SeenScrape(time: now, connection: connection))
            let seen = scraper.isDeclared ? state.memory[birthsOf: scraper]?.horizon : nil
            guard var wait = state.wait else { return seen }
            // If several scrapers share the address, this is the one that is due.
            let due = wait.awaited.indices.filter { wait.awaited[$0].scraper == scraper }
                .min { wait.awaited[$0].rhythm.distance(of: now) < wait.awaited[$1].rhythm.distance(of: now) }
            guard let due else { return seen }
            wait.awaited.remove(at: due)
            if wait.awaited.isEmpty { wait.end.yield(wait.missed == 0 ? .scraped : .timedOut) }
            state.wait = wait
            return seen
        }
    }

    func showsWhole(_ page: BirthHorizon, to scraper: Scraper) {
        state.withLock { $0.memory[birthsOf: scraper]?.noteWhole(page) }
    }

    func answered(_ page: BirthHorizon, holdsBack: Bool, to scraper: Scraper, on connection: Int) -> Bool {
        state.withLock { state in
            guard scraper.isDeclared, state.memory[birthsOf: scraper] != nil else { return false }
            state.memory[birthsOf: scraper]?.noteAnswer(page, holdsBack: holdsBack, on: connection)
            return state.watched.insert(Connected(scraper: scraper, connection: connection)).inserted
        }
    }

    func connectionClosed(_ connection: Int, of scraper: Scraper) {
        state.withLock { state in
            state.memory[birthsOf: scraper]?.noteClosed(connection)
            state.watched.remove(Connected(scraper: scraper, connection: connection))
        }
    }

    /// Notes that the shutdown begins.
    ///
    /// The limit counts from here; without this call it counts from the beginning of the wait.
    package func shutdownBegan() {
        let now = now
        state.withLock { $0.shutdownBegan = $0.shutdownBegan ?? now }
    }

    /// Waits, once the final state is reached, until metrics may close.
    ///
    /// - Parameters:
    ///   - cutShort: Returns to end the wait early, and when its task is cancelled.
    ///   - willWait: Called if there is a wait, with the number of scrapers and the longest time that it can take.
    /// - Returns: Why the wait ended, or why there was none; ``Outcome/notExpected`` also on a second call.
    package func wait(
        cutShort: (@Sendable () async -> Void)?, willWait: (_ scrapers: Int, _ atMost: Duration) -> Void = { _, _ in }
    ) async -> Report {
        let start = now
        let (ends, end) = AsyncStream.makeStream(of: Outcome.self)
        let (awaited, reason) = state.withLock { state -> ([Awaited], Outcome) in
            guard !state.isOver, state.wait == nil else { return ([], .notExpected) }
            let latest = (state.shutdownBegan ?? start) + limit.nanoseconds
            let awaited = state.memory.expected(at: start).map { scraper, rhythm in
                Awaited(
                    scraper: scraper, rhythm: rhythm,
                    deadline: min(start + rhythm.interval + ScrapeRhythm.slack, latest))
            }
            if let reason = reasonNotToWait(for: awaited, start: start, latest: latest) {
                state.isOver = true
                return ([], reason)
            }
            state.wait = Wait(awaited: awaited, end: end)
            return (awaited, .scraped)
        }
        guard let last = awaited.map(\.deadline).max() else { return Report(outcome: reason) }

        willWait(awaited.count, .nanoseconds(last - start))
        let outcome = await firstOutcome(ends: ends, cutShort: cutShort)
        let missed = state.withLock { state in
            state.isOver = true
            defer { state.wait = nil }
            return state.wait.map { $0.missed + $0.awaited.count } ?? 0
        }
        return Report(
            outcome: outcome, awaited: awaited.count, missed: missed, waited: .nanoseconds(now - start))
    }

    private func reasonNotToWait(for awaited: [Awaited], start: Int64, latest: Int64) -> Outcome? {
        if isContinued { return .continued }
        if limit == .zero { return .off }
        if awaited.isEmpty { return .notExpected }
        return latest <= start ? .tooLate : nil
    }

    private func firstOutcome(ends: AsyncStream<Outcome>, cutShort: (@Sendable () async -> Void)?) async -> Outcome {
        await withTaskGroup(of: Outcome.self) { group in
            group.addTask {
                for await outcome in ends { return outcome }
                return .cutShort
            }
            group.addTask { await self.giveUp() }
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

    /// Ends the wait for each scraper whose time is up; returns when none is left.
    private func giveUp() async -> Outcome {
        while let next = state.withLock({ $0.wait?.awaited.map(\.deadline).min() }) {
            do {
                try await clock.sleep(until: origin.advanced(by: .nanoseconds(next)), tolerance: nil)
            } catch { return .cutShort }
            let now = now
            state.withLock { state in
                guard var wait = state.wait else { return }
                let before = wait.awaited.count
                wait.awaited.removeAll { $0.deadline <= now }
                wait.missed += before - wait.awaited.count
                state.wait = wait
            }
        }
        return state.withLock { ($0.wait?.missed ?? 0) == 0 } ? .scraped : .timedOut
    }
}
