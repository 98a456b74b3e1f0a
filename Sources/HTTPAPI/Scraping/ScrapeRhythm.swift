// SPDX-License-Identifier: Apache-2.0

/// The rhythm of one scraper: it scrapes at even intervals.
struct ScrapeRhythm: Equatable, Sendable {
    /// The time between two scrapes, in nanoseconds.
    var interval: Int64
    /// The time of its last scrape, on the clock of the scrapes that the rhythm was found in.
    var last: Int64

    /// Whether its next scrape can still be expected: it has missed at most two.
    func isAlive(at now: Int64) -> Bool { now - last <= 3 * interval + Self.slack }

    /// The distance of a time from the nearest one at which the rhythm has a scrape.
    func distance(of moment: Int64) -> Int64 {
        let phase = abs(moment - last) % interval
        return min(phase, interval - phase)
    }

    /// The time by which a scrape may be later than its interval.
    static let slack: Int64 = 2_000_000_000
}

/// A scrape, as the listener sees it.
struct SeenScrape: Equatable, Sendable {
    /// When it began, in nanoseconds.
    var time: Int64
    /// Its connection.
    var connection: Int
}

extension ScrapeRhythm {
    /// Finds the rhythms in the scrapes of one address and User-Agent.
    ///
    /// Several scrapers may share both (two servers behind one address), so their scrapes may be mixed. A rhythm is a chain of
    /// scrapes, from one scrape back in at least three even steps, one of which may have twice the length for a missed scrape.
    /// The shortest step that makes a chain is the interval. The scrapes of the chain are then removed, and the next rhythm is
    /// searched for in the rest.
    ///
    /// Two scrapers half an interval apart look like one that is twice as fast. Their connections distinguish them, since a
    /// scraper keeps its connection or opens a new one, but never returns to an old one. So a chain on one connection is
    /// preferred, then a chain that returns to no connection, and only then any other (a proxy may alternate connections).
    ///
    /// - Parameter scrapes: The scrapes, the oldest first.
    /// - Returns: The rhythms, that of the most recent scrape first.
    static func rhythms(in scrapes: [SeenScrape]) -> [ScrapeRhythm] {
        var (rest, rhythms) = (scrapes, [ScrapeRhythm]())
        while rest.count > leastSteps, rhythms.count < mostRhythms {
            let own = rest.indices.filter { rest[$0].connection == rest[rest.count - 1].connection }
            let all = Array(rest.indices)
            let chain =
                chain(of: own, in: rest, alternating: true) ?? chain(of: all, in: rest, alternating: false)
                ?? chain(of: all, in: rest, alternating: true)
            if let chain {
                rhythms.append(chain.rhythm)
                rest = rest.indices.filter { !chain.indices.contains($0) }.map { rest[$0] }
            } else {
                rest.removeLast()
            }
        }
        return rhythms
    }

    /// Guesses the rhythm of a scraper from scrapes that are too few or too uneven to show one.
    ///
    /// - Parameters:
    ///   - scrapes: The scrapes of one address and User-Agent, the oldest first.
    ///   - connection: The scraper's connection; all scrapes count if it has but one of them.
    /// - Returns: A rhythm with the longest of the last three intervals; `nil` from a single scrape.
    static func guess(from scrapes: [SeenScrape], on connection: Int) -> ScrapeRhythm? {
        let own = scrapes.filter { $0.connection == connection }
        let times = (own.count > 1 ? own : scrapes).suffix(leastSteps + 1).map(\.time)
        let longest = zip(times.dropFirst(), times).map { $0 - $1 }.max()
        guard let last = times.last, let longest else { return nil }
        return ScrapeRhythm(interval: max(longest, leastInterval), last: last)
    }

    private struct Chain {
        var rhythm: ScrapeRhythm
        /// Indices into the scrapes.
        var indices: Set<Int>
    }

    private static let leastSteps = 3
    /// A script that scrapes without a pause would seem to have many.
    private static let mostRhythms = 8
    /// Faster repetition is a loop in a script, whose steps are too short for any tolerance.
    private static let leastInterval: Int64 = 100_000_000

    /// The chain with the shortest step that goes back from the last scrape.
    ///
    /// - Parameters:
    ///   - candidates: Indices of the scrapes that may be part of it, in order; the last scrape is one of them.
    ///   - scrapes: All scrapes.
    ///   - alternating: Whether the chain may return to a connection that it had left.
    /// - Returns: The chain, or `nil` if the last scrape is not part of one.
    private static func chain(of candidates: [Int], in scrapes: [SeenScrape], alternating: Bool) -> Chain? {
        guard candidates.count > leastSteps, let last = candidates.last.map({ scrapes[$0].time }) else { return nil }
        for first in candidates.dropLast().reversed() {
            let step = last - scrapes[first].time
            guard step >= leastInterval else { continue }
            guard let (indices, intervals) = steps(of: step, along: candidates.map { scrapes[$0].time }) else {
                continue
            }
            let members = indices.map { candidates[$0] }
            guard alternating || !alternates(members.map { scrapes[$0].connection }) else { continue }
            let mean = (last - scrapes[members[members.count - 1]].time) / Int64(intervals)
            return Chain(rhythm: ScrapeRhythm(interval: mean, last: last), indices: Set(members))
        }
        return nil
    }

    /// The indices of a chain, from the last time backwards, and the number of intervals that it spans; `nil` if it is too
    /// short.
    private static func steps(of step: Int64, along times: [Int64]) -> (indices: [Int], intervals: Int)? {
        // The jitter of scheduling and the network.
        let tolerance = min(step / 4, max(250_000_000, step / 10))
        var (current, doubles) = (times.count - 1, 0)
        var indices = [current]
        func nearest(to time: Int64) -> Int? {
            var best: Int?
            for index in stride(from: current - 1, through: 0, by: -1) where times[index] <= time + tolerance {
                if times[index] < time - tolerance { break }
                if abs(times[index] - time) < best.map({ abs(times[$0] - time) }) ?? .max { best = index }
            }
            return best
        }
        while true {
            if let next = nearest(to: times[current] - step) {
                current = next
            } else if let next = nearest(to: times[current] - 2 * step) {
                current = next
                doubles += 1
            } else {
                break
            }
            indices.append(current)
        }
        // With many misses the interval would be another one.
        let steps = indices.count - 1
        return steps >= leastSteps && doubles * 3 <= steps ? (indices, steps + doubles) : nil
    }

    /// Whether scrapes return to a connection that they had left.
    private static func alternates(_ connections: [Int]) -> Bool {
        var left = Set<Int>()
        for (connection, next) in zip(connections, connections.dropFirst()) where connection != next {
            left.insert(connection)
            if left.contains(next) { return true }
        }
        return false
    }
}
