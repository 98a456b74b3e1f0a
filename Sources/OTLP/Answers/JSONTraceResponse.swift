// SPDX-License-Identifier: Apache-2.0
import Notation

/// Encodes the bodies of answers to OTLP/JSON trace exports; ``TraceResponse`` does it in protobuf.
///
/// - SeeAlso: OTLP specification 1.9.0, sections "OTLP/HTTP Response" and "JSON Protobuf Encoding".
package enum JSONTraceResponse {
    /// Encodes an `ExportTraceServiceResponse`, the body of a 200.
    ///
    /// - Parameters:
    ///   - rejectedSpans: The number of spans of the request that were refused.
    ///   - message: A sentence for the sender; may be empty.
    /// - Returns: The object. It is empty, which means full success, if no span was refused and the message is empty.
    package static func success(rejectedSpans: Int64, message: String) -> [UInt8] {
        guard rejectedSpans > 0 || !message.isEmpty else { return Array("{}".utf8) }
        // 64-bit integers are strings in protobuf's JSON.
        let parts = #"{"rejectedSpans":"\#(rejectedSpans)","errorMessage":\#(JSONText.quoted(message))}"#
        return Array(#"{"partialSuccess":\#(parts)}"#.utf8)
    }

    /// Encodes a `google.rpc.Status`, the body of every answer that is an error.
    ///
    /// - Parameters:
    ///   - code: A value of `google.rpc.Code`, for example 3 for an invalid argument.
    ///   - message: What was wrong and what the sender can do.
    /// - Returns: The object.
    package static func status(code: Int32, message: String) -> [UInt8] {
        Array(#"{"code":\#(code),"message":\#(JSONText.quoted(message))}"#.utf8)
    }
}
