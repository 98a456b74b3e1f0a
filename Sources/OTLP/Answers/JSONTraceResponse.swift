// SPDX-License-Identifier: Apache-2.0
import Notation

/// The JSON bodies with which a trace export in OTLP/JSON is answered; see ``TraceResponse``.
///
/// - SeeAlso: OTLP specification 1.9.0, sections "OTLP/HTTP Response" and "JSON Protobuf Encoding".
package enum JSONTraceResponse {
    /// Encodes an `ExportTraceServiceResponse`, the body of a 200.
    ///
    /// - Parameters:
    ///   - rejectedSpans: How many spans of the request were refused.
    ///   - message: What to tell the sender; empty for nothing.
    /// - Returns: The object; an empty one, which means full success, when nothing was refused and there is nothing to
    ///   tell.
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
