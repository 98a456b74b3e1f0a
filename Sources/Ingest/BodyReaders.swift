// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// A reader for each way in which bodies are written.
struct BodyReaders: Sendable {
    private let protobuf: TraceRequestReader
    private let json: JSONTraceRequestReader

    init(
        dialects: [any Dialect], labels: [LabelRule], dimensions: [DimensionRule] = [],
        configuration: IngestConfiguration
    ) {
        let keys = Interpreter.keys(of: dialects, labels: labels, dimensions: dimensions)
        let events = Interpreter.eventNames(of: dialects)
        let (maxSpans, slice) = (configuration.maxSpansPerBody, configuration.slice)
        protobuf = TraceRequestReader(keys: keys, events: events, maxSpans: maxSpans, slice: slice)
        json = JSONTraceRequestReader(keys: keys, events: events, maxSpans: maxSpans, slice: slice)
    }

    /// Reads a body in protobuf to its end.
    ///
    /// - Parameters:
    ///   - body: The inflated body.
    ///   - batch: Is emptied, then holds the spans, or the last slice of them.
    ///   - originsFirst: Whether the batch of an earlier reading had late origins.
    ///   - take: Gets each slice except the last.
    /// - Throws: ``IngestError`` when the body cannot be read or holds too many spans.
    func readProtobuf(
        _ body: Span<UInt8>, into batch: inout SpanBatch, originsFirst: Bool = false,
        _ take: (SpanBatch) -> Void = { _ in }
    ) throws(IngestError) {
        do throws(OTLPError) {
            try protobuf.read(body, into: &batch, originsFirst: originsFirst, take)
        } catch {
            throw IngestError(error)
        }
    }

    /// Drops the parts of an arriving protobuf body that ``readStripped(_:into:originsFirst:_:)`` does not read.
    ///
    /// - Parameter bytes: How long the body is.
    /// - Returns: What does it, for one body.
    func stripper(bytes: Int) -> AttributeStripper { AttributeStripper(for: protobuf, wholeBytes: bytes) }

    /// Reads what is kept of a body in protobuf.
    ///
    /// - Parameters:
    ///   - request: What is kept of the body.
    ///   - batch: Is emptied, then holds the spans, or the last slice of them.
    ///   - originsFirst: Whether the batch of an earlier reading had late origins.
    ///   - take: Gets each slice except the last.
    /// - Throws: ``IngestError`` when the body cannot be read or holds too many spans.
    func readStripped(
        _ request: StrippedRequest, into batch: inout SpanBatch, originsFirst: Bool = false,
        _ take: (SpanBatch) -> Void = { _ in }
    ) throws(IngestError) {
        do throws(OTLPError) {
            try protobuf.read(request, into: &batch, originsFirst: originsFirst, take)
        } catch {
            throw IngestError(error)
        }
    }

    /// Reads a body in JSON to its end.
    ///
    /// - Parameters:
    ///   - body: The inflated body, in which escaped text is replaced by what it means.
    ///   - batch: Is emptied, then holds the spans, or the last slice of them.
    ///   - originsFirst: Whether the batch of an earlier reading had late origins.
    ///   - take: Gets each slice except the last, and the body's current bytes.
    /// - Throws: ``IngestError`` when the body cannot be read or holds too many spans.
    func readJSON(
        _ body: inout MutableSpan<UInt8>, into batch: inout SpanBatch, originsFirst: Bool = false,
        _ take: (SpanBatch, Span<UInt8>) -> Void = { _, _ in }
    ) throws(IngestError) {
        do throws(OTLPError) {
            try json.read(&body, into: &batch, originsFirst: originsFirst, take)
        } catch {
            throw IngestError(error)
        }
    }
}
