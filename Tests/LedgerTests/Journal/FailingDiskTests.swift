// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Pricing
import Synchronization
import TestData
import Testing

@testable import Ledger

/// A disk that fails now and then loses nothing that a ticket promised.
@Suite struct FailingDiskTests {
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `what a ticket promised is stored once, in order, however often writes and syncs fail`(seed: UInt64)
        async throws
    {
        let symbols = SymbolTable()
        let folder = MemoryFolder()
        let chance = Mutex(SeededGenerator(seed: seed))
        folder.fail { _ in chance.withLock { Int.random(in: 0..<5, using: &$0) == 0 } }
        let journal = RecordTests.journal(folder, symbols, AttributionTable(symbols: symbols)) {
            $0.segmentBytes = 4_096
        }
        journal.start(onStored: { _ in })
        var promised = Set<UInt64>()
        for number in 0..<60 as Range<UInt64> {
            let spans = SpanMaker.body(number, seed: seed, symbols)
            journal.arrived(spans.calls.span, spans.passThrough.span, from: number, at: nil)
            do {
                try await journal.ticket().committed()
                promised.insert(number)
                // Nothing that is promised needs what was not synced.
                if number % 7 == 0 {
                    let peers = try Self.peers(folder.storedFiles)
                    #expect(promised.isSubset(of: peers), "after \(number)")
                }
            } catch { #expect(error is StorageError) }
        }
        folder.fail { _ in false }
        while journal.levels.hasFailed { await Task.yield() }
        try await journal.ticket().committed()
        journal.stop()
        #expect(try Self.peers(folder.storedFiles) == Array(0..<60))
        #expect(promised.count < 60, "some writes must have failed")
    }

    /// The senders of all arrivals of a folder, each body being of a sender of its own.
    private static func peers(_ files: [String: [UInt8]]) throws -> [UInt64] {
        let symbols = SymbolTable()
        var meanings = RecordMeanings(
            symbols: symbols, attributions: AttributionTable(symbols: symbols),
            tenants: TenantTable([], symbols: symbols))
        var peers: [UInt64] = []
        var reading = JournalReading(MemoryFolder(files))
        try reading.read(now: 0) {
            meanings.beginSegment()
        } _: { (kind, _, record) throws(MalformedRecord) in
            var record = record
            if kind == .definitions {
                try meanings.read(&record)
            } else {
                try meanings.readDefinitions(of: &record)
                peers.append(try ArrivalRecord(&record, &meanings).peer)
            }
        }
        return peers
    }

    @Test func `a failing disk refuses bodies and takes them again by itself`() async throws {
        let symbols = SymbolTable()
        let folder = MemoryFolder()
        let journal = RecordTests.journal(folder, symbols, AttributionTable(symbols: symbols))
        let notices = Mutex<[String]>([])
        journal.start(onStored: { _ in }) { error in
            notices.withLock { $0.append(error.map { "\($0)" } ?? "works") }
        }
        let spans = SpanMaker.body(1, seed: 1, symbols)
        #expect(journal.isAccepting)
        folder.fail { $0 == .sync }
        journal.arrived(spans.calls.span, spans.passThrough.span, from: 1, at: nil)
        await #expect(throws: StorageError.self) { try await journal.ticket().committed() }
        #expect(!journal.isAccepting)
        #expect(journal.levels.hasFailed)
        journal.progress.end()
        #expect(!journal.refusesBecauseStopping)
        folder.fail { _ in false }
        while !journal.isAccepting { await Task.yield() }
        try await journal.ticket().committed()
        journal.stop()
        #expect(notices.withLock { $0 } == ["cannot sync: no space left on device", "works"])
        #expect(try Self.peers(folder.storedFiles) == [1])
    }

    @Test func `counters that cannot be saved are counted, and are saved when the disk works again`() async throws {
        let folder = MemoryFolder()
        let rooms = try LedgerRooms(folder) { $0.checkpointBytes = 1 }
        let metrics = LedgerMetrics(store: rooms.store, of: rooms.keeper)
        func failures() async throws -> String? {
            _ = try await rooms.shown()
            metrics.refresh()
            let line = try await rooms.shown().first { $0.contains("_checkpoint_failures_total") }
            return line.map { String($0.split(separator: " ")[1]) }
        }
        #expect(try await failures() == "0")
        folder.fail { $0 == .replace }
        var number: UInt64 = 0
        while try await failures() == "0" {
            rooms.take(SpanMaker.body(number, seed: 2, rooms.symbols))
            rooms.now += 60_000_000_000
            rooms.settle(at: rooms.now)
            number += 1
        }
        #expect(folder.files[Checkpoint.name] == nil)
        folder.fail { _ in false }
        rooms.keeper.close()
        #expect(folder.files[Checkpoint.name] != nil)
    }

    @Test func `a folder with records whose secret is lost says so`() async throws {
        let folder = MemoryFolder()
        #expect(try !LedgerFolder(folder).lostSecret)
        let rooms = try LedgerRooms(folder)
        try await rooms.take(SpanMaker.body(1, seed: 1, rooms.symbols))?.committed()
        rooms.keeper.close()
        let files = folder.files
        #expect(try !LedgerFolder(MemoryFolder(files)).lostSecret)
        #expect(try LedgerFolder(MemoryFolder(files.filter { $0.key != "secret" })).lostSecret)
        #expect(try LedgerFolder(MemoryFolder(files.merging(["secret": [1, 2]]) { $1 })).lostSecret)
    }

    @Test func `bodies are refused while too much waits to be written`() {
        let symbols = SymbolTable()
        let journal = RecordTests.journal(MemoryFolder(), symbols, AttributionTable(symbols: symbols)) {
            $0.mostWaitingBytes = 10_000
        }
        var bodies = 0
        while journal.isAccepting {
            let spans = SpanMaker.body(UInt64(bodies), seed: 1, symbols)
            journal.arrived(spans.calls.span, spans.passThrough.span, from: 1, at: nil)
            bodies += 1
        }
        #expect((5...100).contains(bodies))
        #expect(!journal.refusesBecauseStopping)
        journal.progress.end()
        #expect(journal.refusesBecauseStopping && !journal.isAccepting)
    }
}
