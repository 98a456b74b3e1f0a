// SPDX-License-Identifier: Apache-2.0
package import Billing
import Compression
package import GenAI
import OTLP
package import Pricing

/// Ingest: the corridor, one batch through every room.
///
/// ``ingest(_:arrival:reserve:)`` reads top to bottom as the data walks. Calls wait in the settle window on
/// their way: those that a batch brings are counted with a later one, or by ``settleDue(arrivalNanoseconds:)``.
package final class IngestPipeline: Sendable {
    let configuration: IngestConfiguration
    private let biller: Biller
    private let pricer: Pricer
    private let sinks: [any CallSink]
    private let metrics: ServiceMetrics
    private let witness: (any IngestWitness)?
    let plan: ReadingPlan
    let benches: Workbenches
    private let monotonicNanoseconds: (@Sendable () -> UInt64)?

    /// Joins the rooms.
    ///
    /// - Parameters:
    ///   - configuration: Bounds, and how many bodies are worked on at a time.
    ///   - dialects: The dialects that are understood.
    ///   - symbols: The symbols that the calls carry.
    ///   - attributions: The labels that settings add.
    ///   - tenants: What tells whose call one is, ``TenantTable/reading``.
    ///   - biller: Decides which calls are counted.
    ///   - pricer: Prices them.
    ///   - sinks: Who gets the priced calls, in this order.
    ///   - metrics: Counts what became of spans.
    ///   - monotonicNanoseconds: A clock that never goes back, for the settle window; `nil` where there is none: then calls
    ///     wait for ``settleAll(arrivalNanoseconds:)``.
    ///   - witness: Who is told of every step, for explaining bodies; `nil` in a service.
    package init(
        configuration: IngestConfiguration = IngestConfiguration(), dialects: [any Dialect] = Dialects.all,
        symbols: SymbolTable, attributions: AttributionTable = AttributionTable(),
        tenants: TenantReading = TenantReading(), biller: Biller, pricer: Pricer,
        sinks: [any CallSink], metrics: ServiceMetrics, monotonicNanoseconds: (@Sendable () -> UInt64)? = nil,
        witness: (any IngestWitness)? = nil
    ) {
        self.configuration = configuration
        self.biller = biller
        self.pricer = pricer
        self.sinks = sinks
        self.metrics = metrics
        self.monotonicNanoseconds = monotonicNanoseconds
        self.witness = witness
        plan = ReadingPlan(
            configuration: configuration, dialects: dialects, symbols: symbols, attributions: attributions,
            tenants: tenants, recordsAccounts: witness != nil)
        benches = Workbenches(count: configuration.workers, plan: plan)
    }

    /// Tells whose calls those are that come from now on by other attributes; calls that were read before keep theirs.
    ///
    /// - Parameter tenants: What tells it, of another generation than before.
    package func read(_ tenants: TenantReading) { plan.read(tenants) }

    /// Takes one body of spans through every room.
    ///
    /// Synchronous and bound by the CPU: to be called on a worker's thread. No span of a body goes on before the body was
    /// read to its end.
    ///
    /// - Parameters:
    ///   - body: The body as it came.
    ///   - arrival: How it is written, when it came and who sent it.
    ///   - reserve: Asked before memory for inflated bytes is taken, with how many bytes the body then holds in all.
    /// - Returns: How many spans were taken and refused.
    /// - Throws: ``IngestError`` when the body as a whole cannot be taken; nothing of it is counted then.
    package func ingest(
        _ body: Span<UInt8>, arrival: BodyArrival, reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt {
        try benches.atFreeBench { bench throws(IngestError) in
            switch arrival.form.coding {
            case .identity:
                return try read(body, arrival, with: &bench.tools, reserve)
            case .gzip:
                let count = try inflate(body, with: &bench.inflater, reserve)
                return try bench.inflater.withOutput(count: count) { inflated throws(IngestError) in
                    switch arrival.form.encoding {
                    case .protobuf: try readProtobuf(inflated.span, arrival, with: &bench.tools)
                    case .json: try readJSON(&inflated, arrival, with: &bench.tools)
                    }
                }
            }
        }
    }

    private func inflate(
        _ body: Span<UInt8>, with inflater: inout Inflater, _ reserve: (Int) -> Bool
    ) throws(IngestError) -> Int {
        do throws(InflateError) {
            return try inflater.inflateGzip(body, limit: configuration.maxInflatedBytes, reserve: reserve)
        } catch {
            throw IngestError(error)
        }
    }

    /// Reads a body that came without compression.
    private func read(
        _ body: Span<UInt8>, _ arrival: BodyArrival, with tools: inout Workbench.Tools, _ reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt {
        guard body.count <= configuration.maxInflatedBytes else {
            throw .tooLarge(
                "the body has more than \(configuration.maxInflatedBytes) bytes (otlp.max_inflated_bytes); send smaller "
                    + "batches or raise the limit")
        }
        switch arrival.form.encoding {
        case .protobuf: return try readProtobuf(body, arrival, with: &tools)
        case .json:
            // It is written to when it is read, so it has to be ours.
            guard reserve(2 * body.count) else { throw .busy(InflateError.noRoom.description) }
            var text = tools.takeText(of: body)
            defer { tools.keep(&text) }
            var bytes = text.mutableSpan
            return try readJSON(&bytes, arrival, with: &tools)
        }
    }

    private func readProtobuf(
        _ body: Span<UInt8>, _ arrival: BodyArrival, with tools: inout Workbench.Tools
    ) throws(IngestError) -> IngestReceipt {
        try tools.reader.readProtobuf(body, into: &tools.batch)
        return take(body, arrival, with: &tools)
    }

    /// Reads JSON, in which escaped text is replaced by what it means.
    private func readJSON(
        _ body: inout MutableSpan<UInt8>, _ arrival: BodyArrival, with tools: inout Workbench.Tools
    ) throws(IngestError) -> IngestReceipt {
        try tools.reader.readJSON(&body, into: &tools.batch)
        return take(body.span, arrival, with: &tools)
    }

    /// The way of one batch from spans to series.
    func take(_ body: Span<UInt8>, _ arrival: BodyArrival, with tools: inout Workbench.Tools) -> IngestReceipt {
        tools.spans.removeAll()
        tools.settled.removeAll(keepingCapacity: true)
        let met = tools.interpreter.interpret(tools.batch, body: body, into: &tools.spans)
        witness?.read(tools.batch, body, tools.spans)
        let billed = biller.arrive(tools.spans, now: monotonicNanoseconds, settled: &tools.settled)
        witness?.decided(billed)
        count(tools.settled, arrival.nanoseconds)

        let refused = tools.batch.refused.total
        metrics.count(
            SpanFates(billed: billed, invalid: refused), received: tools.batch.spans.count + refused,
            anomalies: met.anomalies)
        return IngestReceipt(
            acceptedSpans: tools.batch.spans.count, refused: tools.batch.refused, inflatedBytes: body.count)
    }

    /// Counts the calls whose wait is over, and the minute if one is; to be called a few times a second, since no batch may
    /// come to do it.
    ///
    /// - Parameter arrivalNanoseconds: The time now, in nanoseconds since 1970 (UTC).
    package func settleDue(arrivalNanoseconds: UInt64) {
        guard let now = monotonicNanoseconds?() else { return }
        settle(now: monotonicNanoseconds, arrivalNanoseconds)
        advance(to: now, arrivalNanoseconds, isLast: false)
    }

    /// Counts everything that waits, and the time until now; to be called when no further span will come.
    ///
    /// - Parameter arrivalNanoseconds: The time now, in nanoseconds since 1970 (UTC); `nil` where there is no clock.
    package func settleAll(arrivalNanoseconds: UInt64?) {
        settle(now: nil, arrivalNanoseconds)
        guard let now = monotonicNanoseconds?(), let arrivalNanoseconds else { return }
        advance(to: now, arrivalNanoseconds, isLast: true)
    }

    /// Tells the sinks the time, for what costs money by the clock.
    private func advance(to now: UInt64, _ wallNanoseconds: UInt64, isLast: Bool) {
        let moment = ClockMoment(monotonicNanoseconds: now, wallNanoseconds: wallNanoseconds)
        for sink in sinks { sink.advance(to: moment, isLast: isLast) }
    }

    private func settle(now: (() -> UInt64)?, _ arrivalNanoseconds: UInt64?) {
        biller.settle(now: now) { settled, billed in
            witness?.decided(billed)
            count(settled, arrivalNanoseconds)
            metrics.count(SpanFates(billed: billed))
        }
    }

    private func count(_ settled: [ModelCall], _ arrivalNanoseconds: UInt64?) {
        guard !settled.isEmpty else { return }
        let priced = pricer.price(settled, arrivalNanoseconds: arrivalNanoseconds)
        for sink in sinks { sink.receive(priced, arrivalNanoseconds: arrivalNanoseconds) }
    }
}
