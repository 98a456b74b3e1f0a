// SPDX-License-Identifier: Apache-2.0

/// The names in OTLP/JSON that the reader knows; it skips members with other names.
///
/// A name means the same in every message that has it, so one table is enough.
///
/// - SeeAlso: opentelemetry-proto 1.9.0, trace/v1/trace.proto and common/v1/common.proto; the raw values are the names
///   as OTLP/JSON writes them.
enum JSONField: String, CaseIterable {
    case resourceSpans, resource, scopeSpans, scope, spans
    case traceId, spanId, parentSpanId, name, version, kind, startTimeUnixNano, endTimeUnixNano
    case status, code, events, timeUnixNano
    case attributes, key, value
    case stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue

    /// The name as the schema writes it: the protobuf JSON mapping lets a sender use either.
    fileprivate var inSchema: String {
        rawValue.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
    }
}

/// Finds out what a name means, without making strings.
struct JSONNames: Sendable {
    /// Names that are in every attribute are compared before the table is used.
    let key = JSONName(.key)
    let value = JSONName(.value)
    let stringValue = JSONName(.stringValue)
    let intValue = JSONName(.intValue)

    /// The members of a span in the order in which senders write them.
    let ofSpan = [
        JSONField.traceId, .spanId, .parentSpanId, .name, .kind, .startTimeUnixNano, .endTimeUnixNano, .attributes,
        .events,
        .status,
    ].map { (name: JSONName($0), field: $0) }

    /// The names of `SpanKind` and `StatusCode`, numbered as in the schema.
    let kinds: AttributeKeyTable
    let codes: AttributeKeyTable

    private let table: AttributeKeyTable
    private var fields: [JSONField] = []

    init() {
        var keys = AttributeKeys()
        for field in JSONField.allCases {
            for name in [field.rawValue, field.inSchema] where Int(keys.id(of: name)) == fields.count {
                fields.append(field)
            }
        }
        table = AttributeKeyTable(keys)
        var kinds = AttributeKeys()
        for name in ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"] {
            _ = kinds.id(of: "SPAN_KIND_" + name)
        }
        self.kinds = AttributeKeyTable(kinds)
        var codes = AttributeKeys()
        for name in ["UNSET", "OK", "ERROR"] { _ = codes.id(of: "STATUS_CODE_" + name) }
        self.codes = AttributeKeyTable(codes)
    }

    /// The field of that name, or `nil` for one that is not read.
    @inline(__always)
    func field(_ name: ByteRange, in bytes: Span<UInt8>) -> JSONField? {
        guard let id = table.find(in: bytes, at: Int(name.offset), length: Int(name.length)) else { return nil }
        return fields[Int(id)]
    }
}

/// A name in quotes with its colon, as words to compare with.
struct JSONName: Sendable {
    let count: Int
    /// The first eight bytes, or as many as there are.
    let first: UInt64
    /// The last eight bytes, or as many as there are, and where they begin.
    let last: UInt64
    let lastOffset: Int
    /// The bytes that count in both words.
    let mask: UInt64

    fileprivate init(_ field: JSONField) {
        let bytes = Array("\"\(field.rawValue)\":".utf8)
        let span = (bytes + [UInt8](repeating: 0, count: 8)).span
        count = bytes.count
        lastOffset = max(0, count - 8)
        mask = count < 8 ? 1 << UInt64(count * 8) - 1 : .max
        first = span.littleEndian64(at: 0) & mask
        last = span.littleEndian64(at: lastOffset) & mask
    }
}
