// SPDX-License-Identifier: Apache-2.0
import Billing
import Dispatch
import Synchronization

/// What a folder had when the process started.
package struct JournalPast: Sendable {
    /// The segments, oldest first.
    package var segments: [KeptSegment] = []
    /// The number of the next record, from 1 on.
    package var nextNumber: UInt64 = 1
    /// The sequence of the next segment.
    package var nextSequence: UInt64 = 1
    /// The names of files without a record that counts.
    package var abandoned: [String] = []

    package init() {}
}

/// A segment in the folder.
package struct KeptSegment: Sendable, Equatable {
    package var sequence: UInt64
    /// The number of its last record; one less than its first if it has none.
    package var last: UInt64
    package var bytes: Int
    /// When it ended, by the clock of the process; when the process started for those of an earlier one.
    package var ended: UInt64

    package init(sequence: UInt64, last: UInt64, bytes: Int, ended: UInt64) {
        (self.sequence, self.last, self.bytes, self.ended) = (sequence, last, bytes, ended)
    }
}

/// Writes chunks of records into segments, and removes segments.
final class SegmentWriter: Sendable {
    private struct State {
        var kept: [KeptSegment]
        var nextSequence: UInt64
        /// The file that is written, and the segment of the buffer that goes into it.
        var file: (any GrowingFile)?
        var segment = -1
        /// Why nothing more can be stored; `nil` while it can.
        var end: StorageError?
    }

    private let folder: any StorageFolder
    private let configuration: JournalConfiguration
    private let wallNanoseconds: @Sendable () -> UInt64
    private let state: Mutex<State>

    init(
        folder: any StorageFolder, configuration: JournalConfiguration,
        wallNanoseconds: @escaping @Sendable () -> UInt64
    ) {
        self.folder = folder
        self.configuration = configuration
        self.wallNanoseconds = wallNanoseconds
        state = Mutex(State(kept: [], nextSequence: 1))
    }

    /// Continues after the segments of earlier processes.
    func begin(after past: JournalPast) {
        state.withLock { ($0.kept, $0.nextSequence) = (past.segments, past.nextSequence) }
        // The newest first, as when they are abandoned.
        for name in past.abandoned.sorted(by: >) {
            do { try folder.remove(name) } catch { return }
        }
    }

    /// Stores what was written.
    func sync() throws(StorageError) { try state.withLock { $0.file }?.sync() }

    /// The bytes of all segments.
    var storedBytes: Int { state.withLock { $0.kept.reduce(0) { $0 + $1.bytes } } }

    /// Stores chunks; only the writing thread calls it.
    ///
    /// - Parameters:
    ///   - chunks: All records that are not stored, in order, with their checksums.
    ///   - definitions: The definitions of a segment of the buffer so far.
    /// - Throws: ``StorageError`` if not all of them are stored. The file is abandoned then, and the same chunks must come again.
    func store(_ chunks: [JournalBuffer.Chunk], definitions: (Int) -> [UInt8]) throws(StorageError) {
        // Only this thread changes the state; the lock is for readers, and not held while writing.
        let before = state.withLock { $0 }
        if let end = before.end { throw end }
        do throws(StorageError) {
            for chunk in chunks {
                let file = try file(for: chunk, definitions)
                try file.write(chunk.bytes)
                state.withLock { state in
                    let last = state.kept.count - 1
                    state.kept[last].last = chunk.last
                    state.kept[last].bytes += chunk.bytes.count
                    state.kept[last].ended = DispatchTime.now().uptimeNanoseconds
                }
            }
            if configuration.syncs { try state.withLock { $0.file }?.sync() }
        } catch {
            abandon(since: before)
            if error.isFinal { state.withLock { $0.end = error } }
            throw error
        }
    }

    /// The file that a chunk goes into.
    private func file(
        for chunk: JournalBuffer.Chunk, _ definitions: (Int) -> [UInt8]
    ) throws(StorageError) -> any GrowingFile {
        let (open, segment) = state.withLock { ($0.file, $0.segment) }
        if let open, segment == chunk.segment { return open }
        // Records of the next segment must not outlive those of this one.
        try open?.sync()
        open?.close()
        state.withLock { $0.file = nil }
        let file = try begin(chunk, with: chunk.isFirst ? [] : definitions(chunk.segment))
        state.withLock { ($0.file, $0.segment) = (file, chunk.segment) }
        return file
    }

    /// Begins a file whose first record is that of a chunk.
    private func begin(
        _ chunk: JournalBuffer.Chunk, with definitions: [UInt8]
    ) throws(StorageError) -> any GrowingFile {
        let sequence = state.withLock { state in
            defer { state.nextSequence += 1 }
            return state.nextSequence
        }
        let header = SegmentHeader(
            sequence: sequence, firstNumber: chunk.first, wallNanoseconds: wallNanoseconds(),
            writer: configuration.writer)
        let file = try folder.create(header.name, roomAhead: configuration.syncs ? Self.roomAhead : 0)
        var bytes = definitions
        RecordBytes.seal(&bytes)
        bytes = header.bytes + bytes
        state.withLock { state in
            state.kept.append(
                KeptSegment(
                    sequence: sequence, last: chunk.first - 1, bytes: bytes.count,
                    ended: DispatchTime.now().uptimeNanoseconds))
        }
        do throws(StorageError) {
            try file.write(bytes)
        } catch {
            file.close()
            throw error
        }
        return file
    }

    /// Gives up the present file, and those that were begun since a state: all records from then on are written again.
    private func abandon(since before: State) {
        let begun = state.withLock { state in
            state.file?.close()
            state.file = nil
            let last = before.kept.last?.sequence ?? 0
            let begun = state.kept.map(\.sequence).filter { $0 > last }
            // Those that were released meanwhile stay so.
            let present = Set(state.kept.map(\.sequence))
            state.kept = before.kept.filter { present.contains($0.sequence) }
            return begun
        }
        // The newest first, and none before a newer one is gone: a crash in between must not leave a gap in the numbers. Of one
        // that stays a reader leaves out what comes again in a later segment.
        for sequence in begun.reversed() {
            do { try folder.remove(SegmentHeader.name(sequence)) } catch { return }
        }
    }

    /// Removes segments, the oldest first.
    ///
    /// - Parameters:
    ///   - number: Records up to this one are in a checkpoint.
    ///   - needed: The oldest records that the window needs.
    ///   - now: The clock of the process.
    func release(upTo number: UInt64, _ needed: RecordsNeeded, _ now: UInt64) {
        let released = state.withLock { state in
            var released: [UInt64] = []
            var kept = state.kept[...]
            var bytes = kept.reduce(0) { $0 + $1.bytes }
            while let oldest = kept.first, kept.count > 1, oldest.last <= number,
                oldest.last < needed.waiting ?? .max
            {
                bytes -= oldest.bytes
                let isForgotten = oldest.last < needed.remembered ?? 0
                let isOld = now >= oldest.ended && now - oldest.ended >= configuration.leastAge
                guard isForgotten || (isOld && bytes > configuration.mostStoredBytes) else { break }
                released.append(oldest.sequence)
                kept.removeFirst()
            }
            return released
        }
        for sequence in released {
            // One that stays keeps all newer ones, so that there is no gap in the numbers. The next checkpoint tries again.
            do { try folder.remove(SegmentHeader.name(sequence)) } catch { return }
            state.withLock { state in state.kept.removeAll { $0.sequence == sequence } }
        }
    }

    /// The bytes, 512 KiB, that a segment has ahead of its end.
    private static let roomAhead = 512 << 10

    /// Closes the file; everything in it is stored.
    func close() {
        state.withLock { state in
            state.file?.close()
            state.file = nil
        }
    }
}
