// SPDX-License-Identifier: Apache-2.0

/// Writes small JSON texts.
struct JSONWriter {
    /// What has been written.
    private(set) var bytes: [UInt8] = []

    /// Writes JSON as it is: brackets, names that need no escapes, and what stands between them.
    mutating func write(_ json: StaticString) {
        json.withUTF8Buffer { text in unsafe bytes.append(contentsOf: text) }
    }

    /// Writes a number.
    mutating func write(_ number: some BinaryInteger) { bytes.append(contentsOf: String(number).utf8) }

    /// Writes a string in quotes, with escapes where RFC 8259 asks for them.
    mutating func write(string: String) {
        bytes.append(JSONByte.quote)
        for byte in string.utf8 {
            switch byte {
            case JSONByte.quote, JSONByte.backslash: bytes += [JSONByte.backslash, byte]
            case UInt8(ascii: "\n"): write("\\n")
            case 0..<0x20:
                write("\\u00")
                bytes += [JSONByte.zero + byte >> 4, Self.digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(JSONByte.quote)
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
