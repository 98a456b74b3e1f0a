// SPDX-License-Identifier: Apache-2.0

/// Why a body could not be read.
///
/// Offsets are bytes of the inflated body.
package enum OTLPError: Error, Equatable, CustomStringConvertible {
    /// A field claims more bytes than the message around it has left.
    case truncated(offset: Int)
    /// A number has more than ten bytes.
    case varintTooLong(offset: Int)
    /// A field number that the encoding does not allow.
    case invalidFieldNumber(offset: Int)
    /// A wire type that proto3 does not use: 3 and 4 are groups, 6 and 7 are undefined.
    case unsupportedWireType(UInt8, offset: Int)
    /// A JSON body without content; an empty request is `{}`.
    case jsonEmpty
    /// The JSON text ends in the middle of a value.
    case jsonCutShort(offset: Int)
    /// The JSON text has something else instead of this part.
    case jsonUnexpected(JSONPart, offset: Int)
    /// The JSON text is nested more deeply than the reader accepts.
    case jsonTooDeep(limit: Int, offset: Int)
    /// More spans, scopes or resources than one body may hold.
    case tooManySpans(limit: Int)

    package var description: String {
        switch self {
        case .truncated(let offset):
            "the field at byte \(offset) is longer than the message around it: the body is cut short or damaged; "
                + "send the whole ExportTraceServiceRequest"
        case .varintTooLong(let offset):
            "the number at byte \(offset) runs over ten bytes: this is not protobuf; send an ExportTraceServiceRequest"
        case .invalidFieldNumber(let offset):
            "the field number at byte \(offset) is not allowed: this is not protobuf; send an ExportTraceServiceRequest"
        case .unsupportedWireType(let type, let offset):
            "wire type \(type) at byte \(offset) is not used by OTLP; send an ExportTraceServiceRequest"
        case .jsonEmpty:
            "the body is empty; send an ExportTraceServiceRequest as JSON, at least {}"
        case .jsonCutShort(let offset):
            "the JSON ends at byte \(offset) before its last bracket is closed: the body is cut short; "
                + "send the whole ExportTraceServiceRequest"
        case .jsonUnexpected(let part, let offset):
            "the JSON at byte \(offset) should be \(part.rawValue); send an ExportTraceServiceRequest as OTLP/JSON"
        case .jsonTooDeep(let limit, let offset):
            "the JSON at byte \(offset) is nested deeper than \(limit); send less deeply nested attributes"
        case .tooManySpans(let limit):
            "the body holds more than \(limit) spans, scopes or resources; send smaller batches"
        }
    }
}
