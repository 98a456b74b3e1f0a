// SPDX-License-Identifier: Apache-2.0
import OTLP

/// The host that was called, as emitters write it.
enum ServerAddress {
    /// The host's name in an address that may be a URL, as some frameworks have it.
    ///
    /// - Parameters:
    ///   - place: The address.
    ///   - body: The bytes.
    /// - Returns: Where the host's name is: all of the address unless it has a scheme.
    /// - SeeAlso: RFC 3986, section 3.
    static func host(at place: ByteRange, in body: Span<UInt8>) -> ByteRange {
        guard body.begins(place, with: http) else { return place }
        let indices = place.indices
        guard var start = indices.first(where: { body[$0] == UInt8(ascii: ":") }),
            indices.upperBound - start > 3, body[start + 1] == UInt8(ascii: "/"), body[start + 2] == UInt8(ascii: "/")
        else { return place }
        start += 3
        // A name and a password may stand in front of the host, with a colon of their own.
        let authority = start..<(indices[start...].first { isEnd(body[$0]) } ?? indices.upperBound)
        if let at = authority.last(where: { body[$0] == UInt8(ascii: "@") }) { start = at + 1 }
        var end = start
        let isBracketed = end < authority.upperBound && body[end] == UInt8(ascii: "[")
        let stop = isBracketed ? UInt8(ascii: "]") : UInt8(ascii: ":")
        while end < authority.upperBound, body[end] != stop { end += 1 }
        if isBracketed { start += 1 }
        return ByteRange(offset: start, length: max(end - start, 0))
    }

    /// Whether it is worth looking closer: most addresses are names already.
    @inline(__always)
    static func mayBeURL(_ place: ByteRange, in body: Span<UInt8>) -> Bool {
        place.length > 7 && body[Int(place.offset)] == UInt8(ascii: "h")
    }

    private static let http = Array("http".utf8)

    private static func isEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }
}
