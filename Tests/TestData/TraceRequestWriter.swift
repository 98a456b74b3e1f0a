// SPDX-License-Identifier: Apache-2.0

/// Writes `ExportTraceServiceRequest` bodies for tests: an encoder of its own, so that no test trusts the reader alone.
///
/// - SeeAlso: opentelemetry-proto 1.9.0, trace/v1/trace.proto.
package struct TraceRequestWriter {
    /// A span to be written; defaults are those of a plain client span.
    package struct Span {
        package var traceID: [UInt8]
        package var spanID: [UInt8]
        package var parentSpanID: [UInt8] = []
        package var name = "chat"
        package var kind: UInt64 = 3
        package var startNanoseconds: UInt64 = 1_790_000_000_000_000_000
        package var endNanoseconds: UInt64 = 1_790_000_001_500_000_000
        package var status: UInt64 = 0
        package var attributes: [(key: String, value: Value)] = []
        package var events: [Event] = []
        /// Whether events and attributes take turns, instead of the attributes coming first.
        package var eventsAmongAttributes = false

        package init(
            traceID: [UInt8], spanID: [UInt8], attributes: [(key: String, value: Value)] = []
        ) {
            self.traceID = traceID
            self.spanID = spanID
            self.attributes = attributes
        }
    }

    /// An event of a span.
    package struct Event {
        package var name: String
        package var nanoseconds: UInt64
        package var attributes: [(key: String, value: Value)]

        package init(_ name: String, nanoseconds: UInt64 = 0, attributes: [(key: String, value: Value)] = []) {
            self.name = name
            self.nanoseconds = nanoseconds
            self.attributes = attributes
        }
    }

    /// An attribute's value.
    package enum Value {
        case string(String)
        case bool(Bool)
        case int(Int64)
        case double(Double)
        case strings([String])
        /// The bytes of an `AnyValue` as they are.
        case raw([UInt8])
    }

    package init() {}

    /// A request with one resource, one scope and these spans.
    package func request(
        resource: [(key: String, value: Value)] = [("service.name", .string("test"))],
        scope: String = "opentelemetry.instrumentation.test", spans: [Span]
    ) -> [UInt8] {
        field(1, resourceSpans(resource: resource, scope: scope, spans: spans))
    }

    /// The content of a `ResourceSpans`.
    package func resourceSpans(
        resource: [(key: String, value: Value)], scope: String, spans: [Span], resourceLast: Bool = false
    ) -> [UInt8] {
        let resourceField = field(1, attributes(resource, number: 1))
        let scopeSpans = field(2, field(1, field(1, Array(scope.utf8))) + spans.flatMap { field(2, span($0)) })
        return resourceLast ? scopeSpans + resourceField : resourceField + scopeSpans
    }

    /// The content of a `Span`.
    package func span(_ span: Span) -> [UInt8] {
        var bytes = field(1, span.traceID) + field(2, span.spanID)
        if !span.parentSpanID.isEmpty { bytes += field(4, span.parentSpanID) }
        bytes += field(5, Array(span.name.utf8)) + tag(6, 0) + varint(span.kind)
        bytes += tag(7, 1) + fixed64(span.startNanoseconds) + tag(8, 1) + fixed64(span.endNanoseconds)
        let attributes = span.attributes.map { self.attributes([$0], number: 9) }
        let events = span.events.map { field(11, event($0)) }
        if span.eventsAmongAttributes {
            for index in 0..<max(attributes.count, events.count) {
                if index < events.count { bytes += events[index] }
                if index < attributes.count { bytes += attributes[index] }
            }
        } else {
            bytes += (attributes + events).joined()
        }
        if span.status != 0 { bytes += field(15, tag(3, 0) + varint(span.status)) }
        return bytes
    }

    /// The content of a `Span.Event`.
    package func event(_ event: Event) -> [UInt8] {
        tag(1, 1) + fixed64(event.nanoseconds) + field(2, Array(event.name.utf8))
            + attributes(event.attributes, number: 3)
    }

    /// Attributes as fields of one number.
    package func attributes(_ attributes: [(key: String, value: Value)], number: UInt64) -> [UInt8] {
        attributes.flatMap { field(number, field(1, Array($0.key.utf8)) + field(2, value($0.value))) }
    }

    /// The content of an `AnyValue`.
    package func value(_ value: Value) -> [UInt8] {
        switch value {
        case .string(let text): field(1, Array(text.utf8))
        case .bool(let flag): tag(2, 0) + varint(flag ? 1 : 0)
        case .int(let number): tag(3, 0) + varint(UInt64(bitPattern: number))
        case .double(let number): tag(4, 1) + fixed64(number.bitPattern)
        case .strings(let texts): field(5, texts.flatMap { field(1, field(1, Array($0.utf8))) })
        case .raw(let bytes): bytes
        }
    }

    /// A length-delimited field.
    package func field(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
        tag(number, 2) + varint(UInt64(content.count)) + content
    }

    /// A field's tag.
    package func tag(_ number: UInt64, _ wireType: UInt64) -> [UInt8] { varint(number << 3 | wireType) }

    /// A base-128 number.
    package func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private func fixed64(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    }
}
