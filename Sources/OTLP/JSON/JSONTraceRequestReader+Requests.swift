// SPDX-License-Identifier: Apache-2.0

extension JSONTraceRequestReader {
    /// Finds the requests in a body; a file may have one on each line.
    ///
    /// A request ends with its last bracket, not with its line, so that one request may fill many lines.
    ///
    /// - Parameter body: JSON texts, one after the other, with or without white space between them.
    /// - Returns: The ranges, in the order of the body; none if there is nothing but white space.
    /// - Throws: ``OTLPError`` if one of them is not JSON or is cut short.
    /// - Complexity: Linear in the body's length.
    /// - SeeAlso: The Collector's file exporter, format `json`.
    package static func requests(in body: Span<UInt8>) throws(OTLPError) -> [Range<Int>] {
        var cursor = JSONCursor(0..<body.count, of: body)
        cursor.stepOverByteOrderMark(in: body)
        var ranges: [Range<Int>] = []
        while cursor.peek(in: body) != 0 || cursor.offset < cursor.end {
            ranges.append(try cursor.valueRange(in: body))
        }
        return ranges
    }
}

extension JSONCursor {
    /// Steps over a byte order mark: RFC 8259 lets a reader ignore it, and files from Windows begin with one.
    mutating func stepOverByteOrderMark(in bytes: Span<UInt8>) {
        if end - offset >= 3, bytes[offset] == 0xEF, bytes[offset + 1] == 0xBB, bytes[offset + 2] == 0xBF {
            offset += 3
        }
    }
}
