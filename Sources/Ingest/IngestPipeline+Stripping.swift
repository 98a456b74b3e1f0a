// SPDX-License-Identifier: Apache-2.0
import Billing
package import OTLP

/// Bodies that are never in memory as a whole.
extension IngestPipeline {
    /// Takes one body whose long unread attributes were left out during receipt.
    ///
    /// - Parameters:
    ///   - request: The kept part of the body, from the stripper that ``stripper(for:bytes:)`` made.
    ///   - arrival: The body's form, time and sender.
    ///   - reserve: As for a whole body.
    /// - Returns: As for a whole body.
    /// - Throws: As for a whole body.
    package func ingest(
        _ request: StrippedRequest, arrival: BodyArrival, reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt {
        if let refusal { throw refusal }
        return try scratch.withFreeMemory { memory throws(IngestError) in
            try readStripped(request, arrival, with: &memory.tools, reserve)
        }
    }

    /// Makes a filter that drops unread attributes from a body during receipt.
    ///
    /// - Parameters:
    ///   - arrival: The body's signal and form.
    ///   - bytes: The declared size of the body.
    /// - Returns: The stripper, or `nil` for a body that is needed as a whole or is too small to be worth it.
    package func stripper(for arrival: BodyArrival, bytes: Int) -> AttributeStripper? {
        guard arrival.form == BodyForm(encoding: .protobuf, coding: .identity), bytes >= Self.leastStrippedBytes,
            bytes <= configuration.maxInflatedBytes
        else { return nil }
        return plan.readers.stripper(bytes: bytes)
    }

    /// Smaller bodies stay in the processor's caches anyway.
    private static var leastStrippedBytes: Int { 1 << 20 }
}
