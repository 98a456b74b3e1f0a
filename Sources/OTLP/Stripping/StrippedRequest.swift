// SPDX-License-Identifier: Apache-2.0

/// The kept part of a request whose long unread attributes were left out.
package struct StrippedRequest: Sendable {
    /// A place where bytes were left out.
    struct Cut: Sendable {
        /// What follows them, in what is kept.
        var place: Int
        /// How many were left out up to there.
        var total: Int
    }

    /// An `ExportTraceServiceRequest`.
    package let bytes: [UInt8]
    /// How long the whole one was.
    package let wholeBytes: Int
    /// In their order.
    private let cuts: [Cut]

    init(bytes: [UInt8], wholeBytes: Int, cuts: [Cut]) {
        self.bytes = bytes
        self.wholeBytes = wholeBytes
        self.cuts = cuts
    }

    /// Where a byte of what is kept stood in the whole request.
    func wholeOffset(of offset: Int) -> Int {
        var (low, high) = (0, cuts.count)
        while low < high {
            let middle = (low + high) / 2
            if cuts[middle].place <= offset { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? offset : offset + cuts[low - 1].total
    }
}

extension TraceRequestReader {
    /// Reads what is kept of a request.
    ///
    /// - Parameters:
    ///   - request: Stripped for this reader, or one with the same keys.
    ///   - batch: Is emptied, then holds the spans, or the last slice of them, at their places in the bytes that are kept.
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
    /// The same error about another place in a protobuf body.
    fileprivate func moved(_ place: (Int) -> Int) -> OTLPError {
        switch self {
        case .truncated(let offset): .truncated(offset: place(offset))
        case .varintTooLong(let offset): .varintTooLong(offset: place(offset))
        case .invalidFieldNumber(let offset): .invalidFieldNumber(offset: place(offset))
        case .unsupportedWireType(let type, let offset): .unsupportedWireType(type, offset: place(offset))
        case .jsonEmpty, .jsonCutShort, .jsonUnexpected, .jsonTooDeep, .tooManySpans: self
        }
    }
}
