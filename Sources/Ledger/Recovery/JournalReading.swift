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

    package init(_ folder: any StorageFolder) { self.folder = folder }

    /// Visits all records.
    ///
    /// - Parameters:
    ///   - now: The clock of the process, which dates the end of the segments.
    ///   - beginSegment: Called before the records of each segment.
    ///   - visit: Gets the kind, the number and the content of each record, and returns the arrivals of calls and aggregates in
    ///     it. Definitions of abandoned segments have the number 0.
    /// - Throws: ``JournalError`` if the journal is damaged elsewhere than at its end.
    package mutating func read(
        now: UInt64, beginSegment: () -> Void,
        _ visit: (RecordKind, UInt64, RecordReader) throws(MalformedRecord) -> Int
    ) throws(JournalError) {
        let names = try names()
        var present = try segment(in: names, from: 0)
        var last: (number: UInt64, name: String)?
        while let (segment, index) = present {
            let next = try self.segment(in: names, from: index + 1)
            let header = segment.header
            if let last, header.firstNumber > last.number + 1 { throw .gap(after: last.name, before: header.name) }
            first = first ?? header.firstNumber
            beginSegment()
            var arrivals = 0
            do throws(MalformedRecord) {
                try segment.forEach(before: next?.segment.header.firstNumber ?? .max) {
                    (kind, number, record) throws(MalformedRecord) in arrivals += try visit(kind, number, record)
                }
            } catch {
                throw .malformed(header.name, error)
            }
            let end = min(
                segment.lastNumber ?? header.firstNumber - 1, (next?.segment.header.firstNumber ?? .max) - 1)
            past.segments.append(
                KeptSegment(
                    sequence: header.sequence, last: end, bytes: segment.wholeBytes + segment.tornBytes,
                    arrivals: arrivals, ended: now))
            past.nextNumber = max(past.nextNumber, end + 1)
            // The rest of an abandoned segment is not torn: it comes again in the next one.
            if next == nil { tornBytes += segment.tornBytes }
            bytes += segment.wholeBytes
            last = (end, header.name)
            present = next
        }
    }

    private mutating func names() throws(JournalError) -> [(sequence: UInt64, name: String)] {
        let names: [String]
        do throws(StorageError) { names = try folder.names() } catch { throw .storage(error) }
        let segments = names.compactMap { name in SegmentHeader.sequence(of: name).map { (sequence: $0, name: name) } }
            .sorted { $0.sequence < $1.sequence }
        past.nextSequence = (segments.last?.sequence ?? 0) + 1
        return segments
    }

    /// The next segment whose header is whole.
    private mutating func segment(
        in names: [(sequence: UInt64, name: String)], from start: Int
    ) throws(JournalError) -> (segment: Segment, index: Int)? {
        for index in start..<max(start, names.count) {
            let bytes: [UInt8]?
            do throws(StorageError) { bytes = try folder.read(names[index].name) } catch { throw .storage(error) }
            guard let bytes else { continue }
            if let segment = try Segment(bytes, name: names[index].name) { return (segment, index) }
            // A crash at the beginning of a segment: nothing in it was relied on.
            tornBytes += bytes.count
        }
        return nil
    }
}
