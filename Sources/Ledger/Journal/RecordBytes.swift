// SPDX-License-Identifier: Apache-2.0
import CChecksum

/// Bytes of records that are written one after the other.
///
/// Everything is written in words of eight bytes, and texts are padded to that, so no number is unaligned.
package struct RecordBytes: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Makes empty bytes in the memory of other ones.
    ///
    /// - Parameter other: The other bytes; empty afterwards.
    init(reusing other: inout [UInt8]) {
        swap(&bytes, &other)
        bytes.removeAll(keepingCapacity: true)
    }

    package var count: Int { bytes.count }

    /// Makes room for bytes that will follow.
    mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

    /// The number of bytes for which there is memory.
    var capacity: Int { bytes.capacity }

    /// Removes everything and keeps the memory.
    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Appends bytes that another value has made.
    mutating func append(_ other: [UInt8]) { bytes += other }

    /// Appends bytes that another value has read.
    mutating func append(_ other: ArraySlice<UInt8>) { bytes += other }

    /// Appends a word.
    @inline(__always)
    package mutating func append(_ word: UInt64) {
        // Sound: the word is only read, while it lives.
        unsafe withUnsafeBytes(of: word) { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends two numbers as one word, the first in its lower half.
    @inline(__always)
    package mutating func append(_ low: UInt32, _ high: UInt32) { append(UInt64(low) | UInt64(high) << 32) }

    /// Appends the first words of an array of fixed length.
    @inline(__always)
    mutating func append<let length: Int>(_ words: borrowing InlineArray<length, UInt64>, count: Int) {
        // Sound: the words are only read, while they live.
        unsafe words.span.bytes.extracting(first: count * 8).withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends a text: its length in bytes as a word, and its bytes filled up with zeros.
    package mutating func append(_ text: String) {
        append(UInt64(text.utf8.count))
        append(filled: text.utf8)
    }

    /// Appends bytes and fills their last word up with zeros.
    mutating func append(filled text: some Sequence<UInt8>) {
        bytes += text
        fill()
    }

    /// Fills the last word up with zeros.
    private mutating func fill() {
        let missing = -bytes.count & 7
        if missing > 0 { bytes += repeatElement(0, count: missing) }
    }

    // MARK: Frames

    /// Begins a record; its checksum is made later, by ``seal(_:)``.
    ///
    /// - Returns: Where it begins, for ``endRecord(at:)``.
    package mutating func beginRecord(_ kind: RecordKind, number: UInt64) -> Int {
        let start = bytes.count
        append(0 as UInt64)
        append(number)
        append(UInt64(kind.rawValue))
        return start
    }

    /// Ends a record: everything since its beginning is its content.
    package mutating func endRecord(at start: Int) {
        set(UInt32(bytes.count - start - RecordFrame.headBytes), at: start)
    }

    /// Sets a word that was appended before.
    mutating func set(_ word: UInt64, at offset: Int) {
        set(UInt32(truncatingIfNeeded: word), at: offset)
        set(UInt32(truncatingIfNeeded: word >> 32), at: offset + 4)
    }

    private mutating func set(_ number: UInt32, at offset: Int) {
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: number >> UInt32(8 * index)) }
    }

    /// Makes the checksums of some records.
    ///
    /// - Parameter bytes: Whole records, behind each other.
    package static func seal(_ bytes: inout [UInt8]) {
        // Sound: each range is that of a record that this type has written, within the array.
        unsafe bytes.withUnsafeMutableBytes { bytes in
            var start = 0
            while start < bytes.count {
                let length = Int(unsafe bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))
                let covered = unsafe UnsafeRawBufferPointer(rebasing: bytes[(start + 8)..<(start + 24 + length)])
                let checksum = unsafe llm_crc32c(covered.bindMemory(to: UInt8.self).baseAddress, covered.count)
                unsafe bytes.storeBytes(of: checksum, toByteOffset: start + 4, as: UInt32.self)
                start += RecordFrame.headBytes + length
            }
        }
    }
}
