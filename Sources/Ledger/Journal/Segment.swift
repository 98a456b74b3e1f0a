// SPDX-License-Identifier: Apache-2.0
import CChecksum

/// What a segment says of itself, in its first record.
package struct SegmentHeader: Sendable, Equatable {
    /// Its place in the order of segments, which is also its name.
    package var sequence: UInt64
    /// The number of its first numbered record; of earlier segments, a reader uses only the records before it.
    package var firstNumber: UInt64
    /// When it was begun, in nanoseconds since 1970 (UTC).
    package var wallNanoseconds: UInt64
    /// The version of the program that wrote it, for people.
    package var writer: String

    package init(sequence: UInt64, firstNumber: UInt64, wallNanoseconds: UInt64, writer: String) {
        (self.sequence, self.firstNumber) = (sequence, firstNumber)
        (self.wallNanoseconds, self.writer) = (wallNanoseconds, writer)
    }

    /// The name of its file.
    package var name: String { Self.name(sequence) }

    /// The name of the file of a segment.
    package static func name(_ sequence: UInt64) -> String {
        let digits = String(sequence)
        return String(repeating: "0", count: max(0, 12 - digits.count)) + digits + ending
    }

    /// The sequence of a file's name; `nil` for the name of another file.
    package static func sequence(of name: String) -> UInt64? {
        guard name.hasSuffix(ending) else { return nil }
        return UInt64(name.dropLast(ending.count))
    }

    private static let ending = ".journal"

    /// The bytes with which its file begins.
    var bytes: [UInt8] {
        var record = RecordBytes()
        let start = record.beginRecord(.header, number: 0)
        record.append(sequence)
        record.append(firstNumber)
        record.append(wallNanoseconds)
        record.append(writer)
        record.endRecord(at: start)
        var sealed = record.bytes
        RecordBytes.seal(&sealed)
        var prefix = RecordBytes()
        prefix.append(RecordFrame.magic)
        prefix.append(RecordFrame.version)
        return prefix.bytes + sealed
    }

    init(_ reader: inout RecordReader) throws(MalformedRecord) {
        sequence = try reader.word()
        firstNumber = try reader.word()
        wallNanoseconds = try reader.word()
        writer = try reader.text()
    }

    /// The format of a file with a whole header.
    ///
    /// - Parameter bytes: The beginning of the file.
    /// - Returns: Its number; `nil` if there are not enough bytes.
    static func format(of bytes: [UInt8]) -> UInt64? {
        guard bytes.count >= RecordFrame.prefixBytes else { return nil }
        var prefix = RecordReader(bytes[8..<16])
        return try? prefix.word()
    }

    /// The largest number of bytes at the beginning of a file that has a whole header.
    static let mostBytes = 1 << 16

    /// Reads the header of a file; `nil` if it is not whole, as after a crash at its beginning.
    ///
    /// - Parameters:
    ///   - bytes: The content of the file, at least its first ``mostBytes``.
    ///   - name: Its name, for errors.
    /// - Returns: The header, and where the first record after it begins.
    /// - Throws: ``JournalError`` for a newer format, and for a file that is no segment.
    static func read(_ bytes: [UInt8], name: String) throws(JournalError) -> (header: SegmentHeader, end: Int)? {
        guard bytes.count >= RecordFrame.prefixBytes else { return nil }
        // After a power cut, a file may have its length and nothing of its content, or only the beginning.
        let size = Segment.size(of: bytes[...])
        if size < RecordFrame.prefixBytes, RecordFrame.magic.starts(with: bytes[..<min(size, 8)]) { return nil }
        guard bytes.starts(with: RecordFrame.magic), bytes[8..<16].contains(where: { $0 != 0 }) else {
            throw .foreign(name)
        }
        let version = format(of: bytes) ?? 0
        guard version <= RecordFrame.version else { throw .newer(name, version, reads: RecordFrame.version) }
        guard let head = Segment.record(in: bytes, at: RecordFrame.prefixBytes), head.kind == .header else {
            return nil
        }
        var reader = RecordReader(head.content)
        guard let header = try? SegmentHeader(&reader) else { return nil }
        return (header, head.end)
    }
}

/// A segment that was read: its whole records, and whether a torn one follows.
package struct Segment: Sendable {
    package let header: SegmentHeader
    /// The bytes up to the end of the last whole record.
    package let wholeBytes: Int
    /// The bytes behind these, up to the last that is not 0: zeros are room for records that never came.
    package let tornBytes: Int
    /// The number of the last numbered record; `nil` if there is none.
    package let lastNumber: UInt64?
    private let bytes: [UInt8]
    /// Where each record behind the header begins.
    private let starts: [Int]

    /// Checks the bytes of a segment; `nil` if not even its header is whole, as after a crash at its beginning.
    ///
    /// - Parameters:
    ///   - bytes: The content of its file.
    ///   - name: The name of its file, for errors.
    /// - Throws: ``JournalError`` for a newer format, and for a file that is no segment.
    package init?(_ bytes: [UInt8], name: String) throws(JournalError) {
        guard let (header, first) = try SegmentHeader.read(bytes, name: name) else { return nil }
        self.header = header
        var (starts, last): ([Int], UInt64?) = ([], nil)
        var next = first
        while let record = Self.record(in: bytes, at: next) {
            if record.isUnknown { throw .unknownKind(name) }
            if record.number != 0 {
                // The numbers of a segment have no gaps: what follows one is of an older use of the disk.
                guard record.number == (last.map { $0 &+ 1 } ?? header.firstNumber) else { break }
                last = record.number
            }
            starts.append(next)
            next = record.end
        }
        (self.starts, lastNumber, self.bytes) = (starts, last, bytes)
        (wholeBytes, tornBytes) = (next, Self.size(of: bytes[next...]))
    }

    /// The number of bytes up to the last that is not 0.
    static func size(of bytes: ArraySlice<UInt8>) -> Int {
        (bytes.lastIndex { $0 != 0 } ?? bytes.startIndex - 1) + 1 - bytes.startIndex
    }

    /// Visits the records behind the header.
    ///
    /// - Parameters:
    ///   - end: The number from which on records belong to later segments.
    ///   - body: Gets the kind, the number and the content of each.
    /// - Throws: What `body` throws.
    package func forEach(
        before end: UInt64, _ body: (RecordKind, UInt64, RecordReader) throws(MalformedRecord) -> Void
    ) throws(MalformedRecord) {
        for start in starts {
            guard let record = Self.record(in: bytes, at: start, isChecked: true), let kind = record.kind,
                record.number < end
            else { continue }
            try body(kind, record.number, RecordReader(record.content))
        }
    }

    /// One record of a segment.
    fileprivate struct Found {
        let kind: RecordKind?
        let number: UInt64
        let content: ArraySlice<UInt8>
        var end: Int { content.endIndex }
        var isUnknown: Bool { kind == nil }
    }

    /// The record that begins at a byte; `nil` if there is no whole one.
    fileprivate static func record(in bytes: [UInt8], at start: Int, isChecked: Bool = false) -> Found? {
        guard bytes.count - start >= RecordFrame.headBytes else { return nil }
        var head = RecordReader(bytes[start..<start + RecordFrame.headBytes])
        guard let (length, checksum) = try? head.pair(), let number = try? head.word(), let kind = try? head.word()
        else { return nil }
        let first = start + RecordFrame.headBytes
        guard length % 8 == 0, length <= RecordFrame.mostBytes, Int(length) <= bytes.count - first else { return nil }
        let content = bytes[first..<first + Int(length)]
        if !isChecked {
            let found = unsafe bytes[(start + 8)..<content.endIndex].withUnsafeBufferPointer { covered in
                // Sound: the bytes are only read, within the closure that lends them.
                unsafe llm_crc32c(covered.baseAddress, covered.count)
            }
            guard found == checksum else { return nil }
        }
        return Found(kind: UInt8(exactly: kind).flatMap(RecordKind.init), number: number, content: content)
    }
}

/// Why a folder cannot be used; the start is refused, since counters would fall.
package enum JournalError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file that is named like a segment is none.
    case foreign(String)
    /// A segment of a later version of the format.
    case newer(String, UInt64, reads: UInt64)
    /// A record of a kind that this version does not know.
    case unknownKind(String)
    /// A file whose content is not what was written.
    case damaged(String)
    /// The journal begins after the record that follows those of the checkpoint.
    case lostCheckpoint(first: UInt64, counted: UInt64)
    /// The journal ends before the records that the checkpoint has, which were stored before it.
    case lostEnd(last: UInt64, counted: UInt64)
    /// Records are missing between two segments.
    case gap(after: String, before: String)
    /// A record or a checkpoint makes no sense.
    case malformed(String, MalformedRecord)
    /// The rows are damaged; SQLite's words follow the name of the file.
    case damagedRows(String, String)
    /// The rows are of an earlier version, and only a start of the service brings them to this one.
    case olderRows(String, UInt64, reads: UInt64)
    /// The database is of another program.
    case foreignRows(String)
    /// The file system refuses.
    case storage(StorageError)

    package var description: String {
        switch self {
        case .foreign(let name): "\(name) is no journal of this program; move it out of the folder"
        case .newer(let name, let version, let own):
            "\(name) was written by a newer version of this program (format \(version), this one reads "
                + "\(own)); start that version, or another folder"
        case .unknownKind(let name):
            "\(name) has records that this version does not know; start the version that wrote them, or another folder"
        case .damaged(let name):
            "the file \(name) is damaged; restore a copy of the folder, or start another one"
        case .lostCheckpoint(let first, let counted):
            "the journal begins with record \(first), and the file \(Checkpoint.name) "
                + (counted == 0 ? "is missing" : "has the counters up to record \(counted)")
                + ": what was counted in between is lost; restore a copy of the folder, or start another one"
        case .lostEnd(let last, let counted):
            "the journal ends with record \(last), and the file \(Checkpoint.name) has the counters up to record \(counted): the "
                + "disk lost stored data; restore a copy of the folder, or start another one"
        case .gap(let name, let next):
            "records are missing between \(name) and \(next): the disk lost stored data; restore a copy of the folder, "
                + "or start another one"
        case .malformed(let name, let record):
            "\(name) has a record that cannot be read: \(record); restore a copy of the folder, or start another one"
        case .damagedRows(let name, let reason):
            "the file \(name) is damaged (\(reason)); restore a copy of it, or move it out of the folder: counters go on, and "
                + "calls are kept from then on"
        case .olderRows(let name, let version, let own):
            "\(name) is of an earlier version of this program (format \(version), this one reads \(own)); start the service "
                + "once, which brings it to this version"
        case .foreignRows(let path):
            "\(path) is a database of another program, with tables that are none of a ledger; move it out of the folder, or name "
                + "another folder in storage.path"
        case .storage(let error): "\(error)"
        }
    }
}
