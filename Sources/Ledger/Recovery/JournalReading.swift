// SPDX-License-Identifier: Apache-2.0

/// Reads the segments of a folder, oldest first, each record once.
package struct JournalReading {
    /// What the folder has, for the journal that continues it.
    package private(set) var past = JournalPast()
    /// The number of the first record; `nil` if there is none.
    package private(set) var first: UInt64?
    /// The bytes of torn records, which were cut.
    package private(set) var tornBytes = 0
    /// The bytes that were read.
    package private(set) var bytes = 0
    private let folder: any StorageFolder

    /// A file whose header is whole.
    private struct Found {
        let name: String
        let header: SegmentHeader
        /// The number from which on later files have the records again.
        var end: UInt64 = .max
    }

    /// The number up to which a checkpoint has all records, so that they may be missing; `nil` if any number may be the first.
    private let counted: UInt64?

    /// Makes a reading.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - counted: The number up to which a checkpoint has all records; `nil` does not check where the journal begins and ends.
    package init(_ folder: any StorageFolder, counted: UInt64? = nil) {
        (self.folder, self.counted) = (folder, counted)
    }

    /// The number of the first record that a folder has, by the headers of its segments; `nil` if there are none.
    ///
    /// - Throws: ``JournalError`` for a newer format, and for a file that is no segment.
    static func firstNumber(_ folder: any StorageFolder) throws(JournalError) -> UInt64? {
        var reading = JournalReading(folder)
        return try reading.files().first { $0.header.firstNumber < $0.end }?.header.firstNumber
    }

    /// Visits all records.
    ///
    /// - Parameters:
    ///   - now: The clock of the process, which dates the end of the segments.
    ///   - beginSegment: Called before the records of each segment.
    ///   - visit: Gets the kind, the number and the content of each record. Definitions of abandoned segments have the number 0.
    /// - Throws: ``JournalError`` if the journal is damaged elsewhere than at its end.
    package mutating func read(
        now: UInt64, beginSegment: () -> Void,
        _ visit: (RecordKind, UInt64, RecordReader) throws(MalformedRecord) -> Void
    ) throws(JournalError) {
        let files = try files()
        var last: (number: UInt64, name: String)?
        for file in files {
            let header = file.header
            // All that it has comes again: writing failed before anything in it was relied on.
            guard header.firstNumber < file.end else {
                past.abandoned.append(file.name)
                continue
            }
            if last == nil, let counted, header.firstNumber > counted + 1 {
                throw .lostCheckpoint(first: header.firstNumber, counted: counted)
            }
            if let last, header.firstNumber > last.number + 1 { throw .gap(after: last.name, before: file.name) }
            guard let segment = try segment(file.name) else { continue }
            first = first ?? header.firstNumber
            beginSegment()
            do throws(MalformedRecord) {
                try segment.forEach(before: file.end) { (kind, number, record) throws(MalformedRecord) in
                    try visit(kind, number, record)
                }
            } catch {
                throw .malformed(file.name, error)
            }
            let end = min(segment.lastNumber ?? header.firstNumber - 1, file.end - 1)
            past.segments.append(
                KeptSegment(
                    sequence: header.sequence, last: end, bytes: segment.wholeBytes + segment.tornBytes, ended: now))
            past.nextNumber = max(past.nextNumber, end + 1)
            // The rest of an abandoned segment is not torn: it comes again in a later one.
            if file.end == .max { tornBytes += segment.tornBytes }
            bytes += segment.wholeBytes
            last = (end, file.name)
        }
        // A checkpoint is stored after the records that it has.
        if let counted, counted >= past.nextNumber { throw .lostEnd(last: past.nextNumber - 1, counted: counted) }
    }

    /// The files whose header is whole, oldest first, each with the number from which on later ones have its records again.
    ///
    /// When writing fails, the records from the last stored one on go into a new file. If that fails as well, several files begin
    /// in vain, and one that could not be removed may begin with a larger number than the one that succeeds in the end. So each
    /// file ends before the smallest first number of all later ones.
    private mutating func files() throws(JournalError) -> [Found] {
        let names: [String]
        do throws(StorageError) { names = try folder.names() } catch { throw .storage(error) }
        let segments = names.compactMap { name in SegmentHeader.sequence(of: name).map { (sequence: $0, name: name) } }
            .sorted { $0.sequence < $1.sequence }
        past.nextSequence = (segments.last?.sequence ?? 0) + 1
        var found: [Found] = []
        for (_, name) in segments {
            let bytes: [UInt8]?
            do throws(StorageError) {
                bytes = try folder.read(name, first: SegmentHeader.mostBytes)
            } catch {
                throw .storage(error)
            }
            guard let bytes else { continue }
            if let (header, _) = try SegmentHeader.read(bytes, name: name) {
                found.append(Found(name: name, header: header))
                continue
            }
            // A crash at the beginning of a segment: nothing in it was relied on.
            let size = Segment.size(of: bytes[...])
            tornBytes += size
            // A larger one is kept, for people who want to look at what was damaged.
            if size <= Self.mostTornBytes { past.abandoned.append(name) }
        }
        var end = UInt64.max
        for index in found.indices.reversed() {
            found[index].end = end
            end = min(end, found[index].header.firstNumber)
        }
        return found
    }

    /// The largest file without a whole header that is removed.
    private static let mostTornBytes = 4_096

    private func segment(_ name: String) throws(JournalError) -> Segment? {
        let bytes: [UInt8]?
        do throws(StorageError) { bytes = try folder.read(name) } catch { throw .storage(error) }
        guard let bytes else { return nil }
        return try Segment(bytes, name: name)
    }
}
