// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Synchronization

/// Keeps everything that a biller records, in its order.
final class RecordingJournal: ArrivalJournal {
    /// One call of the journal.
    enum Record: Sendable {
        case arrived([ModelCall], [PassThroughSpan], peer: UInt64, time: UInt64?)
        case decided([ModelCall], [SpanFate], time: UInt64?)
    }

    /// Stands for the first records of a journal.
    struct Ticket: CommitTicket {
        let journal: RecordingJournal
        let records: Int

        func committed() async throws {
            guard journal.durable.withLock({ $0 }) >= records else { throw NotDurable() }
        }
    }

    struct NotDurable: Error {}

    private let kept = Mutex<[Record]>([])
    /// The spans that were not counted, in the order of their decisions.
    let dropped = Mutex<[DroppedSpan]>([])
    let wantsDropped: Bool
    /// The number of records that tickets call durable.
    let durable = Mutex(Int.max)

    init(wantsDropped: Bool = false) { self.wantsDropped = wantsDropped }

    var records: [Record] { kept.withLock { $0 } }

    func arrived(_ calls: Span<ModelCall>, _ passThrough: Span<PassThroughSpan>, from peer: UInt64, at time: UInt64?) {
        let record = Record.arrived(
            calls.indices.map { calls[$0] }, passThrough.indices.map { passThrough[$0] }, peer: peer, time: time)
        kept.withLock { $0.append(record) }
    }

    func decided(
        _ counted: Span<ModelCall>, _ fates: Span<SpanFate>, dropped: Span<DroppedSpan>, at time: UInt64?
    ) {
        let record = Record.decided(counted.indices.map { counted[$0] }, fates.indices.map { fates[$0] }, time: time)
        let spans = dropped.indices.map { dropped[$0] }
        self.dropped.withLock { $0 += spans }
        kept.withLock { $0.append(record) }
    }

    /// Loses the last record, as a crash may.
    func loseLast() { _ = kept.withLock { $0.popLast() } }

    func ticket() -> any CommitTicket { Ticket(journal: self, records: records.count) }

    /// The calls and aggregates that arrived, in their order.
    var arrivals: [ModelCall] {
        records.flatMap { record in
            guard case .arrived(let calls, _, _, _) = record else { return [ModelCall]() }
            return calls
        }
    }

    /// The calls that were counted, in their order.
    var counted: [ModelCall] {
        records.flatMap { record in
            guard case .decided(let calls, _, _) = record else { return [ModelCall]() }
            return calls
        }
    }

    /// The fates, in their order.
    var fates: [SpanFate] {
        records.flatMap { record in
            guard case .decided(_, let fates, _) = record else { return [SpanFate]() }
            return fates
        }
    }

    /// The identities that are decided more often than they have arrived by then; a decision without a fate has its own.
    var decidedTooEarly: [SpanIdentity] {
        var open: [SpanIdentity: Int] = [:]
        var early: [SpanIdentity] = []
        for record in records {
            switch record {
            case .arrived(let calls, _, _, _): for call in calls { open[call.identity, default: 0] += 1 }
            case .decided(let calls, let fates, _):
                let counted = Set(fates.filter { $0.outcome == .counted }.map(\.identity))
                early += calls.map(\.identity).filter { !counted.contains($0) }
                for fate in fates {
                    if open[fate.identity, default: 0] == 0 { early.append(fate.identity) }
                    open[fate.identity, default: 0] -= 1
                }
            }
        }
        return early
    }
}
