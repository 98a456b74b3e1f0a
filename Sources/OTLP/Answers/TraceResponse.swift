// SPDX-License-Identifier: Apache-2.0
import COTLP

/// Encodes the bodies of answers to trace exports in protobuf.
///
/// - SeeAlso: OTLP specification 1.9.0, sections "OTLP/HTTP Response" and "Partial Success".
package enum TraceResponse {
    /// Encodes an `ExportTraceServiceResponse`, the body of a 200.
    ///
    /// - Parameters:
    ///   - rejectedSpans: The number of spans of the request that were refused.
    ///   - message: A sentence for the sender; may be empty.
    /// - Returns: The message. It is empty, which means full success, if no span was refused and the message is empty.
    package static func success(rejectedSpans: Int64, message: String) -> [UInt8] {
        guard rejectedSpans > 0 || !message.isEmpty else { return [] }
        return unsafe withCText(message) { text in
            var partial = unsafe Opentelemetry__Proto__Collector__Trace__V1__ExportTracePartialSuccess()
            unsafe opentelemetry__proto__collector__trace__v1__export_trace_partial_success__init(&partial)
            unsafe partial.rejected_spans = rejectedSpans
            unsafe partial.error_message = text
            return unsafe withUnsafeMutablePointer(to: &partial) { partial in
                var response = unsafe Opentelemetry__Proto__Collector__Trace__V1__ExportTraceServiceResponse()
                unsafe opentelemetry__proto__collector__trace__v1__export_trace_service_response__init(&response)
                unsafe response.partial_success = partial
                let size =
                    unsafe opentelemetry__proto__collector__trace__v1__export_trace_service_response__get_packed_size(
                        &response)
                return unsafe packed(size) { target in
                    unsafe opentelemetry__proto__collector__trace__v1__export_trace_service_response__pack(
                        &response, target)
                }
            }
        }
    }

    /// Encodes a `google.rpc.Status`, the body of every answer that is an error.
    ///
    /// - Parameters:
    ///   - code: A value of `google.rpc.Code`, for example 3 for an invalid argument.
    ///   - message: What was wrong and what the sender can do.
    /// - Returns: The message.
    package static func status(code: Int32, message: String) -> [UInt8] {
        unsafe withCText(message) { text in
            var status = unsafe Google__Rpc__Status()
            unsafe google__rpc__status__init(&status)
            unsafe status.code = code
            unsafe status.message = text
            let size = unsafe google__rpc__status__get_packed_size(&status)
            return unsafe packed(size) { target in unsafe google__rpc__status__pack(&status, target) }
        }
    }

    /// Calls `body` with `text` as a C string.
    ///
    /// Each NUL becomes U+FFFD, since protobuf-c would end the text at a NUL.
    private static func withCText<Result>(_ text: String, _ body: (UnsafeMutablePointer<CChar>) -> Result) -> Result {
        let characters = text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }
        return unsafe String(String.UnicodeScalarView(characters)).withCString { text in
            // protobuf-c's fields are not const, yet packing only reads them.
            unsafe body(UnsafeMutablePointer(mutating: text))
        }
    }

    /// Makes an array of the `size` bytes that `pack` writes.
    private static func packed(_ size: Int, _ pack: (UnsafeMutablePointer<UInt8>) -> Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            count = unsafe pack(start)
        }
    }
}
