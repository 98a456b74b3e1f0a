// SPDX-License-Identifier: Apache-2.0

/// Records that were appended and that the writing thread has not taken yet.
///
/// The record that finds a segment full begins the next one here, since its definitions must come with its first records.
struct JournalBuffer {
    /// Consecutive records of one segment.
    struct Chunk: Sendable {
        /// The segment, counted from 0 in this process; a file of another number if a write failed.
        let segment: Int
        /// Whether they are the first records of the segment.
        let isFirst: Bool
        var bytes: [UInt8]
        let first: UInt64
        var last: UInt64
    }

    /// The chunks that are full.
    private var full: [Chunk] = []
    /// The records after those, of the present segment.
    private var open = RecordBytes()
    /// Memory of stored chunks, for later ones.
    private var spares: [RecordBytes] = []
    private var openFirst: UInt64
    private var openIsFirst = true
    private var segment = 0
    private var segmentBytes = 0
    private var fullBytes = 0
    /// All definitions of each segment that may have to be repeated.
    private var definitions: [Int: [[UInt8]]] = [:]
    /// What the present segment has defined.
    var texts = SegmentTexts()
    /// The number of the last record.
    private(set) var last: UInt64
    /// The bytes of all records so far.
    private(set) var appended = 0
    private let segmentLimit: Int

    /// Begins with a first segment.
    ///
    /// - Parameters:
    ///   - next: The number of the first record.
    ///   - segmentLimit: The bytes after which a segment is full.
    init(next: UInt64, segmentLimit: Int) {
        last = next - 1
        openFirst = next
        self.segmentLimit = segmentLimit
    }

    /// The bytes that wait.
    var bytes: Int { fullBytes + open.count }

    /// Appends a record.
    ///
    /// - Parameters:
    ///   - kind: Its kind, one that is numbered.
    ///   - define: Writes the definitions that the record needs and its segment does not have.
    ///   - write: Writes the rest.
    /// - Returns: Its number.
    mutating func append(
        _ kind: RecordKind, define: (inout SegmentTexts, inout RecordBytes) -> Void,
        _ write: (inout SegmentTexts, inout RecordBytes) -> Void
    ) -> UInt64 {
        if segmentBytes >= segmentLimit { beginSegment() }
        last += 1
        let before = open.count
        let start = open.beginRecord(kind, number: last)
        let length = open.count
        open.append(0 as UInt64)
        define(&texts, &open)
        let defined = open.count - length - 8
        open.set(UInt64(defined), at: length)
        if defined > 0 { definitions[segment, default: []].append(Array(open.bytes[(length + 8)...])) }
        write(&texts, &open)
        open.endRecord(at: start)
        segmentBytes += open.count - before
        appended += open.count - before
        // An array that grows without end is copied again and again, and twice in memory meanwhile.
        if open.count >= Self.chunkBytes { endChunk() }
        return last
    }

    /// The bytes after which a chunk is full.
    private static let chunkBytes = 1 << 20

    private mutating func endChunk() {
        guard let chunk = takeOpen() else { return }
        full.append(chunk)
        fullBytes += chunk.bytes.count
    }

    private mutating func beginSegment() {
        endChunk()
        segment += 1
        segmentBytes = 0
        openIsFirst = true
        texts = SegmentTexts()
    }

    /// Ends the present segment, so that the next record begins another.
    mutating func endSegment() { if segmentBytes > 0 { segmentBytes = max(segmentBytes, segmentLimit) } }

    /// Takes everything.
    mutating func take() -> [Chunk] {
        defer { (full, fullBytes) = ([], 0) }
        return full + (takeOpen().map { [$0] } ?? [])
    }

    private mutating func takeOpen() -> Chunk? {
        guard open.count > 0 else { return nil }
        let chunk = Chunk(
            segment: segment, isFirst: openIsFirst, bytes: open.bytes, first: openFirst, last: last)
        open = spares.popLast() ?? RecordBytes()
        (openFirst, openIsFirst) = (last + 1, false)
        return chunk
    }

    /// Takes the memory of a chunk that was stored, for a later one.
    mutating func reuse(_ bytes: RecordBytes) {
        if bytes.capacity <= 2 * Self.chunkBytes, spares.count < Self.mostSpares { spares.append(bytes) }
    }

    /// Not a setting: the spares keep 8 MiB at most.
    private static let mostSpares = 4

    /// The definitions of a segment so far, as one record without a number; empty if there are none.
    func allDefinitions(of segment: Int) -> [UInt8] {
        guard let all = definitions[segment] else { return [] }
        var record = RecordBytes()
        let start = record.beginRecord(.definitions, number: 0)
        for part in all { record.append(part) }
        record.endRecord(at: start)
        return record.bytes
    }

    /// Forgets the definitions of earlier segments, whose records are stored.
    mutating func forgetDefinitions(before segment: Int) { definitions = definitions.filter { $0.key >= segment } }
}
