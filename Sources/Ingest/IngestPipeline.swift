// SPDX-License-Identifier: Apache-2.0
package import Billing
import Compression
package import GenAI
import OTLP
package import Pricing

/// Ingest: takes one batch through the rooms from bytes to priced calls, and hands those to the sinks.
///
/// ``ingest(_:arrival:reserve:)`` and ``take(_:_:_:with:_:)`` read top to bottom as the data walks. Calls wait in the settle
/// window on their way: those that a batch brings are counted with a later one, or by ``settleDue(arrivalNanoseconds:)``.
package final class IngestPipeline: Sendable {
    let configuration: IngestConfiguration
    let biller: Biller
    private let counting: CallCounting
    private let fates: any SpanCounting
    private let observers: [any BatchObserver]
    let plan: ReadingPlan
    let scratch: ScratchPool
    private let monotonicNanoseconds: (@Sendable () -> UInt64)?

    /// Joins the rooms.
    ///
    /// - Parameters:
    ///   - configuration: Bounds, and how many bodies are worked on at a time.
    ///   - dialects: The dialects that are understood.
    ///   - symbols: The symbols that the calls carry.
    ///   - attributions: The labels that settings add.
    ///   - tenants: The attributes that identify the tenant of a call, `TenantTable.reading`.
    ///   - dimensions: The dimensions of the ledger; `nil` reads none.
    ///   - biller: Decides which calls are counted.
    ///   - pricer: Prices them.
    ///   - observers: See each batch between interpretation and billing, in this order.
    ///   - sinks: Receive the priced calls, in this order.
    ///   - fates: Counts the outcomes of spans.
    ///   - monotonicNanoseconds: A clock that never goes back, for the settle window; `nil` where there is none: then calls
    ///     wait for ``settleAll(arrivalNanoseconds:)``.
    package init(
        configuration: IngestConfiguration = IngestConfiguration(), dialects: [any Dialect] = Dialects.all,
        symbols: SymbolTable, attributions: AttributionTable = AttributionTable(),
        tenants: TenantReading = TenantReading(), dimensions: DimensionReading? = nil, biller: Biller, pricer: Pricer,
        observers: [any BatchObserver] = [], sinks: [any CallSink], fates: any SpanCounting,
        monotonicNanoseconds: (@Sendable () -> UInt64)? = nil
    ) {
        self.configuration = configuration
        self.biller = biller
        counting = CallCounting(pricer: pricer, sinks: sinks, configuration: configuration)
        self.fates = fates
        self.monotonicNanoseconds = monotonicNanoseconds
        self.observers = observers
        plan = ReadingPlan(
            configuration: configuration, dialects: dialects, symbols: symbols, attributions: attributions,
            tenants: tenants, dimensions: dimensions, recordsAccounts: observers.contains { $0.needsAccounts })
        scratch = ScratchPool(count: configuration.workers, plan: plan)
    }

    /// Why no body is taken at the moment; `nil` while they are taken.
    package var refusal: IngestError? {
        guard !biller.isAccepting else { return nil }
        return biller.refusesBecauseStopping ? .stopping : .unstorable
    }

    /// Changes the attributes that identify the tenants of calls; calls that were read before keep their tenants.
    ///
    /// - Parameter tenants: The attributes, of a newer generation than before.
    package func read(_ tenants: TenantReading) { plan.read(tenants) }

    /// Takes one body of spans through every room.
    ///
    /// Synchronous and bound by the CPU, so workers call it, and event loops only for small bodies. No span of a body goes on
    /// before the body was read to its end.
    ///
    /// - Parameters:
    ///   - body: The body as it came.
    ///   - arrival: How it is written, when it came and who sent it.
    ///   - reserve: Called before memory is taken for inflated bytes and spans, with the bytes that the body needs in addition
    ///     to those that it arrived in; returns whether there is room for them.
    /// - Returns: How many spans were taken and refused.
    /// - Throws: ``IngestError`` when the body as a whole cannot be taken; nothing of it is counted then.
    package func ingest(
        _ body: Span<UInt8>, arrival: BodyArrival, reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt {
        try scratch.withFreeMemory { memory throws(IngestError) in
            try ingest(body, arrival, with: &memory, reserve)
        }
    }

    /// Takes one body of spans through every room as ``ingest(_:arrival:reserve:)`` does, without waiting for memory to work
    /// with.
    ///
    /// - Returns: How many spans were taken and refused; `nil`, with nothing of the body counted, if other callers use all of
    ///   this memory, or if so many decided calls wait to be counted that the caller might have to count many of them.
    package func ingestNow(
        _ body: Span<UInt8>, arrival: BodyArrival, reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt? {
        guard !counting.isBehind else { return nil }
        return try scratch.withMemoryIfFree { memory throws(IngestError) in
            try ingest(body, arrival, with: &memory, reserve)
        }
    }

    private func ingest(
        _ body: Span<UInt8>, _ arrival: BodyArrival, with memory: inout ScratchMemory, _ reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt {
        if let refusal { throw refusal }
        switch arrival.form.coding {
        // An empty body is not a gzip member; it is an empty request, as without a coding.
        case .identity,
            .gzip where body.isEmpty:
            return try read(body, arrival, with: &memory.tools, reserve)
        case .gzip:
            switch arrival.form.encoding {
            case .protobuf: return try inflateProtobuf(body, arrival, with: &memory, reserve)
            case .json: return try inflateJSON(body, arrival, with: &memory, reserve)
            }
        }
    }

    /// The way of one batch from spans to series.
    ///
    /// - Parameters:
    ///   - batch: The spans of a body, or of a slice of it, once the body is known to be sound.
    ///   - body: The bytes that the batch refers to.
    ///   - arrival: How the body is written, when it came and who sent it.
    ///   - tools: What to work with.
    ///   - receipt: Gets the spans.
    func take(
        _ batch: SpanBatch, _ body: Span<UInt8>, _ arrival: BodyArrival, with tools: inout ScratchMemory.Tools,
        _ receipt: inout IngestReceipt
    ) {
        // Records of another signal, read as spans, have no ids. The intake counts them; here they are no spans.
        if arrival.signal == .unnamed, arrival.form.encoding == .protobuf, batch.spans.isEmpty,
            batch.earlierSlices == 0, batch.refused.total > 0
        {
            return receipt.add(acceptedSpans: 0, refused: batch.refused)
        }
        tools.spans.removeAll()
        tools.settled.removeAll(keepingCapacity: true)
        let met = tools.interpreter.interpret(batch, body: body, into: &tools.spans)
        for observer in observers {
            observer.observe(batch, body: body, arrival: arrival, spans: tools.spans, by: tools.interpreter)
        }
        let arrived = biller.arrive(
            tools.spans, from: arrival.peer, now: monotonicNanoseconds, settled: &tools.settled)
        var billed = arrived.report
        receipt.commit = arrived.commit ?? receipt.commit
        for observer in observers { observer.decided(billed) }
        // Most of these calls are of other senders, and this one should not wait for their pricing: the rest is left for later.
        billed.counted -= counting.count(
            &tools.settled, arrivalNanoseconds: arrival.nanoseconds, clock: monotonicNanoseconds)

        var counts = SpanCounts(SpanFates(billed: billed, invalid: batch.refused.total))
        counts.received = batch.spans.count + batch.refused.total
        counts.anomalies = met.anomalies
        counts.droppedAttributes = batch.droppedAttributes
        counts.timesKeysWereForgotten = max(0, batch.timesKeysWereForgotten - tools.timesKeysWereForgotten)
        tools.timesKeysWereForgotten += counts.timesKeysWereForgotten
        counts.readByWords = met.readByWords.map { read in
            (LabelText.read(batch.scopes[Int(read.scope)].name, in: body), read.spans)
        }
        counts.unread = met.unread.map { unread in
            (
                LabelText.read(batch.scopes[Int(unread.scope)].name, in: body), unread.spans,
                unread.keys.map { LabelText.read($0, in: body) }
            )
        }
        fates.count(counts)
        receipt.add(acceptedSpans: batch.spans.count, refused: batch.refused)
    }

    /// Counts the calls whose wait is over, and the minute if one is; to be called a few times a second, since no batch may
    /// come to do it.
    ///
    /// - Parameter arrivalNanoseconds: The time now, in nanoseconds since 1970 (UTC).
    /// - Returns: How many spans were decided or counted; when they are many, more may be due soon.
    @discardableResult
    package func settleDue(arrivalNanoseconds: UInt64) -> Int {
        guard let monotonicNanoseconds else { return 0 }
        let now = monotonicNanoseconds()
        // While decisions cannot be stored, the spans stay in the window, which has room for them.
        let decided = biller.isAccepting ? settle(now: monotonicNanoseconds, arrivalNanoseconds) : 0
        advance(to: now, arrivalNanoseconds, isLast: false)
        return decided
    }

    /// Counts everything that waits, and the time until now; to be called when no further span will come.
    ///
    /// - Parameter arrivalNanoseconds: The time now, in nanoseconds since 1970 (UTC); `nil` where there is no clock.
    package func settleAll(arrivalNanoseconds: UInt64?) {
        settle(now: nil, arrivalNanoseconds)
        guard let now = monotonicNanoseconds?(), let arrivalNanoseconds else { return }
        advance(to: now, arrivalNanoseconds, isLast: true)
    }

    /// Passes the time until now on to the sinks, and decides nothing.
    ///
    /// Called instead of ``settleAll(arrivalNanoseconds:)`` if the waiting spans go on waiting in a later process.
    ///
    /// - Parameter arrivalNanoseconds: The time now, in nanoseconds since 1970 (UTC).
    package func pause(arrivalNanoseconds: UInt64) {
        guard let now = monotonicNanoseconds?() else { return }
        advance(to: now, arrivalNanoseconds, isLast: true)
    }

    /// Prices and counts calls that an earlier process has decided.
    ///
    /// - Parameters:
    ///   - calls: The calls.
    ///   - arrivalNanoseconds: The time now, in nanoseconds since 1970 (UTC).
    package func countDecided(_ calls: [ModelCall], arrivalNanoseconds: UInt64?) {
        var rest = calls[...]
        while !rest.isEmpty {
            counting.waitUntilReady()
            counting.countAll(Array(rest.prefix(Self.pieces)), arrivalNanoseconds)
            rest = rest.dropFirst(Self.pieces)
        }
    }

    /// The number of calls of an earlier process that are counted in one piece.
    private static let pieces = 1_024

    /// The decided calls that are not counted yet.
    package var uncounted: UncountedCalls { counting.uncounted }

    /// Passes the time on to the sinks, for hosted models that cost money by the clock.
    private func advance(to now: UInt64, _ wallNanoseconds: UInt64, isLast: Bool) {
        let moment = ClockMoment(monotonicNanoseconds: now, wallNanoseconds: wallNanoseconds)
        counting.advance(to: moment, isLast: isLast)
    }

    @discardableResult
    private func settle(now: (() -> UInt64)?, _ arrivalNanoseconds: UInt64?) -> Int {
        var decided = 0
        biller.settle(now: now) { settled, billed in
            for observer in observers { observer.decided(billed) }
            counting.waitUntilReady()
            counting.countAll(settled, arrivalNanoseconds)
            fates.count(SpanCounts(SpanFates(billed: billed)))
            decided += billed.decided
        }
        // Last: calls that senders leave from now on wait for the next run.
        counting.countLeft(arrivalNanoseconds) { counted in
            var billed = BillingReport()
            billed.counted = counted
            fates.count(SpanCounts(SpanFates(billed: billed)))
            decided += counted
        }
        return decided
    }
}
