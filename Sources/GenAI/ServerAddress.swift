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
        var end = start
        while end < indices.upperBound, !isEnd(body[end]) {
            end += 1
            if body[end - 1] == UInt8(ascii: "@") { start = end }
        }
        return ByteRange(offset: start, length: end - start)
    }

    /// Whether it is worth looking closer: most addresses are names already.
    @inline(__always)
    static func mayBeURL(_ place: ByteRange, in body: Span<UInt8>) -> Bool {
        place.length > 7 && body[Int(place.offset)] == UInt8(ascii: "h")
    }

    private static let http = Array("http".utf8)

    private static func isEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }
}
