// SPDX-License-Identifier: Apache-2.0

/// A message of the schema: what its fields are called in OTLP/JSON, by number.
///
/// - SeeAlso: opentelemetry-proto 1.9.0, trace/v1/trace.proto and common/v1/common.proto.
struct Message: Sendable {
    var fields: [UInt64: Field]

    static let request = Message(fields: [1: .init("resourceSpans", .message(resourceSpans), isList: true)])
    private static let resourceSpans = Message(fields: [
        1: .init("resource", .message(resource)), 2: .init("scopeSpans", .message(scopeSpans), isList: true),
        3: .init("schemaUrl", .text),
    ])
    private static let resource = Message(fields: [1: .init("attributes", .message(keyValue), isList: true)])
    private static let scopeSpans = Message(fields: [
        1: .init("scope", .message(scope)), 2: .init("spans", .message(span), isList: true),
        3: .init("schemaUrl", .text),
    ])
    private static let scope = Message(fields: [
        1: .init("name", .text), 2: .init("version", .text), 3: .init("attributes", .message(keyValue), isList: true),
    ])
    private static let span = Message(fields: [
        1: .init("traceId", .id), 2: .init("spanId", .id), 3: .init("traceState", .text),
        4: .init("parentSpanId", .id), 5: .init("name", .text),
        6: .init(
            "kind",
            .enumeration(
                ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"].map { "SPAN_KIND_" + $0 })),
        7: .init("startTimeUnixNano", .time), 8: .init("endTimeUnixNano", .time),
        9: .init("attributes", .message(keyValue), isList: true), 11: .init("events", .message(event), isList: true),
        15: .init("status", .message(status)), 16: .init("flags", .int),
    ])
    private static let event = Message(fields: [
        1: .init("timeUnixNano", .time), 2: .init("name", .text),
        3: .init("attributes", .message(keyValue), isList: true),
    ])
    private static let status = Message(fields: [
        2: .init("message", .text),
        3: .init("code", .enumeration(["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"])),
    ])
    private static let keyValue = Message(fields: [1: .init("key", .text), 2: .init("value", .message(anyValue))])
    /// Lists and maps keep one level of what is in them, which no reader looks at.
    private static let anyValue = Message(fields: [
        1: .init("stringValue", .text), 2: .init("boolValue", .bool), 3: .init("intValue", .int),
        4: .init("doubleValue", .double), 5: .init("arrayValue", .message(arrayValue)),
        6: .init("kvlistValue", .message(arrayValue)), 7: .init("bytesValue", .id),
    ])
    private static let arrayValue = Message(fields: [
        1: .init("values", .message(Message(fields: [1: .init("stringValue", .text)])), isList: true)
    ])
}

/// A field of a message.
struct Field: Sendable {
    var name: String
    var kind: Kind
    var isList = false

    init(_ name: String, _ kind: Kind, isList: Bool = false) {
        self.name = name
        self.kind = kind
        self.isList = isList
    }
}

/// What a field holds.
enum Kind: Sendable {
    case message(Message)
    case text, id, time, int, double, bool
    case enumeration([String])
}

/// The fields of a message, in the order in which they were sent; numbers come as eight bytes, the lowest first.
enum ProtobufFields {
    static func read(_ bytes: ArraySlice<UInt8>) -> [(number: UInt64, content: ArraySlice<UInt8>)] {
        var rest = bytes
        var fields: [(UInt64, ArraySlice<UInt8>)] = []
        while !rest.isEmpty {
            let tag = varint(&rest)
            switch tag & 7 {
            case 0:
                let value = varint(&rest)
                fields.append((tag >> 3, (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }[...]))
            case 1: fields.append((tag >> 3, take(8, &rest)))
            case 5: fields.append((tag >> 3, take(4, &rest)))
            default:
                let length = Int(varint(&rest))
                fields.append((tag >> 3, take(length, &rest)))
            }
        }
        return fields
    }

    private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let content = rest.prefix(count)
        rest = rest.dropFirst(count)
        return content
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst() {
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return value
    }
}
