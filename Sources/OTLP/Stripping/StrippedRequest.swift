// SPDX-License-Identifier: Apache-2.0

/// The kept part of a request whose long unread attributes were left out.
package struct StrippedRequest: Sendable {
    /// A position at which bytes were dropped.
    struct Cut: Sendable {
        /// The offset in the kept part of the byte after them.
        var offset: Int
        /// The number of bytes dropped up to there.
        var total: Int
    }

    /// An `ExportTraceServiceRequest`.
    package let bytes: [UInt8]
    /// The size of the whole request.
    package let wholeBytes: Int
    /// In the order of their offsets.
    private let cuts: [Cut]

    init(bytes: [UInt8], wholeBytes: Int, cuts: [Cut]) {
        self.bytes = bytes
        self.wholeBytes = wholeBytes
        self.cuts = cuts
    }

    /// The offset in the whole request of a byte of the kept part.
    func wholeOffset(of offset: Int) -> Int {
        var (low, high) = (0, cuts.count)
        while low < high {
            let middle = (low + high) / 2
            if cuts[middle].offset <= offset { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? offset : offset + cuts[low - 1].total
    }
}

extension TraceRequestReader {
    /// Reads the kept part of a request.
    ///
    /// - Parameters:
    ///   - request: A request that was stripped for this reader, or for one with the same keys.
    ///   - batch: Emptied, then filled with the spans or the last slice of them, with offsets in the kept part.
    ///   - originsFirst: As for a whole request.
    ///   - take: Gets each slice except the last.
    /// - Throws: ``OTLPError`` as for the whole request, with offsets of the whole request.
    package func read(
        _ request: StrippedRequest, into batch: inout SpanBatch, originsFirst: Bool = false,
        _ take: (SpanBatch) -> Void = { _ in }
    ) throws(OTLPError) {
        do throws(OTLPError) {
            try read(request.bytes.span, into: &batch, originsFirst: originsFirst, take)
        } catch {
            throw error.moved(request.wholeOffset)
        }
    }
}

extension OTLPError {
    /// The same error at another offset of a protobuf body.
    fileprivate func moved(_ position: (Int) -> Int) -> OTLPError {
        switch self {
        case .truncated(let offset): .truncated(offset: position(offset))
        case .varintTooLong(let offset): .varintTooLong(offset: position(offset))
        case .invalidFieldNumber(let offset): .invalidFieldNumber(offset: position(offset))
        case .unsupportedWireType(let type, let offset): .unsupportedWireType(type, offset: position(offset))
        case .jsonEmpty, .jsonCutShort, .jsonUnexpected, .jsonTooDeep, .tooManySpans: self
        }
    }
}
