// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// A reader for each way in which bodies are written.
struct BodyReaders: Sendable {
    private let protobuf: TraceRequestReader

    init(dialects: [any Dialect], labels: [LabelRule], configuration: IngestConfiguration) {
        let keys = Interpreter.keys(of: dialects, labels: labels)
        let events = Interpreter.eventNames(of: dialects)
        protobuf = TraceRequestReader(keys: keys, events: events, maxSpans: configuration.maxSpansPerBody)
    }

    /// Reads a body to its end.
    ///
    /// - Parameters:
    ///   - body: The inflated body.
    ///   - encoding: How it is written.
    ///   - batch: Is emptied, then holds the spans.
    /// - Throws: ``IngestError`` when the body cannot be read or holds too many spans.
    func read(_ body: Span<UInt8>, _ encoding: BodyEncoding, into batch: inout SpanBatch) throws(IngestError) {
        do throws(OTLPError) {
            switch encoding {
            case .protobuf: try protobuf.read(body, into: &batch)
            case .json: throw .truncated(offset: 0)
            }
        } catch {
            throw IngestError(error)
        }
    }
}
