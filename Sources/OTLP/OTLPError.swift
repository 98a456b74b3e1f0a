// SPDX-License-Identifier: Apache-2.0

/// Why a body could not be read.
///
/// Offsets are bytes of the inflated body.
package enum OTLPError: Error, Equatable, CustomStringConvertible {
    /// A field says it is longer than what is left of the message around it.
    case truncated(offset: Int)
    /// A number runs over ten bytes.
    case varintTooLong(offset: Int)
    /// A field number that the encoding does not allow.
    case invalidFieldNumber(offset: Int)
    /// A wire type that proto3 does not use: groups (3, 4), or 6 and 7, which mean nothing.
    case unsupportedWireType(UInt8, offset: Int)
    /// More spans than one body may hold.
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
        case .tooManySpans(let limit):
            "the body holds more than \(limit) spans; send smaller batches"
        }
    }
}
