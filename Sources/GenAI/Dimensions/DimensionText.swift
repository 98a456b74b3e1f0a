// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Texts of senders as values of dimensions and as names of traces.
package enum DimensionText {
    /// The longest value of a dimension, in bytes; longer ones are cut.
    package static let longest = 256
    /// The longest name of a trace, in characters; longer ones are cut.
    package static let longestName = 80
    /// The bytes of a name that are looked at.
    static let longestNameBytes = 4 * longestName

    /// A range without the bytes beyond a limit; no character is cut in two.
    static func cut(_ range: ByteRange, to most: Int = longest, in body: Span<UInt8>) -> ByteRange {
        guard Int(range.length) > most else { return range }
        var end = Int(range.offset) + most
        // A character has at most three bytes after its first one.
        for _ in 0..<3 where body[end] & 0xC0 == 0x80 { end -= 1 }
        return ByteRange(offset: Int(range.offset), length: end - Int(range.offset))
    }

    /// Whether a text has nothing but white space and control characters.
    @inline(__always)
    static func isBlank(_ range: ByteRange, in body: Span<UInt8>) -> Bool {
        guard range.length > 0 else { return true }
        let first = body[Int(range.offset)]
        return !(first > 0x20 && first < 0x7F) && LabelText.read(range, in: body).isEmpty
    }

    /// The bytes of a value, one line without white space at its ends.
    static func bytes(of range: ByteRange, in body: Span<UInt8>) -> [UInt8] {
        guard !LabelText.isPlain(range, in: body) else {
            var bytes: [UInt8] = []
            bytes.append(body.extracting(range.indices))
            return bytes
        }
        let bytes = Array(LabelText.read(range, in: body).utf8)
        let cut = cut(ByteRange(offset: 0, length: bytes.count), in: bytes.span)
        return Array(bytes[..<Int(cut.length)])
    }

    /// A value as it is kept: one line, cut if it is long.
    ///
    /// - Parameter text: The value, as senders write it.
    /// - Returns: What the ledger has of it.
    package static func kept(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let range = cut(ByteRange(offset: 0, length: bytes.count), in: bytes.span)
        return String(decoding: self.bytes(of: range, in: bytes.span), as: UTF8.self)
    }

    /// The name of a trace, one line of at most ``longestName`` characters; empty if there is none.
    package static func name(_ bytes: Span<UInt8>) -> String {
        let text = LabelText.read(ByteRange(offset: 0, length: bytes.count), in: bytes)
        return text.utf8.count <= longestName ? text : String(text.prefix(longestName))
    }
}

extension [UInt8] {
    /// Appends the bytes of a span.
    package mutating func append(_ bytes: Span<UInt8>) {
        // Sound: the bytes are only read, within the closure that lends them.
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
