// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Glibc
import Synchronization

/// A queue of lines, written to a descriptor by a thread of its own, so that no other thread waits for the descriptor's reader.
///
/// The queue is bounded: a line that finds it full is lost, and so is a line that the system refuses to write (a full disk, a
/// closed descriptor, a pipe without a reader). Lost lines are counted, and as soon as writing works again the queue writes a
/// line that says how many were lost.
final class LogQueue: Sendable {
    /// How many lines were lost since the start.
    struct Losses: Equatable, Sendable {
        /// Lines that found the queue full, because the reader was too slow.
        var full: UInt64 = 0
        /// Lines that the system refused to write.
        var failed: UInt64 = 0
    }

    private struct Entry {
        var line: [UInt8]
        /// How many lines were lost between the previous line and this one.
        var lostBefore: UInt64
    }

    private struct State {
        var entries: [Entry] = []
        /// The bytes of lines that are not written yet, including the line being written.
        var bytes = 0
        var losses = Losses()
        /// How many lines were lost after the last entry.
        var lostBehind: UInt64 = 0
        /// Signalled when every line was written or lost.
        var flushes: [DispatchSemaphore] = []
    }

    // A struct around the function: one that is alone in a `Mutex` gets another wrapper each time it is read.
    private struct Notice {
        let text: @Sendable (_ lost: UInt64) -> String
    }

    private let descriptor: Int32
    private let capacity: Int
    private let state = Mutex(State())
    private let notice: Mutex<Notice>
    private let wake = DispatchSemaphore(value: 0)

    /// Makes a queue and starts its thread.
    ///
    /// - Parameters:
    ///   - descriptor: The descriptor, which stays open.
    ///   - capacity: The largest number of bytes in the queue.
    ///   - notice: The line that says how many were lost.
    init(to descriptor: Int32, capacity: Int = 1 << 20, notice: @escaping @Sendable (_ lost: UInt64) -> String) {
        self.descriptor = descriptor
        self.capacity = capacity
        self.notice = Mutex(Notice(text: notice))
        Thread.detachNewThread { [self] in work() }
    }

    /// How many lines were lost so far.
    var losses: Losses { state.withLock { $0.losses } }

    private var announcement: @Sendable (_ lost: UInt64) -> String { notice.withLock { $0.text } }

    /// Sets the line that announces losses, once the log format is known.
    func announceLosses(_ text: @escaping @Sendable (_ lost: UInt64) -> String) {
        notice.withLock { $0 = Notice(text: text) }
    }

    /// Queues text of whole lines; never waits for the reader.
    func append(_ text: String) {
        let line = Array(text.utf8)
        let wakes = state.withLock { state in
            guard state.bytes + line.count <= capacity else {
                state.losses.full += 1
                state.lostBehind += 1
                return false
            }
            state.entries.append(Entry(line: line, lostBefore: state.lostBehind))
            state.lostBehind = 0
            state.bytes += line.count
            return state.entries.count == 1
        }
        if wakes { wake.signal() }
    }

    /// Waits until every line queued so far was written or lost.
    ///
    /// - Parameter limit: The longest wait.
    /// - Returns: Whether the queue was emptied in time.
    @discardableResult
    func flush(within limit: DispatchTimeInterval) -> Bool {
        let done = DispatchSemaphore(value: 0)
        state.withLock { $0.flushes.append(done) }
        wake.signal()
        return done.wait(timeout: .now() + limit) == .success
    }

    /// The thread's loop, which ends with the process.
    private func work() {
        var output = Output(descriptor: descriptor)
        var retry = Self.firstRetry
        while true {
            let batch = state.withLock { state in
                let batch = state.entries
                state.entries = []
                return batch
            }
            for entry in batch {
                output.untold += entry.lostBefore
                let isWritten = output.tell(announcement) && output.write(entry.line)
                state.withLock { state in
                    state.bytes -= entry.line.count
                    if !isWritten { state.losses.failed += 1 }
                }
                if !isWritten { output.untold += 1 }
            }
            guard batch.isEmpty else { continue }

            output.untold += state.withLock { state in
                defer { state.lostBehind = 0 }
                return state.lostBehind
            }
            let isTold = output.tell(announcement)
            let flushes = state.withLock { state -> [DispatchSemaphore]? in
                guard state.entries.isEmpty else { return nil }
                defer { state.flushes = [] }
                return state.flushes
            }
            guard let flushes else { continue }
            for flush in flushes { flush.signal() }
            if isTold {
                retry = Self.firstRetry
                wake.wait()
            } else {
                retry =
                    wake.wait(timeout: .now() + .seconds(retry)) == .success ? retry : min(2 * retry, Self.lastRetry)
            }
        }
    }

    /// The shortest and the longest wait, in seconds, before the announcement of losses is tried again.
    private static let (firstRetry, lastRetry) = (1, 64)
}

/// The writing thread's view of its descriptor.
private struct Output {
    let descriptor: Int32
    /// The number of lost lines that are not announced yet.
    var untold: UInt64 = 0
    /// Whether the last line was written only in part.
    private var isTorn = false

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Announces lost lines.
    ///
    /// - Returns: Whether there are no losses left to announce.
    mutating func tell(_ notice: (UInt64) -> String) -> Bool {
        guard untold > 0 else { return true }
        guard write(Array(notice(untold).utf8)) else { return false }
        untold = 0
        return true
    }

    /// Writes one line, in one system call if possible, so that lines of several processes do not mix.
    mutating func write(_ line: [UInt8]) -> Bool {
        let (written, error) = DescriptorWriter.write(isTorn ? [UInt8(ascii: "\n")] + line : line, to: descriptor)
        if written > 0 { isTorn = error != 0 }
        return error == 0
    }
}
