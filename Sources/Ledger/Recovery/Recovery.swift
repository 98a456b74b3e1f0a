// SPDX-License-Identifier: Apache-2.0
import Billing
import Dispatch
package import GenAI
import Pricing

/// Brings the rooms of a process to where the journal of earlier processes ends.
package struct Recovery {
    /// What a recovery found.
    package struct Report: Sendable, Equatable {
        /// The spans of calls and aggregates that went through the window again.
        package var spans = 0
        /// The counted calls that were not in the checkpoint.
        package var counted = 0
        /// The calls and dropped spans that were not in the rows.
        package var rows = 0
        /// The decided calls whose price was not stored.
        package var unpriced = 0
        /// The spans that wait.
        package var waiting = 0
        /// The bytes of a torn end.
        package var tornBytes = 0
        /// Why the rows do not have everything that was counted, or have more, if that is known since this start.
        package var rowGap: String?
        /// The bytes of journal that were read.
        package var bytes = 0

        package init() {}
    }

    /// What the rooms do not have of what was found.
    struct Found {
        /// What the folder has.
        var past: JournalPast
        /// The counted calls whose prices were not recorded.
        var unpriced: [ModelCall]
        /// The decisions that belong to the last arrivals and that no record has.
        var left: (fates: [SpanFate], dropped: [DroppedSpan])
        var report: Report
    }

    private var meanings: RecordMeanings
    private var prices = RecordedPrices()
    /// The counted calls without a price so far, in the order of their decisions.
    private var unpriced: [SpanIdentity: [(order: Int, call: ModelCall)]] = [:]
    private var decided = 0
    private var report = Report()
    private let counted: UInt64
    /// The number up to which the rows have all records; `nil` if no rows are kept.
    private let position: UInt64?
    /// The latest roots in records up to there.
    private var passedRoots: [TraceRoot] = []
    /// What senders proved up to a record; `nil` once the biller has it.
    private var evidence: (upTo: UInt64, all: [(sender: EvidentSender, proofs: RecordedProofs)])?
    private let clock: Clock
    /// Gets the charges after the checkpoint or the position of the rows, with the numbers of their records.
    var charge: ((ChargeRecord, UInt64) -> Void)?
    /// Gets the spans that were not counted, after the position of the rows, with the time and the number of their record.
    var drop: (([DroppedSpan], UInt64, UInt64) -> Void)?
    /// Called after each record; pauses while the rows have too much to write.
    var pause: (() throws(StorageError) -> Void)?
    /// Gets the roots of traces, with the number of their record; those up to the position of the rows together, with that number.
    var name: (([TraceRoot], UInt64) -> Void)?
    /// Gets the calls that arrived.
    var recall: (([ModelCall]) -> Void)?

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
    ///   - position: The number up to which the rows have all records; `nil` if no rows are kept.
    ///   - symbols: The symbols of the process.
    ///   - clock: The time now.
    package init(
        _ meanings: RecordMeanings, checkpoint: Checkpoint, position: UInt64? = nil, symbols: SymbolTable, clock: Clock
    ) {
        (self.meanings, counted, self.clock) = (meanings, checkpoint.counted, clock)
        self.position = position
        evidence = (
            checkpoint.evidenceNumber, checkpoint.evidence.map { ($0.sender(symbols), $0.proofs) }
        )
    }

    /// Reads the journal.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - biller: Gets arrivals and decisions; no span has arrived yet.
    ///   - count: Gets calls whose prices were recorded after the checkpoint or the position of the rows, with the time and the
    ///     number of the record.
    /// - Returns: What was found.
    /// - Throws: ``JournalError`` if the journal is damaged or incomplete.
    mutating func run(
        _ folder: any StorageFolder, _ biller: Biller, count: (PricedCalls, UInt64?, UInt64) -> Void
    ) throws(JournalError) -> Found {
        // The last process may have ended before its own sync. What this one builds on, and the rows write, must be stored.
        do throws(StorageError) {
            for name in try folder.names() where SegmentHeader.sequence(of: name) != nil { try folder.sync(name) }
        } catch {
            throw .storage(error)
        }
        var reading = JournalReading(folder, counted: counted)
        var latest: UInt64 = 0
        var meanings = meanings
        var refusal: StorageError?
        try reading.read(now: DispatchTime.now().uptimeNanoseconds) {
            meanings.beginSegment()
        } _: { (kind, number, record) throws(MalformedRecord) in
            guard refusal == nil else { return }
            try take(kind, number, record, &meanings, &latest, biller, count)
            do throws(StorageError) { try pause?() } catch { refusal = error }
        }
        if let refusal { throw .storage(refusal) }
        handOverRoots()
        restoreEvidence(before: .max, biller)
        let undecided = biller.decidedWithoutRecord
        report.waiting = biller.endReplay(at: clock.now, isComplete: reading.first ?? counted + 1 == 1)
        report.tornBytes = reading.tornBytes
        report.bytes = reading.bytes
        let left = unpriced.values.joined().sorted { $0.order < $1.order }.map(\.call)
        report.unpriced = left.count
        return Found(past: reading.past, unpriced: left, left: undecided, report: report)
    }

    private mutating func take(
        _ kind: RecordKind, _ number: UInt64, _ record: RecordReader, _ meanings: inout RecordMeanings,
        _ latest: inout UInt64, _ biller: Biller, _ count: (PricedCalls, UInt64?, UInt64) -> Void
    ) throws(MalformedRecord) {
        var record = record
        restoreEvidence(before: number, biller)
        if let position, number > position { handOverRoots() }
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
            recall?(arrival.calls)
        case .decisions:
            try meanings.readDefinitions(of: &record)
            let decision = try DecisionRecord(&record, &meanings)
            let dropped = biller.replay(decision.counted, decision.fates)
            if let position, number > position, !dropped.isEmpty {
                report.rows += dropped.count
                drop?(dropped, decision.wallNanoseconds, number)
            }
            for call in decision.counted {
                decided += 1
                unpriced[call.identity, default: []].append((decided, call))
            }
        case .roots:
            try meanings.readDefinitions(of: &record)
            let roots = try RootRecord.read(&record)
            if let position { take(roots, number, position) }
        case .charges:
            try meanings.readDefinitions(of: &record)
            let charges = try ChargeRecord(&record)
            if number > oldest { charge?(charges, number) }
        case .prices:
            try meanings.readDefinitions(of: &record)
            let price = try PriceRecord(&record, meanings)
            try take(price, number, count)
        }
    }

    /// Hands over roots that the rows have not passed, and remembers the latest of the others.
    private mutating func take(_ roots: [TraceRoot], _ number: UInt64, _ position: UInt64) {
        if number > position {
            name?(roots, number)
        } else {
            passedRoots += roots
            if passedRoots.count > 2 * Self.mostPassedRoots {
                passedRoots.removeFirst(passedRoots.count - Self.mostPassedRoots)
            }
        }
    }

    /// Hands over the roots that the rows have passed, before all that they have not.
    ///
    /// Until a trace has a row, the rows know its root in memory only. Naming a trace a second time changes nothing.
    private mutating func handOverRoots() {
        guard let position, !passedRoots.isEmpty else { return }
        name?(passedRoots, position)
        passedRoots = []
    }

    /// Not a setting: as many roots as the rows know.
    private static let mostPassedRoots = 65_536

    /// The number up to which neither the counters nor the rows need a record.
    private var oldest: UInt64 { min(counted, position ?? counted) }

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
        guard number > oldest else { return }
        if number > counted { report.counted += calls.count }
        if let position, number > position { report.rows += calls.count }
        count(prices.batch(calls, record.prices), record.arrivalNanoseconds, number)
    }
}
