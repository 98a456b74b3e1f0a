// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Logging
import Testing

@testable import HTTPAPI

@Suite struct ConnectionEventsTests {
    @Test func `each event is counted, and each kind is logged at most once per interval`() {
        let (log, counters) = (RecordedLog(), RecordingCounters())
        let events = ConnectionEvents(of: .otlp, limit: 7, counters: counters, logger: log.logger)
        for _ in 0..<1000 {
            events.count(.gaveWay(.idle))
            events.count(.refused)
            events.count(.badRequest)
        }
        #expect(counters.events.count == 3000)
        #expect(counters.limits == [.otlp: 7])
        let lines = log.lines
        // What a sender alone gets wrong is not logged.
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.level == .warning && $0.metadata["door"] == "otlp" })
        #expect(lines.first?.metadata["max_connections"] == "7")
    }
}
