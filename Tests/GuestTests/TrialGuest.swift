// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Billing
import CallMetrics
import GenAI
import HTTPAPI
import Ingest
import OTLP
import Pricing
import Synchronization

@testable import llm_cost_exporter

/// A capability that has a part at every seam, built without editing another room.
///
/// It writes down what it sees, in order, and shows how much that is on `/metrics` and on a page of its own.
final class TrialGuest: Sendable {
    private let seen = Mutex([String]())
    /// Whether a ticket fails.
    private let isBroken: Bool

    init(isBroken: Bool = false) {
        self.isBroken = isBroken
    }

    /// What it saw so far.
    var notes: [String] { seen.withLock { $0 } }

    /// Its parts.
    var guest: Guest {
        Guest(
            sinks: [self], observers: [self], journal: self, health: { [TrialFigures(of: self, in: $0)] },
            reloadables: [self],
            routes: [
                .onEventLoop(.read, "/trial") { [self] request in
                    Answer(
                        code: 200, contentType: Answer.plainText,
                        bytes: Array("\(notes.count) notes, \(request.query ?? "no query")\n".utf8))
                }
            ])
    }

    fileprivate func note(_ text: String) { seen.withLock { $0.append(text) } }
}

extension TrialGuest: BatchObserver {
    func observe(
        _ batch: SpanBatch, body: Span<UInt8>, arrival: BodyArrival, spans: borrowing InterpretedSpans
    ) {
        note("observed \(batch.spans.count) of \(arrival.signal), calls \(spans.calls.count)")
    }
}

extension TrialGuest: ArrivalJournal {
    func arrived(_ calls: Span<ModelCall>, _ passThrough: Span<PassThroughSpan>, from peer: UInt64, at time: UInt64?) {
        note("arrived \(calls.count) and \(passThrough.count)")
    }

    func decided(
        _ counted: Span<ModelCall>, _ fates: Span<SpanFate>, dropped: Span<DroppedSpan>, at time: UInt64?
    ) {
        note("decided \(fates.count), counted \(counted.count)")
    }

    func ticket() -> any CommitTicket { TrialTicket(guest: self, isBroken: isBroken) }
}

extension TrialGuest: CallSink {
    func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) { note("received \(calls.count)") }
}

extension TrialGuest: Reloadable {
    func apply(_ loaded: Loaded, _ settings: Settings, at moment: ClockMoment?) { note("reloaded") }
}

/// A ticket that is stored at once, or never.
private struct TrialTicket: CommitTicket {
    struct DiskIsFull: Error {}

    let guest: TrialGuest
    let isBroken: Bool

    func committed() async throws {
        await Task.yield()
        guest.note("committed")
        if isBroken { throw DiskIsFull() }
    }
}

/// The number of notes, as a family on `/metrics`.
private struct TrialFigures: HealthSeries {
    let guest: TrialGuest
    let store: MetricsStore
    let series: SeriesID

    init(of guest: TrialGuest, in store: MetricsStore) {
        self.guest = guest
        self.store = store
        series = store.update { registry in
            registry.registerSeries("llm_cost_exporter_trial_notes", "Notes of the trial guest.", .gauge)
        }
    }

    func refresh() {
        let count = guest.notes.count
        store.update { $0.set(Int128(count), of: series) }
    }
}
