// SPDX-License-Identifier: Apache-2.0

extension JSONTraceRequestReader {
    /// The places of the requests in a body, of which a file may hold one a line.
    ///
    /// A request ends with its last bracket, not with its line, so that a single one may be laid out over many lines.
    ///
    /// - Parameter body: JSON texts, one behind the other, with or without white space between them.
    /// - Returns: The places, in the order of the body; none if there is nothing but white space.
    /// - Throws: ``OTLPError`` when one of them is no JSON or is cut short.
    /// - Complexity: Linear in the body's length.
    /// - SeeAlso: The Collector's file exporter, format `json`.
    package static func requests(in body: Span<UInt8>) throws(OTLPError) -> [Range<Int>] {
        var cursor = JSONCursor(0..<body.count, of: body)
        cursor.stepOverByteOrderMark(in: body)
        var places: [Range<Int>] = []
        while cursor.peek(in: body) != 0 || cursor.offset < cursor.end {
            places.append(try cursor.place(in: body))
        }
        return places
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
