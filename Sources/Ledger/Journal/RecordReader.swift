// SPDX-License-Identifier: Apache-2.0
import CChecksum

/// Reads words and texts of one record; a record that ends too early throws.
///
/// The checksum has shown that the bytes are those that some build wrote. The reader checks their content nevertheless: a
/// defect of that build must not crash this one.
package struct RecordReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    private var offset: Int

    /// Reads from the beginning of some bytes.
    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        offset = bytes.startIndex
    }

    /// Whether everything was read.
    package var isAtEnd: Bool { offset == bytes.endIndex }

    /// The number of bytes that are left.
    package var rest: Int { bytes.endIndex - offset }

    /// The bytes that are left.
    var left: ArraySlice<UInt8> { bytes[offset...] }

    /// The next word.
    ///
    /// - Throws: ``MalformedRecord`` if fewer than eight bytes are left.
    @inline(__always)
    package mutating func word() throws(MalformedRecord) -> UInt64 {
        guard rest >= 8 else { throw MalformedRecord("a record ends within a word") }
        let at = offset
        offset += 8
        // Sound: the eight bytes are within the slice, as checked above.
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe bytes.loadUnaligned(fromByteOffset: at - self.bytes.startIndex, as: UInt64.self)
        }
    }

    /// The next word as two numbers.
    @inline(__always)
    package mutating func pair() throws(MalformedRecord) -> (low: UInt32, high: UInt32) {
        let word = try word()
        return (UInt32(truncatingIfNeeded: word), UInt32(truncatingIfNeeded: word >> 32))
    }

    /// The next word as a count of things that take some bytes each.
    ///
    /// - Parameter size: The smallest number of bytes of one.
    /// - Returns: The count.
    /// - Throws: ``MalformedRecord`` if so many cannot follow.
    package mutating func count(of size: Int) throws(MalformedRecord) -> Int {
        let word = try word()
        guard word <= UInt64(rest / max(1, size)) else { throw MalformedRecord("a count is larger than its record") }
        return Int(word)
    }

    /// The next text.
    package mutating func text() throws(MalformedRecord) -> String {
        try text(of: try count(of: 1))
    }

    /// A text of some bytes, filled up to a whole word.
    mutating func text(of count: Int) throws(MalformedRecord) -> String {
        let filled = (count + 7) & ~7
        guard filled <= rest else { throw MalformedRecord("a text ends behind its record") }
        defer { offset += filled }
        return String(decoding: bytes[offset..<offset + count], as: UTF8.self)
    }

    /// The next bytes, as a reader of their own.
    package mutating func part(_ count: Int) throws(MalformedRecord) -> RecordReader {
        guard count >= 0, count <= rest else { throw MalformedRecord("a part ends behind its record") }
        defer { offset += count }
        return RecordReader(bytes[offset..<offset + count])
    }
}

/// What is wrong with a record that has the right checksum.
package struct MalformedRecord: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
