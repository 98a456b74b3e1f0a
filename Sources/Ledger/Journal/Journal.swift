// SPDX-License-Identifier: Apache-2.0
package import Billing
import Dispatch
import Foundation
package import GenAI
package import Pricing
import Synchronization

/// The journal: appends records in memory, and stores them by a thread of its own.
///
/// One sync serves all that was appended before it began. There is no timer: the thread takes what there is, and what comes
/// meanwhile is the next batch.
package final class Journal: Sendable {
    let configuration: JournalConfiguration
    private let describer: RecordTexts
    private let traceNames: TraceNames?
    private let buffer: Mutex<JournalBuffer>
    let progress: JournalProgress
    private let writer: SegmentWriter
    private let wake = MonotonicSemaphore()
    /// The number of priced calls and dropped spans that the sinks and the rows do not have yet.
    let uncounted = Atomic<Int>(0)
    /// The rows that follow the journal; none at first.
    let rows = Mutex(Rows())
    private let state = Mutex(State())
    private let wallNanoseconds: @Sendable () -> UInt64

    /// What the journal knows of the rows that follow it, and the functions by which it hands spans and roots to them.
    struct Rows {
        /// The number of calls and dropped spans that they have and have not written yet.
        var backlog: @Sendable () -> Int = { 0 }
        /// Whether they cannot be written now.
        var hasFailed: @Sendable () -> Bool = { false }
        /// Gets the spans that were not counted, with the number of the record of their decision, before another one can follow.
        var onDropped: (@Sendable ([DroppedSpan], UInt64) -> Void)?
        /// Gets the roots of traces, in the same way.
        var onRoots: (@Sendable ([TraceRoot], UInt64) -> Void)?
    }

    private struct State {
        var isStopping = false
        var onStored: (@Sendable (UInt64) -> Void)?
        var onFailure: (@Sendable (StorageError?) -> Void)?
        var ended: DispatchSemaphore?
    }

    /// Makes a journal; it begins with ``begin(after:)`` and writes nothing before ``start(onStored:onFailure:)``.
    ///
    /// - Parameters:
    ///   - folder: Where segments go.
    ///   - configuration: Its bounds.
    ///   - describer: Writes what numbers of this process mean.
    ///   - wallNanoseconds: The time, in nanoseconds since 1970 (UTC).
    package init(
        in folder: any StorageFolder, configuration: JournalConfiguration, describer: RecordTexts,
        wallNanoseconds: @escaping @Sendable () -> UInt64
    ) {
        self.configuration = configuration
        self.describer = describer
        traceNames = configuration.keepsTraceNames ? TraceNames() : nil
        self.wallNanoseconds = wallNanoseconds
        buffer = Mutex(JournalBuffer(next: 1, segmentLimit: configuration.segmentBytes))
        progress = JournalProgress()
        writer = SegmentWriter(
            folder: folder, configuration: configuration, wallNanoseconds: wallNanoseconds)
    }

    /// Continues after the records of earlier processes; to be called before anything is appended.
    ///
    /// - Parameter past: The segments of the folder.
    package func begin(after past: JournalPast) {
        buffer.withLock { $0 = JournalBuffer(next: past.nextNumber, segmentLimit: configuration.segmentBytes) }
        progress.begin(at: past.nextNumber - 1)
        writer.begin(after: past)
    }

    /// Syncs the journal, for a configuration in which writing does not.
    ///
    /// - Throws: ``StorageError`` if it cannot.
    package func sync() throws(StorageError) { try writer.sync() }

    /// The bytes of all records that this process has appended.
    package var appendedBytes: Int { buffer.withLock { $0.appended } }

    /// The bytes of those that are not stored.
    private var unstoredBytes: Int { appendedBytes - progress.storedBytes }

    /// Starts the writing thread.
    ///
    /// - Parameters:
    ///   - onStored: Called by the thread after each sync with the number up to which all records are stored; must be short.
    ///   - onFailure: Called by the thread with the error when writing begins to fail, and with `nil` when it works again.
    package func start(
        onStored: @escaping @Sendable (UInt64) -> Void,
        onFailure: @escaping @Sendable (StorageError?) -> Void = { _ in }
    ) {
        state.withLock { ($0.onStored, $0.onFailure) = (onStored, onFailure) }
        Thread.detachNewThread { [self] in work() }
    }

    /// Stores what was appended, if that is possible, and ends the thread.
    package func stop() {
        let ended = DispatchSemaphore(value: 0)
        state.withLock { ($0.isStopping, $0.ended) = (true, ended) }
        wake.signal()
        ended.wait()
    }

    /// Closes the file, after the last checkpoint, which may have to sync it.
    package func close() { writer.close() }

    /// Removes segments that neither counting nor the settle window needs.
    ///
    /// - Parameters:
    ///   - number: The number up to which all price and charge records are in a stored checkpoint.
    ///   - needed: The oldest records that the window needs, as of a moment after the calls of that checkpoint were decided.
    package func release(upTo number: UInt64, _ needed: RecordsNeeded) {
        writer.release(upTo: number, needed, DispatchTime.now().uptimeNanoseconds)
    }

    /// The figures of the journal.
    package var levels: JournalLevels {
        var levels = progress.levels
        levels.waitingBytes = buffer.withLock { $0.bytes }
        levels.storedBytes = writer.storedBytes
        return levels
    }

    /// The times, in nanoseconds, that it took to store records since this was called last.
    package func takeSyncTimes() -> [UInt64] { progress.takeTimes() }

    /// The number of the last record that was appended.
    package var lastRecord: UInt64 { buffer.withLock { $0.last } }

    // MARK: Appending

    /// Appends the prices of calls.
    ///
    /// - Parameters:
    ///   - calls: The calls with their prices.
    ///   - arrivalNanoseconds: The time at which they are counted, in nanoseconds since 1970 (UTC).
    ///   - accept: Called with the number of the record before another one can follow.
    package func append(
        _ calls: PricedCalls, arrivalNanoseconds: UInt64?, _ accept: (UInt64) -> Void
    ) {
        buffer.withLock { buffer in
            let number = buffer.append(.prices) { texts, bytes in
                describer.define(cardsOf: calls, &texts, &bytes)
            } _: { texts, bytes in
                PriceRecord.write(calls, arrivalNanoseconds, texts, &bytes)
            }
            accept(number)
        }
        wake.signal()
    }

    /// Appends charges of counters.
    ///
    /// - Parameters:
    ///   - charges: The charges.
    ///   - accept: Called with the number of the record before another one can follow.
    func append(_ charges: ChargeRecord, _ accept: (UInt64) -> Void) {
        buffer.withLock { buffer in
            let number = buffer.append(.charges, define: { _, _ in }, { charges.write(&$1) })
            accept(number)
        }
        wake.signal()
    }

    /// Notes that the sinks and the rows have received calls or dropped spans.
    func counted(_ spans: Int) {
        uncounted.subtract(spans, ordering: .relaxed)
        progress.changed()
    }

    /// The number of calls and dropped spans whose records are not stored, or that the counters or the rows do not have yet.
    var waitingSpans: Int {
        let backlog = rows.withLock { $0.backlog }
        return uncounted.load(ordering: .relaxed) + backlog()
    }

    /// Pauses the thread while too many priced calls are not counted, or too many of them not in the rows.
    func waitToCount() {
        progress.wait {
            uncounted.load(ordering: .relaxed) <= configuration.pausingUncounted
                && waitingSpans <= configuration.pausingWaiting
        } atMost: {
            .milliseconds(configuration.pauseMilliseconds)
        }
    }

    // MARK: The writing thread

    private func work() {
        var waiting: [JournalBuffer.Chunk] = []
        var hasFailed = false
        while true {
            if hasFailed {
                wake.wait(atMost: UInt64(configuration.retryMilliseconds) * 1_000_000)
            } else {
                wake.wait()
            }
            let isStopping = state.withLock { $0.isStopping }
            let taken = waiting.count
            waiting += buffer.withLock { $0.take() }
            for index in taken..<waiting.count { RecordBytes.seal(&waiting[index].bytes) }
            if let (segment, last) = waiting.last.map({ ($0.segment, $0.last) }) {
                let began = DispatchTime.now().uptimeNanoseconds
                do throws(StorageError) {
                    try writer.store(waiting) { segment in buffer.withLock { $0.allDefinitions(of: segment) } }
                    buffer.withLock { $0.forgetDefinitions(before: segment) }
                    let bytes = waiting.reduce(0) { $0 + $1.bytes.count }
                    while var stored = waiting.popLast() {
                        let memory = RecordBytes(reusing: &stored.bytes)
                        buffer.withLock { $0.reuse(memory) }
                    }
                    progress.stored(last, bytes, nanoseconds: DispatchTime.now().uptimeNanoseconds - began)
                    if hasFailed { state.withLock { $0.onFailure }?(nil) }
                    hasFailed = false
                    state.withLock { $0.onStored }?(last)
                } catch {
                    let isFirst = !hasFailed
                    hasFailed = true
                    progress.failed(error, waiting: waiting.reduce(0) { $0 + $1.bytes.count })
                    if isFirst { state.withLock { $0.onFailure }?(error) }
                }
            }
            guard isStopping, hasFailed || buffer.withLock({ $0.bytes == 0 }) else { continue }
            state.withLock { $0.ended }?.signal()
            return
        }
    }
}

extension Journal: ArrivalJournal {
    package var isAccepting: Bool {
        progress.isAccepting && hasRoom
    }

    package var refusesBecauseStopping: Bool {
        progress.isEnding && progress.isAccepting && !rows.withLock({ $0.hasFailed })()
    }

    /// Whether waiting bytes and waiting spans are both below their ceilings.
    private var hasRoom: Bool {
        unstoredBytes < configuration.mostWaitingBytes && waitingSpans < configuration.mostUncounted
    }

    package func waitForRoom(paused: inout Duration) {
        let left = max(Duration.milliseconds(configuration.fullPauseMilliseconds) - paused, .zero)
        progress.wait {
            unstoredBytes <= configuration.pausingBytes && waitingSpans <= configuration.pausingWaiting
        } atMost: {
            let usual = Duration.milliseconds(configuration.pauseMilliseconds)
            return hasRoom ? usual : max(usual, left)
        } noting: { part in
            progress.paused(part, isFirst: paused == .zero)
            paused += part
        }
    }

    package func arriving(_ roots: RootSpans, with calls: Span<ModelCall>) {
        guard let traceNames else { return }
        let found = traceNames.take(roots, calls)
        guard !found.isEmpty else { return }
        buffer.withLock { buffer in
            let number = buffer.append(.roots, define: { _, _ in }, { RootRecord.write(found, &$1) })
            rows.withLock { $0.onRoots }?(found, number)
        }
    }

    /// Notes the traces of calls that arrived in an earlier process, whose roots may still come.
    func recall(_ calls: Span<ModelCall>) { _ = traceNames?.take(RootSpans(), calls) }

    package func arrived(
        _ calls: Span<ModelCall>, _ passThrough: Span<PassThroughSpan>, from peer: UInt64, at time: UInt64?
    ) {
        let wall = wallNanoseconds()
        buffer.withLock { buffer in
            _ = buffer.append(.arrivals) { texts, bytes in
                describer.define(calls, &texts, &bytes)
                describer.define(passThrough, &texts, &bytes)
            } _: { _, bytes in
                ArrivalRecord.write(calls, passThrough, from: peer, at: wall, &bytes)
            }
        }
    }

    package var wantsDropped: Bool { configuration.keepsDropped }

    package func decided(
        _ counted: Span<ModelCall>, _ fates: Span<SpanFate>, dropped: Span<DroppedSpan>, at time: UInt64?
    ) {
        let wall = wallNanoseconds()
        buffer.withLock { buffer in
            let number = buffer.append(.decisions) { texts, bytes in
                describer.define(counted, &texts, &bytes)
            } _: { _, bytes in
                DecisionRecord.write(counted, fates, at: wall, &bytes)
            }
            guard !dropped.isEmpty else { return }
            let spans = dropped.indices.map { dropped[$0] }
            rows.withLock { $0.onDropped }?(spans, number)
        }
        // The prices of counted calls wake the writing thread.
        if counted.isEmpty { wake.signal() }
    }

    package func ticket() -> any CommitTicket {
        let number = buffer.withLock { $0.last }
        wake.signal()
        return JournalTicket(number: number, journal: self)
    }
}
