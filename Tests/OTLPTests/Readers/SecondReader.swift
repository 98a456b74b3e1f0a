// SPDX-License-Identifier: Apache-2.0
import COTLP
import COTLPTraceRequest

/// protobuf-c's reading of a request, as lines of text to compare with; only for bodies that we trust, since it
/// recurses into nested values.
enum SecondReader {
    private typealias Request = Opentelemetry__Proto__Collector__Trace__V1__ExportTraceServiceRequest
    private typealias KeyValue = Opentelemetry__Proto__Common__V1__KeyValue

    /// What protobuf-c makes of a body.
    struct Reading {
        /// One line a span, in the order of the body.
        var spans: [String] = []
        /// Every attribute key of the body, in no order.
        var keys: Set<String> = []
    }

    /// Reads a body; `nil` when protobuf-c refuses it.
    ///
    /// - Parameters:
    ///   - body: The request.
    ///   - events: Names of events; the first of each in a span is added to its line, in the order of the body.
    /// - Returns: The lines and keys.
    static func read(_ body: [UInt8], events: Set<String> = []) -> Reading? {
        let request = unsafe opentelemetry__proto__collector__trace__v1__export_trace_service_request__unpack(
            nil, body.count, body)
        guard let request = unsafe request else { return nil }
        defer {
            unsafe opentelemetry__proto__collector__trace__v1__export_trace_service_request__free_unpacked(request, nil)
        }
        var reading = Reading()
        for index in unsafe 0..<request.pointee.n_resource_spans {
            guard let part = unsafe request.pointee.resource_spans[index]?.pointee else { continue }
            var resource = "{}"
            if let message = unsafe part.resource {
                unsafe resource = attributes(message.pointee.attributes, message.pointee.n_attributes, &reading.keys)
            }
            for index in unsafe 0..<part.n_scope_spans {
                guard let scoped = unsafe part.scope_spans[index]?.pointee else { continue }
                var scope = "- - {}"
                if let message = unsafe scoped.scope?.pointee {
                    let its = unsafe attributes(message.attributes, message.n_attributes, &reading.keys)
                    unsafe scope = "\(text(message.name)) \(text(message.version)) \(its)"
                }
                for index in unsafe 0..<scoped.n_spans {
                    guard let span = unsafe scoped.spans[index]?.pointee else { continue }
                    let its = unsafe attributes(span.attributes, span.n_attributes, &reading.keys)
                    let status = unsafe span.status.map { unsafe $0.pointee.code.rawValue } ?? 0
                    let ids = unsafe "\(hex(span.trace_id)) \(hex(span.span_id)) \(hex(span.parent_span_id))"
                    let times = unsafe "\(span.start_time_unix_nano) \(span.end_time_unix_nano)"
                    let line = unsafe "\(ids) \(text(span.name)) \(span.kind.rawValue) \(status) \(times) \(its)"
                    let first = unsafe eventTexts(span, of: events, &reading.keys)
                    reading.spans.append("\(line) in \(scope) of \(resource)\(first)")
                }
            }
        }
        return reading
    }

    private static func eventTexts(
        _ span: Opentelemetry__Proto__Trace__V1__Span, of names: Set<String>, _ keys: inout Set<String>
    ) -> String {
        var missing = names
        var texts = ""
        for index in unsafe 0..<span.n_events {
            guard let event = unsafe span.events[index]?.pointee else { continue }
            let its = unsafe attributes(event.attributes, event.n_attributes, &keys)
            let name = unsafe text(event.name)
            guard missing.remove(name) != nil else { continue }
            texts += unsafe " with \(name) \(event.time_unix_nano) \(its)"
        }
        return texts
    }

    private static func attributes(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<KeyValue>?>?, _ count: Int, _ keys: inout Set<String>
    ) -> String {
        var texts: [String] = []
        for index in 0..<count {
            guard let pair = unsafe list?[index]?.pointee else { continue }
            let key = unsafe text(pair.key)
            keys.insert(key)
            texts.append(unsafe "\(key)=\(value(pair.value))")
        }
        return "{\(texts.joined(separator: ", "))}"
    }

    private static func value(_ value: UnsafeMutablePointer<Opentelemetry__Proto__Common__V1__AnyValue>?) -> String {
        guard let value = unsafe value?.pointee else { return "empty" }
        return switch unsafe value.value_case.rawValue {
        case 1: unsafe "string \(text(value.string_value))"
        case 2: unsafe "bool \(value.bool_value != 0)"
        case 3: unsafe "int \(value.int_value)"
        case 4: unsafe "double \(value.double_value)"
        case 5, 6, 7: "structured"
        default: "empty"
        }
    }

    private static func text(_ text: UnsafeMutablePointer<CChar>?) -> String {
        guard let text = unsafe text else { return "" }
        return unsafe String(cString: text)
    }

    private static func hex(_ data: ProtobufCBinaryData) -> String {
        let bytes = unsafe UnsafeBufferPointer(start: data.data, count: data.len)
        return unsafe "0x" + bytes.map { String($0, radix: 16) }.joined(separator: ".")
    }
}
