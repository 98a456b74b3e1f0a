// SPDX-License-Identifier: Apache-2.0

/// Rewrites the one kind of JSON that is not YAML: JSON writes a character beyond U+FFFF as two escapes, YAML as one.
enum SurrogateEscapes {
    /// The text with each `\ud83d\ude00` rewritten as `\U0001F600`; text without such pairs comes back as it is.
    static func joiningSurrogates(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard containsHighSurrogate(bytes) else { return text }
        var joined: [UInt8] = []
        joined.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == backslash, index + 1 < bytes.count else {
                joined.append(bytes[index])
                index += 1
                continue
            }
            if let high = escape(in: bytes, at: index), (0xD800..<0xDC00).contains(high),
                let low = escape(in: bytes, at: index + 6), (0xDC00..<0xE000).contains(low)
            {
                let scalar = 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
                let digits = String(scalar, radix: 16)
                joined.append(contentsOf: "\\U".utf8)
                joined.append(contentsOf: String(repeating: "0", count: 8 - digits.count).utf8)
                joined.append(contentsOf: digits.utf8)
                index += 12
            } else {
                joined.append(contentsOf: bytes[index..<index + 2])
                index += 2
            }
        }
        return String(decoding: joined, as: UTF8.self)
    }

    private static let backslash = UInt8(ascii: "\\")

    private static func containsHighSurrogate(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 12 else { return false }
        for index in 0..<bytes.count - 3 where bytes[index] == backslash {
            let isUnicode = bytes[index + 1] == UInt8(ascii: "u")
            if isUnicode, bytes[index + 2] | 0x20 == UInt8(ascii: "d") { return true }
        }
        return false
    }

    /// The value of the `\uXXXX` that begins at an offset, or `nil` when none does.
    private static func escape(in bytes: [UInt8], at offset: Int) -> Int? {
        guard offset + 6 <= bytes.count, bytes[offset] == backslash, bytes[offset + 1] == UInt8(ascii: "u") else {
            return nil
        }
        return Int(String(decoding: bytes[offset + 2..<offset + 6], as: UTF8.self), radix: 16)
    }
}
