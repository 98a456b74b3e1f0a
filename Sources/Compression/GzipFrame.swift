// SPDX-License-Identifier: Apache-2.0
import CChecksum

/// What a gzip member has around its deflate data.
///
/// - SeeAlso: RFC 1952, section 2.3.
enum GzipFrame {
    /// Number of bytes behind the data: a CRC-32 and a size.
    static let trailerBytes = 8

    /// Number of bytes of the smallest member: a header without optional fields, an empty block, a trailer.
    static let smallestMember = 20

    /// Finds the end of a member's header.
    ///
    /// - Parameters:
    ///   - body: The compressed body.
    ///   - start: Where the member begins, an offset of `body`.
    /// - Returns: Where the deflate data begins, at least ``trailerBytes`` before the end of the body. `nil` if the header is
    ///   not one of gzip, is cut short, has flags that RFC 1952 reserves, or does not match its own checksum.
    static func headerEnd(of body: Span<UInt8>, from start: Int) -> Int? {
        let last = body.count - trailerBytes
        var end = start + 10
        guard end <= last, body[start] == 0x1F, body[start + 1] == 0x8B, body[start + 2] == deflate else { return nil }
        let flags = Flags(rawValue: body[start + 3])
        guard flags.isDisjoint(with: .reserved) else { return nil }
        if flags.contains(.extra) {
            guard end + 2 <= last else { return nil }
            end += 2 + Int(number(of: 2, in: body, at: end))
        }
        for text in [Flags.name, .comment] where flags.contains(text) {
            while end < last, body[end] != 0 { end += 1 }
            end += 1
        }
        if flags.contains(.headerChecksum) {
            guard end + 2 <= last else { return nil }
            let stated = number(of: 2, in: body, at: end)
            guard checksum(body.extracting(start..<end)) & 0xFFFF == stated else { return nil }
            end += 2
        }
        return end <= last ? end : nil
    }

    /// Compares a trailer with the inflated bytes.
    ///
    /// - Parameters:
    ///   - body: The compressed body.
    ///   - start: Where the trailer begins, at least ``trailerBytes`` before the end of `body`.
    ///   - output: The inflated bytes of the member.
    /// - Returns: Whether the trailer states their CRC-32, and their size modulo 2^32.
    static func trailer(of body: Span<UInt8>, at start: Int, matches output: Span<UInt8>) -> Bool {
        checksum(output) == number(of: 4, in: body, at: start)
            && UInt32(truncatingIfNeeded: output.count) == number(of: 4, in: body, at: start + 4)
    }

    /// The size that the last member of a body states, in bytes, modulo 2^32; 0 if the body is too short for a member.
    static func claimedSize(of body: Span<UInt8>) -> Int {
        body.count < smallestMember ? 0 : Int(number(of: 4, in: body, at: body.count - 4))
    }

    private static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer { unsafe llm_crc32($0.baseAddress, $0.count) }
    }

    /// A number of up to four bytes, the lowest one first.
    private static func number(of count: Int, in body: Span<UInt8>, at start: Int) -> UInt32 {
        (0..<count).reduce(0) { $0 | UInt32(body[start + $1]) << (8 * UInt32($1)) }
    }

    /// The only compression method that RFC 1952 has.
    private static let deflate: UInt8 = 8

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let headerChecksum = Flags(rawValue: 1 << 1)
        static let extra = Flags(rawValue: 1 << 2)
        static let name = Flags(rawValue: 1 << 3)
        static let comment = Flags(rawValue: 1 << 4)
        static let reserved = Flags(rawValue: 0b1110_0000)
    }
}
