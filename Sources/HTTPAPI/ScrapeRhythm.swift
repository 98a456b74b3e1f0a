// SPDX-License-Identifier: Apache-2.0

/// One scraper's rhythm: it scrapes every so often.
struct ScrapeRhythm: Equatable, Sendable {
    /// The time between two scrapes, in nanoseconds.
    var interval: Int64
    /// When it scraped last, on the same scale as the scrapes that it was found in.
    var last: Int64

    /// Whether its next scrape can still be expected: at most two were missed.
    func isAlive(at now: Int64) -> Bool { now - last <= 3 * interval + Self.slack }

    /// How far a moment is from one at which it would scrape.
    func distance(of moment: Int64) -> Int64 {
        let phase = abs(moment - last) % interval
        return min(phase, interval - phase)
    }

    /// How much later than its interval a scrape may come.
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
    /// Several scrapers may share both (two servers behind one address), so the scrapes are a mixture. A rhythm is a chain of
    /// scrapes that goes back from a scrape in even steps: three at least, one of which may have twice the length, where a
    /// scrape was missed. The shortest step that makes a chain is the interval; its scrapes are taken out, and the next rhythm
    /// is looked for in the rest.
    ///
    /// Two scrapers that come half an interval apart look like one that is twice as quick. Their connections tell them apart,
    /// since a scraper keeps its connection or opens a new one, but does not go back: a chain on one connection is preferred,
    /// then one that goes back to none, and only then any (a proxy between may use several connections in turn).
    ///
    /// - Parameter scrapes: The scrapes, the oldest first.
    /// - Returns: The rhythms, the one that scraped last first.
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
                rest = rest.indices.filter { !chain.places.contains($0) }.map { rest[$0] }
            } else {
                rest.removeLast()
            }
        }
        return rhythms
    }

    private struct Chain {
        var rhythm: ScrapeRhythm
        /// Indices into the scrapes.
        var places: Set<Int>
    }

    private static let leastSteps = 3
    /// A script that scrapes without pause would show many.
    private static let mostRhythms = 8
    /// A quicker repetition is a loop in a script, whose steps no tolerance fits.
    private static let leastInterval: Int64 = 100_000_000

    /// The chain with the shortest step that goes back from the last scrape.
    ///
    /// - Parameters:
    ///   - candidates: Which scrapes may be part of it, in order; the last scrape is one of them.
    ///   - scrapes: All scrapes.
    ///   - alternating: Whether the chain may go back to a connection that it had left.
    /// - Returns: The chain, or `nil` when the last scrape is part of none.
    private static func chain(of candidates: [Int], in scrapes: [SeenScrape], alternating: Bool) -> Chain? {
        guard candidates.count > leastSteps, let last = candidates.last.map({ scrapes[$0].time }) else { return nil }
        for first in candidates.dropLast().reversed() {
            let step = last - scrapes[first].time
            guard step >= leastInterval else { continue }
            guard let (places, intervals) = steps(of: step, along: candidates.map { scrapes[$0].time }) else {
                continue
            }
            let members = places.map { candidates[$0] }
            guard alternating || !alternates(members.map { scrapes[$0].connection }) else { continue }
            let mean = (last - scrapes[members[members.count - 1]].time) / Int64(intervals)
            return Chain(rhythm: ScrapeRhythm(interval: mean, last: last), places: Set(members))
        }
        return nil
    }

    /// The places of a chain, from the last moment backwards, and how many intervals it spans; `nil` when it is too short.
    private static func steps(of step: Int64, along times: [Int64]) -> (places: [Int], intervals: Int)? {
        // What scheduling and the network add or take away.
        let tolerance = min(step / 4, max(250_000_000, step / 10))
        var (current, doubles) = (times.count - 1, 0)
        var places = [current]
        func nearest(to time: Int64) -> Int? {
            var best: Int?
            for place in stride(from: current - 1, through: 0, by: -1) where times[place] <= time + tolerance {
                if times[place] < time - tolerance { break }
                if abs(times[place] - time) < best.map({ abs(times[$0] - time) }) ?? .max { best = place }
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
            places.append(current)
        }
        // A miss now and then is a miss; misses throughout are another interval.
        let steps = places.count - 1
        return steps >= leastSteps && doubles * 3 <= steps ? (places, steps + doubles) : nil
    }

    /// Whether scrapes go back to a connection that they had left.
    private static func alternates(_ connections: [Int]) -> Bool {
        var left = Set<Int>()
        for (connection, next) in zip(connections, connections.dropFirst()) where connection != next {
            left.insert(connection)
            if left.contains(next) { return true }
        }
        return false
    }
}
