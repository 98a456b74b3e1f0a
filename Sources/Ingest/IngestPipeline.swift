// SPDX-License-Identifier: Apache-2.0
package import Billing
import Compression
package import GenAI
import OTLP
package import Pricing

/// Ingest: the corridor, one batch through every room.
///
/// ``ingest(_:coding:arrivalNanoseconds:reserve:)`` reads top to bottom as the data walks.
package final class IngestPipeline: Sendable {
    private let configuration: IngestConfiguration
    private let biller: Biller
    private let pricer: Pricer
    private let sinks: [any CallSink]
    private let metrics: ServiceMetrics
    private let benches: Workbenches

    /// Joins the rooms.
    ///
    /// - Parameters:
    ///   - configuration: Bounds, and how many bodies are worked on at a time.
    ///   - symbols: The symbols that the calls carry.
    ///   - biller: Decides which calls are counted.
    ///   - pricer: Prices them.
    ///   - sinks: Who gets the priced calls, in this order.
    ///   - metrics: Counts what became of spans.
    package init(
        configuration: IngestConfiguration = IngestConfiguration(), symbols: SymbolTable, biller: Biller,
        pricer: Pricer, sinks: [any CallSink], metrics: ServiceMetrics
    ) {
        self.configuration = configuration
        self.biller = biller
        self.pricer = pricer
        self.sinks = sinks
        self.metrics = metrics
        let reader = TraceRequestReader(keys: Interpreter.keys(), maxSpans: configuration.maxSpansPerBody)
        benches = Workbenches(count: configuration.workers, reader: reader, symbols: symbols)
    }

    /// Takes one body of spans through every room.
    ///
    /// Synchronous and bound by the CPU: to be called on a worker's thread. No span of a body goes on before the body was
    /// read to its end.
    ///
    /// - Parameters:
    ///   - body: The body as it came.
    ///   - coding: How it is compressed.
    ///   - arrivalNanoseconds: When it came, in nanoseconds since 1970 (UTC); `nil` where there is no clock.
    ///   - reserve: Asked before memory for inflated bytes is taken, with how many bytes the body then holds in all.
    /// - Returns: How many spans were taken and refused.
    /// - Throws: ``IngestError`` when the body as a whole cannot be taken; nothing of it is counted then.
    package func ingest(
        _ body: Span<UInt8>, coding: ContentCoding, arrivalNanoseconds: UInt64?, reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt {
        try benches.atFreeBench { bench throws(IngestError) in
            switch coding {
            case .identity: try process(body, with: &bench.tools, arrivalNanoseconds)
            case .gzip: try inflate(body, &bench.inflater, reserve, thenWith: &bench.tools, arrivalNanoseconds)
            }
        }
    }

    private func inflate(
        _ body: Span<UInt8>, _ inflater: inout Inflater, _ reserve: (Int) -> Bool,
        thenWith tools: inout Workbench.Tools,
        _ arrivalNanoseconds: UInt64?
    ) throws(IngestError) -> IngestReceipt {
        let count: Int
        do throws(InflateError) {
            count = try inflater.inflateGzip(body, limit: configuration.maxInflatedBytes, reserve: reserve)
        } catch {
            throw IngestError(error)
        }
        return try inflater.withOutput(count: count) { inflated throws(IngestError) in
            try process(inflated, with: &tools, arrivalNanoseconds)
        }
    }

    /// The way of one batch, from inflated bytes to series.
    private func process(
        _ body: Span<UInt8>, with tools: inout Workbench.Tools, _ arrivalNanoseconds: UInt64?
    ) throws(IngestError) -> IngestReceipt {
        guard body.count <= configuration.maxInflatedBytes else {
            throw .tooLarge("the body has more than \(configuration.maxInflatedBytes) bytes; send smaller batches")
        }
        tools.calls.removeAll(keepingCapacity: true)

        do throws(OTLPError) {
            try tools.reader.read(body, into: &tools.batch)
        } catch {
            throw IngestError(error)
        }
        let met = tools.interpreter.interpret(tools.batch, body: body, into: &tools.calls)
        let billed = biller.arrive(&tools.calls)
        let priced = pricer.price(tools.calls, arrivalNanoseconds: arrivalNanoseconds)
        for sink in sinks { sink.receive(priced, arrivalNanoseconds: arrivalNanoseconds) }

        var fates = SpanFates()
        fates.counted = tools.calls.count
        fates.duplicate = billed.duplicates
        fates.notAModelCall = met.otherSpans
        fates.invalid = tools.batch.refused.total
        metrics.count(fates, anomalies: met.anomalies)
        return IngestReceipt(
            acceptedSpans: tools.batch.spans.count, refused: tools.batch.refused, inflatedBytes: body.count)
    }
}
