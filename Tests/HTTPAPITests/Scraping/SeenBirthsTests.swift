// SPDX-License-Identifier: Apache-2.0
import Aggregation
import TestData
import Testing

@testable import HTTPAPI

/// What scrapers that share an address and a User-Agent get to see of new series.
@Suite struct SeenBirthsTests {
    /// Moments of a registry, in order, each with one more series than the one before.
    private static let moments: [BirthHorizon] = {
        var registry = SeriesRegistry()
        let family = registry.register(
            MetricFamily(name: "a_total", help: "", kind: .counter, labels: [.open("x")]))
        return (0..<100).map { number in
            defer { _ = registry.series(family, ["\(number)"]) }
            return registry.snapshot.births
        }
    }()

    private var seen = SeenBirths()

    private func moment(_ number: Int) -> BirthHorizon { Self.moments[number] }

    @Test mutating func `a scraper has seen what its last complete page had`() {
        #expect(seen.horizon == nil)
        seen.noteAnswer(moment(3), on: 1)
        #expect(seen.horizon == moment(3))
        seen.noteAnswer(moment(5), on: 1)
        #expect(seen.horizon == moment(5))
    }

    @Test mutating func `a new connection for each scrape changes nothing`() {
        for number in 1..<20 {
            seen.noteAnswer(moment(number), on: number)
            seen.noteClosed(number)
            #expect(seen.horizon == moment(number))
        }
    }

    @Test mutating func `of two connections, the one that is behind counts`() {
        seen.noteAnswer(moment(1), on: 1)
        seen.noteAnswer(moment(2), on: 2)
        #expect(seen.horizon == moment(1))
        seen.noteAnswer(moment(3), on: 1)
        #expect(seen.horizon == moment(2))
        seen.noteClosed(2)
        #expect(seen.horizon == moment(3))
    }

    @Test mutating func `a connection that stays silent holds nothing back for long`() {
        seen.noteAnswer(moment(1), on: 1)
        for number in 2..<2 + SeenBirths.mostMissed {
            seen.noteAnswer(moment(number), on: 2)
            #expect(seen.horizon == moment(1))
        }
        seen.noteAnswer(moment(50), on: 2)
        #expect(seen.horizon == moment(50))
        // It is behind again, and the horizon stays.
        seen.noteAnswer(moment(51), on: 1)
        #expect(seen.horizon == moment(50))
    }

    @Test mutating func `more connections than are told apart hold nothing back`() {
        for connection in 0...SeenBirths.mostMembers { seen.noteAnswer(moment(connection), on: connection) }
        #expect(seen.horizon == moment(1))
    }

    @Test mutating func `values that were sent are never taken back, whether or not they arrived`() {
        seen.noteWhole(moment(4))
        #expect(seen.horizon == nil)
        seen.noteAnswer(moment(2), on: 1)
        #expect(seen.horizon == moment(4))
        seen.noteWhole(moment(6))
        #expect(seen.horizon == moment(6))
    }
}
