// SPDX-License-Identifier: Apache-2.0

extension MutableSpan<UInt8> {
    /// Replaces the escapes of a string by their characters, in the bytes of the string itself.
    ///
    /// No escape is shorter than its character, so the text fits. The bytes that are left over behind it have no meaning.
    /// Half a surrogate pair becomes U+FFFD.
    ///
    /// - Parameter text: A string whose escapes have been checked, and which is not read as JSON again.
    /// - Returns: The range of the text.
    @inline(__always)
    mutating func unescape(_ text: JSONStringRange) -> ByteRange {
        text.isEscaped ? replaceEscapes(text) : ByteRange(offset: text.offset, length: text.length)
    }

    private mutating func replaceEscapes(_ text: JSONStringRange) -> ByteRange {
        let end = text.offset + text.length
        var source = text.offset
        var target = text.offset
        while source < end {
            var byte = self[source]
            source += 1
            if byte == JSONByte.backslash {
                byte = self[source]
                source += 1
                switch byte {
                case UInt8(ascii: "b"): byte = 0x08
                case UInt8(ascii: "t"): byte = 0x09
                case UInt8(ascii: "n"): byte = 0x0A
                case UInt8(ascii: "f"): byte = 0x0C
                case UInt8(ascii: "r"): byte = 0x0D
                case UInt8(ascii: "u"):
                    let scalar = scalar(at: &source, end: end)
                    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                        self[target] = byte
                        target += 1
                    }
                    continue
                default: break  // A quote, a backslash or a slash means itself.
                }
            }
            self[target] = byte
            target += 1
        }
        return ByteRange(offset: text.offset, length: target - text.offset)
    }

    /// The character whose four digits begin at `offset`, together with those of its other half.
    private func scalar(at offset: inout Int, end: Int) -> Unicode.Scalar {
        let first = codeUnit(at: offset)
        offset += 4
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, offset + 6 <= end, self[offset] == JSONByte.backslash,
            self[offset + 1] == UInt8(ascii: "u")
        else { return "\u{FFFD}" }
        let second = codeUnit(at: offset + 2)
        guard 0xDC00..<0xE000 ~= second else { return "\u{FFFD}" }
        offset += 6
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private func codeUnit(at offset: Int) -> UInt32 {
        (offset..<offset + 4).reduce(0) { $0 << 4 | UInt32(self[$1].hexValue ?? 0) }
    }
}
