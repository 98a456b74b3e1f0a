// SPDX-License-Identifier: Apache-2.0

/// Appends protobuf fields to bytes; quicker than the writer of the tests, for bodies by the million.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func number(_ field: UInt64, _ value: UInt64) {
        varint(field << 3)
        varint(value)
    }

    mutating func fixed64(_ field: UInt64, _ value: UInt64) {
        varint(field << 3 | 1)
        for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(byte * 8))) }
    }

    mutating func content(_ field: UInt64, _ content: some Collection<UInt8>) {
        varint(field << 3 | 2)
        varint(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    /// A `KeyValue` as a field.
    mutating func attribute(_ field: UInt64, _ key: String, _ value: [UInt8]) {
        var pair = WireWriter()
        pair.content(1, key.utf8)
        pair.content(2, value)
        content(field, pair.bytes)
    }
}

/// `AnyValue`s.
enum WireValue {
    static func text(_ text: String) -> [UInt8] { text.isEmpty ? [0x0A, 0] : bytes(Array(text.utf8)) }

    static func bytes(_ text: [UInt8]) -> [UInt8] { write { $0.content(1, text) } }

    static func flag(_ flag: Bool) -> [UInt8] { [0x10, flag ? 1 : 0] }

    static func integer(_ number: Int64) -> [UInt8] { write { $0.number(3, UInt64(bitPattern: number)) } }

    static func double(_ number: Double) -> [UInt8] { write { $0.fixed64(4, number.bitPattern) } }

    /// A list with one whole number.
    static let list = write { $0.content(5, write { $0.content(1, integer(1)) }) }

    static func write(_ content: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter()
        content(&writer)
        return writer.bytes
    }
}
