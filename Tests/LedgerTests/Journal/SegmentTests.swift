// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Pricing
import TestData
import Testing

@testable import Ledger

/// Segments are read up to their last whole record, and refused when they are not what they should be.
@Suite struct SegmentTests {
    /// A folder with one segment of some records, each a body with one call.
    private static func folder(records: Int) async throws -> MemoryFolder {
        let symbols = SymbolTable()
        let folder = MemoryFolder()
        let journal = RecordTests.journal(folder, symbols, AttributionTable(symbols: symbols))
        journal.start(onStored: { _ in })
        for number in 0..<UInt64(records) {
            let spans = SpanMaker.body(number, seed: 3, symbols)
            journal.arrived(spans.calls.span, spans.passThrough.span, from: 0, at: nil)
        }
        try await journal.ticket().committed()
        journal.stop()
        return folder
    }

    private static func numbers(_ files: [String: [UInt8]]) throws -> (numbers: [UInt64], reading: JournalReading) {
        var numbers: [UInt64] = []
        var reading = JournalReading(MemoryFolder(files))
        try reading.read(now: 0, beginSegment: {}) { _, number, _ in numbers.append(number) }
        return (numbers, reading)
    }

    @Test func `a torn end is cut at the last whole record, wherever it is torn`() async throws {
        let folder = try await Self.folder(records: 4)
        let (name, bytes) = try #require(folder.files.first)
        let whole = try #require(try Segment(bytes, name: name))
        #expect((whole.lastNumber, whole.tornBytes) == (4, 0))
        var ends: [Int] = []
        for length in 0...bytes.count {
            let (numbers, reading) = try Self.numbers([name: Array(bytes[..<length])])
            #expect(numbers == Array(1..<(UInt64(numbers.count) + 1)))
            #expect(reading.past.nextNumber == UInt64(numbers.count) + 1)
            if ends.count < numbers.count {
                ends.append(length)
                #expect(reading.tornBytes == 0)
            }
        }
        #expect(ends.count == 4)
        #expect(ends.last == bytes.count)
    }

    @Test func `zeros behind the last record are room, wherever the record was torn`() async throws {
        let folder = try await Self.folder(records: 3)
        let (name, bytes) = try #require(folder.files.first)
        let room = [UInt8](repeating: 0, count: 70_000)
        for length in 0...bytes.count {
            // Zeros of the records themselves are there as well.
            let cut = Array(bytes[..<length]) + bytes[length...].prefix { $0 == 0 }
            let (numbers, reading) = try Self.numbers([name: cut + room])
            let (expected, plain) = try Self.numbers([name: cut])
            #expect(numbers == expected, "\(length) bytes")
            #expect(reading.tornBytes <= plain.tornBytes, "\(length) bytes")
            #expect(reading.past.abandoned == plain.past.abandoned, "\(length) bytes")
            if reading.tornBytes == 0 { #expect(cut.suffix(plain.tornBytes).allSatisfy { $0 == 0 }) }
        }
    }

    @Test func `a changed byte ends the journal before its record`() async throws {
        let folder = try await Self.folder(records: 3)
        let (name, bytes) = try #require(folder.files.first)
        for offset in stride(from: RecordFrame.prefixBytes, to: bytes.count, by: 3) {
            var changed = bytes
            changed[offset] ^= 0x10
            let (numbers, _) = try Self.numbers([name: changed])
            #expect(numbers.count < 3, "byte \(offset)")
            #expect(numbers == Array(1..<(UInt64(numbers.count) + 1)))
        }
    }

    @Test func `a newer format, a foreign file and a gap between segments are refused in a sentence`() async throws {
        let folder = try await Self.folder(records: 3)
        let (name, bytes) = try #require(folder.files.first)
        var newer = bytes
        newer[8] = 9
        #expect(throws: JournalError.newer(name, 9, reads: 3)) { try Self.numbers([name: newer]) }
        #expect(throws: JournalError.foreign(name)) {
            try Self.numbers([name: Array("something else altogether".utf8)])
        }
        let later = SegmentHeader(sequence: 2, firstNumber: 9, wallNanoseconds: 0, writer: "test")
        #expect(throws: JournalError.gap(after: name, before: later.name)) {
            try Self.numbers([name: bytes, later.name: later.bytes])
        }
    }

    @Test func `records that a later segment has again are read once, from there`() async throws {
        let folder = try await Self.folder(records: 4)
        let (name, bytes) = try #require(folder.files.first)
        let later = SegmentHeader(sequence: 2, firstNumber: 3, wallNanoseconds: 0, writer: "test")
        let (numbers, reading) = try Self.numbers([name: bytes, later.name: later.bytes])
        #expect(numbers == [1, 2])
        #expect(reading.past.segments.map(\.last) == [2, 2])
        #expect(reading.past.nextNumber == 3)
    }

    @Test func `files that were begun in vain are left out, whatever number they begin with, and removed`() async throws
    {
        let folder = try await Self.folder(records: 4)
        let (name, bytes) = try #require(folder.files.first)
        // Writing failed at the third record, then in the files of the fifth and of the fourth one, and then worked.
        let begun = [5, 4, 3].enumerated().map { index, first in
            SegmentHeader(sequence: UInt64(index + 2), firstNumber: first, wallNanoseconds: 0, writer: "test")
        }
        var files = [name: bytes, SegmentHeader.name(9): Array(begun[0].bytes.dropLast())]
        for header in begun { files[header.name] = header.bytes }
        let (numbers, reading) = try Self.numbers(files)
        #expect(numbers == [1, 2])
        #expect(reading.past.segments.map(\.sequence) == [1, 4])
        #expect(reading.past.abandoned.sorted() == [begun[0].name, begun[1].name, SegmentHeader.name(9)])
        #expect((reading.past.nextNumber, reading.past.nextSequence) == (3, 10))
    }
}
