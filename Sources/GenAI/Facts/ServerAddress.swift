// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Reads the host that was called.
enum ServerAddress {
    /// The host name in an address; some frameworks write a URL.
    ///
    /// - Parameters:
    ///   - range: The address.
    ///   - body: The bytes.
    /// - Returns: The range of the host name: the whole address unless it has a scheme.
    /// - SeeAlso: RFC 3986, section 3.
    static func host(at range: ByteRange, in body: Span<UInt8>) -> ByteRange {
        guard body.begins(range, with: http) else { return range }
        let indices = range.indices
        guard var start = indices.first(where: { body[$0] == UInt8(ascii: ":") }),
            indices.upperBound - start > 3, body[start + 1] == UInt8(ascii: "/"), body[start + 2] == UInt8(ascii: "/")
        else { return range }
        start += 3
        // A user name and password may precede the host, with a colon of their own.
        let authority = start..<(indices[start...].first { isEnd(body[$0]) } ?? indices.upperBound)
        if let at = authority.last(where: { body[$0] == UInt8(ascii: "@") }) { start = at + 1 }
        var end = start
        let isBracketed = end < authority.upperBound && body[end] == UInt8(ascii: "[")
        let stop = isBracketed ? UInt8(ascii: "]") : UInt8(ascii: ":")
        while end < authority.upperBound, body[end] != stop { end += 1 }
        if isBracketed { start += 1 }
        return ByteRange(offset: start, length: max(end - start, 0))
    }

    /// Whether an address may be a URL; most are host names.
    @inline(__always)
    static func mayBeURL(_ range: ByteRange, in body: Span<UInt8>) -> Bool {
        range.length > 7 && body[Int(range.offset)] == UInt8(ascii: "h")
    }

    private static let http = Array("http".utf8)

    private static func isEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }
}
