// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Logging
import Synchronization
import Testing

@testable import HTTPAPI

@Suite struct ConnectionEventsTests {
    /// Keeps what is logged.
    private struct Lines: LogHandler {
        final class Kept: Sendable {
            let lines = Mutex([(level: Logger.Level, text: String, metadata: Logger.Metadata)]())
        }

        let kept: Kept
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            kept.lines.withLock { $0.append((event.level, event.message.description, event.metadata ?? [:])) }
        }
    }

    @Test func `each event is counted, and each kind is logged at most once per interval`() {
        let (kept, counters) = (Lines.Kept(), RecordingCounters())
        let logger = Logger(label: "test") { _ in Lines(kept: kept) }
        let events = ConnectionEvents(of: .otlp, limit: 7, counters: counters, logger: logger)
        for _ in 0..<1000 {
            events.count(.gaveWay(.idle))
            events.count(.refused)
            events.count(.badRequest)
        }
        #expect(counters.events.count == 3000)
        #expect(counters.limits == [.otlp: 7])
        let lines = kept.lines.withLock { $0 }
        // What a sender alone gets wrong is not logged.
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.level == .warning && $0.metadata["listener"] == "otlp" })
        #expect(lines.first?.metadata["max_connections"] == "7")
    }
}
