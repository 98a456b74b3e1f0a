// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// A reader for each way in which bodies are written.
struct BodyReaders: Sendable {
    private let protobuf: TraceRequestReader
    private let json: JSONTraceRequestReader

    init(dialects: [any Dialect], labels: [LabelRule], configuration: IngestConfiguration) {
        let keys = Interpreter.keys(of: dialects, labels: labels)
        let events = Interpreter.eventNames(of: dialects)
        protobuf = TraceRequestReader(keys: keys, events: events, maxSpans: configuration.maxSpansPerBody)
        json = JSONTraceRequestReader(keys: keys, events: events, maxSpans: configuration.maxSpansPerBody)
    }

    /// Reads a body in protobuf to its end.
    ///
    /// - Parameters:
    ///   - body: The inflated body.
    ///   - batch: Is emptied, then holds the spans.
    /// - Throws: ``IngestError`` when the body cannot be read or holds too many spans.
    func readProtobuf(_ body: Span<UInt8>, into batch: inout SpanBatch) throws(IngestError) {
        do throws(OTLPError) { try protobuf.read(body, into: &batch) } catch { throw IngestError(error) }
    }

    /// Leaves out of a body in protobuf, while it comes in, what ``readThinned(_:into:)`` would not look at.
    ///
    /// - Parameter bytes: How long the body is.
    /// - Returns: What does it, for one body.
    func thinner(bytes: Int) -> RequestThinner { RequestThinner(for: protobuf, wholeBytes: bytes) }

    /// Reads what is kept of a body in protobuf.
    ///
    /// - Parameters:
    ///   - request: What is kept of the body.
    ///   - batch: Is emptied, then holds the spans.
    /// - Throws: ``IngestError`` when the body cannot be read or holds too many spans.
    func readThinned(_ request: ThinnedRequest, into batch: inout SpanBatch) throws(IngestError) {
        do throws(OTLPError) { try protobuf.read(request, into: &batch) } catch { throw IngestError(error) }
    }

    /// Reads a body in JSON to its end.
    ///
    /// - Parameters:
    ///   - body: The inflated body, in which escaped text is replaced by what it means.
    ///   - batch: Is emptied, then holds the spans.
    /// - Throws: ``IngestError`` when the body cannot be read or holds too many spans.
    func readJSON(_ body: inout MutableSpan<UInt8>, into batch: inout SpanBatch) throws(IngestError) {
        do throws(OTLPError) { try json.read(&body, into: &batch) } catch { throw IngestError(error) }
    }
}
