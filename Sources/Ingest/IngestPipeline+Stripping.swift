// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// Bodies that are never in memory as a whole.
extension IngestPipeline {
    /// Takes one body whose long unread attributes were left out during receipt.
    ///
    /// - Parameters:
    ///   - request: What is kept of the body, by the stripper that ``stripper(for:bytes:)`` made.
    ///   - arrival: How it is written, when it came and who sent it.
    ///   - reserve: As for a whole body.
    /// - Returns: As for a whole body.
    /// - Throws: As for a whole body.
    package func ingest(
        _ request: StrippedRequest, arrival: BodyArrival, reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt {
        try scratch.withFreeMemory { memory throws(IngestError) in
            try readStripped(request, arrival, with: &memory.tools, reserve)
        }
    }

    /// What leaves out of a body, while it comes in, what will not be read.
    ///
    /// - Parameters:
    ///   - form: How the body is written and compressed.
    ///   - bytes: How long it is.
    /// - Returns: A stripper, or `nil` where the body is needed as a whole or is too small to be worth it.
    package func stripper(for form: BodyForm, bytes: Int) -> AttributeStripper? {
        guard form == BodyForm(encoding: .protobuf, coding: .identity), bytes >= Self.leastStrippedBytes,
            bytes <= configuration.maxInflatedBytes
        else { return nil }
        return plan.readers.stripper(bytes: bytes)
    }

    /// Smaller bodies stay in the processor's caches anyway.
    private static var leastStrippedBytes: Int { 1 << 20 }
}
