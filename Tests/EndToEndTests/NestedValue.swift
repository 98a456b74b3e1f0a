// SPDX-License-Identifier: Apache-2.0

/// An OTLP request whose one attribute holds values within values.
enum NestedValue {
    enum Kind: Sendable {
        /// `AnyValue.array_value`, field 5, of `ArrayValue.values`, field 1.
        case array
        /// `AnyValue.kvlist_value`, field 6, of `KeyValueList.values`, field 1, of `KeyValue.value`, field 2.
        case list

        /// The fields from the inside out.
        var fields: [UInt8] {
            switch self {
            case .array: [1, 5]
            case .list: [2, 1, 6]
            }
        }
    }

    /// Makes the request in protobuf.
    ///
    /// - Parameters:
    ///   - key: The attribute's key.
    ///   - kind: The kind of the nested values.
    ///   - depth: How many there are within each other.
    /// - Returns: An `ExportTraceServiceRequest` in protobuf.
    static func body(key: String, kind: Kind, depth: Int) -> [UInt8] {
        // The bytes are gathered back to front, so that every length is known when it is written.
        var reversed: [UInt8] = []
        func wrap(_ field: UInt8, from start: Int = 0) {
            var length = reversed.count - start
            var varint: [UInt8] = []
            repeat {
                varint.append(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
                length >>= 7
            } while length > 0
            reversed += varint.reversed()
            reversed.append(field << 3 | 2)
        }
        func put(_ field: UInt8, _ bytes: [UInt8]) {
            let start = reversed.count
            reversed += bytes.reversed()
            wrap(field, from: start)
        }
        for _ in 0..<depth { kind.fields.forEach { wrap($0) } }
        wrap(2)  // KeyValue.value
        put(1, Array(key.utf8))  // KeyValue.key
        wrap(9)  // Span.attributes
        put(2, Array(1...8))  // Span.span_id
        put(1, Array(1...16))  // Span.trace_id
        for field: UInt8 in [2, 2, 1] { wrap(field) }  // ScopeSpans.spans, ResourceSpans.scope_spans, resource_spans
        return reversed.reversed()
    }

    /// Makes the request in JSON.
    ///
    /// - Parameters:
    ///   - key: The attribute's key.
    ///   - kind: The kind of the nested values.
    ///   - depth: How many there are within each other.
    /// - Returns: An `ExportTraceServiceRequest` in OTLP/JSON.
    static func json(key: String, kind: Kind, depth: Int) -> [UInt8] {
        let (opening, closing) =
            switch kind {
            case .array: (#"{"arrayValue":{"values":["#, "]}}")
            case .list: (#"{"kvlistValue":{"values":[{"key":"k","value":"#, "}]}}")
            }
        let value = String(repeating: opening, count: depth) + "{}" + String(repeating: closing, count: depth)
        let span = """
            {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708",\
            "attributes":[{"key":"\(key)","value":\(value)}]}
            """
        return Array(#"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(span)]}]}]}"#.utf8)
    }
}
