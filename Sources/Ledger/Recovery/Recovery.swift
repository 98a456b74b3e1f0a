// SPDX-License-Identifier: Apache-2.0
package import Billing
import Dispatch
package import GenAI
package import Pricing

/// Brings the rooms of a process to where the journal of earlier processes ends.
package struct Recovery {
    /// What a recovery found.
    package struct Report: Sendable, Equatable {
        /// The spans of calls and aggregates that went through the window again.
        package var spans = 0
        /// The counted calls that were not in the checkpoint.
        package var counted = 0
        /// The decided calls whose price was not stored.
        package var unpriced = 0
        /// The spans that wait.
        package var waiting = 0
        /// The bytes of a torn end.
        package var tornBytes = 0
        /// The bytes of journal that were read.
        package var bytes = 0

        package init() {}
    }

    private var meanings: RecordMeanings
    private var prices = RecordedPrices()
    /// The counted calls without a price so far, in the order of their decisions.
    private var unpriced: [SpanIdentity: [(order: Int, call: ModelCall)]] = [:]
    private var decided = 0
    private var report = Report()
    private let counted: UInt64
    /// What senders proved up to a record; `nil` once the biller has it.
    private var evidence: (upTo: UInt64, all: [(sender: EvidentSender, proofs: RecordedProofs)])?
    private let clock: Clock
    /// Gets the charges after the checkpoint, with the numbers of their records.
    var charge: ((ChargeRecord, UInt64) -> Void)?

    /// The clocks of the process.
    package struct Clock: Sendable {
        /// Monotonic nanoseconds.
        package var now: UInt64
        /// Nanoseconds since 1970 (UTC).
        package var wall: UInt64

        package init(now: UInt64, wall: UInt64) { (self.now, self.wall) = (now, wall) }

        /// When something was recorded, in monotonic nanoseconds of this process; never later than now.
        func moment(of recorded: UInt64) -> UInt64 {
            let age = wall > recorded ? wall - recorded : 0
            return now > age ? now - age : 0
        }
    }

    /// Makes a recovery.
    ///
    /// - Parameters:
    ///   - meanings: The vocabularies of the process, with everything in them that the checkpoint has.
    ///   - checkpoint: The latest checkpoint; an empty one if there is none.
    ///   - symbols: The symbols of the process.
    ///   - clock: The time now.
    package init(_ meanings: RecordMeanings, checkpoint: Checkpoint, symbols: SymbolTable, clock: Clock) {
        (self.meanings, counted, self.clock) = (meanings, checkpoint.counted, clock)
        evidence = (
            checkpoint.evidenceNumber, checkpoint.evidence.map { ($0.sender(symbols), $0.proofs) }
        )
    }

    /// Reads the journal.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - biller: Gets arrivals and decisions; no span has arrived yet.
    ///   - count: Counts calls whose prices were recorded, with the time and the number of the record.
    /// - Returns: What the folder has, the calls whose prices were not recorded, and what was found.
    /// - Throws: ``JournalError`` if the journal is damaged or incomplete.
    package mutating func run(
        _ folder: any StorageFolder, _ biller: Biller, count: (PricedCalls, UInt64?, UInt64) -> Void
    ) throws(JournalError) -> (past: JournalPast, unpriced: [ModelCall], report: Report) {
        var reading = JournalReading(folder, counted: counted)
        var latest: UInt64 = 0
        var meanings = meanings
        try reading.read(now: DispatchTime.now().uptimeNanoseconds) {
            meanings.beginSegment()
        } _: { (kind, number, record) throws(MalformedRecord) in
            try take(kind, number, record, &meanings, &latest, biller, count)
        }
        // The last process may have ended before its own sync. What this one builds on must be stored.
        for segment in reading.past.segments {
            do throws(StorageError) {
                try folder.sync(SegmentHeader.name(segment.sequence))
            } catch {
                throw .storage(error)
            }
        }
        restoreEvidence(before: .max, biller)
        report.waiting = biller.endReplay(at: clock.now, isComplete: reading.first ?? counted + 1 == 1)
        report.tornBytes = reading.tornBytes
        report.bytes = reading.bytes
        let left = unpriced.values.joined().sorted { $0.order < $1.order }.map(\.call)
        report.unpriced = left.count
        return (reading.past, left, report)
    }

    private mutating func take(
        _ kind: RecordKind, _ number: UInt64, _ record: RecordReader, _ meanings: inout RecordMeanings,
        _ latest: inout UInt64, _ biller: Biller, _ count: (PricedCalls, UInt64?, UInt64) -> Void
    ) throws(MalformedRecord) {
        var record = record
        restoreEvidence(before: number, biller)
        switch kind {
        case .header: break
        case .definitions:
            try meanings.read(&record)
        case .arrivals:
            try meanings.readDefinitions(of: &record)
            let arrival = try ArrivalRecord(&record, &meanings)
            latest = max(latest, clock.moment(of: arrival.wallNanoseconds))
            biller.replay(arrival.calls.span, arrival.passThrough.span, from: arrival.peer, in: number, at: latest)
            report.spans += arrival.calls.count
        case .decisions:
            try meanings.readDefinitions(of: &record)
            let decision = try DecisionRecord(&record, &meanings)
            biller.replay(decision.counted, decision.fates)
            for call in decision.counted {
                decided += 1
                unpriced[call.identity, default: []].append((decided, call))
            }
        case .charges:
            try meanings.readDefinitions(of: &record)
            let charges = try ChargeRecord(&record)
            if number > counted { charge?(charges, number) }
        case .prices:
            try meanings.readDefinitions(of: &record)
            let price = try PriceRecord(&record, meanings)
            try take(price, number, count)
        }
    }

    /// Replaces what the replayed spans have proved, some of it twice, by what the checkpoint has of that moment.
    private mutating func restoreEvidence(before number: UInt64, _ biller: Biller) {
        guard let evidence, evidence.upTo < number else { return }
        biller.restore(evidence.all)
        self.evidence = nil
    }

    private mutating func take(
        _ record: PriceRecord, _ number: UInt64, _ count: (PricedCalls, UInt64?, UInt64) -> Void
    ) throws(MalformedRecord) {
        var calls: [ModelCall] = []
        calls.reserveCapacity(record.identities.count)
        for identity in record.identities {
            guard var same = unpriced[identity], !same.isEmpty else {
                // Its decision was in a segment that is gone, and so is its price.
                if number <= counted { continue }
                throw MalformedRecord("the price of a call that was not decided")
            }
            calls.append(same.removeFirst().call)
            unpriced[identity] = same.isEmpty ? nil : same
        }
        guard number > counted else { return }
        report.counted += calls.count
        count(prices.batch(calls, record.prices), record.arrivalNanoseconds, number)
    }
}
