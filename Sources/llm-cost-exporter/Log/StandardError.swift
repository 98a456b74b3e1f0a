// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc
import Synchronization

/// Where log lines and messages to the person at the keyboard go.
///
/// A command that ends by itself writes directly and waits for its reader, as such commands do. A service must neither wait
/// nor end because of its log, so its lines go through a ``LogQueue``.
enum StandardError {
    private static let queue = Mutex<LogQueue?>(nil)

    /// How long the end of the process may wait for lines that are still queued.
    private static let flushLimit = DispatchTimeInterval.seconds(1)

    /// Sends all that is written from now on through a queue.
    ///
    /// - Returns: The queue; the same one at each call.
    @discardableResult
    static func startQueue() -> LogQueue {
        queue.withLock { queue in
            if let queue { return queue }
            let new = LogQueue(to: STDERR_FILENO) { "\($0) log lines were lost\n" }
            queue = new
            return new
        }
    }

    /// Writes text.
    ///
    /// An error is not reported: there is no place left to report it to.
    ///
    /// - Parameter text: Whole lines.
    static func write(_ text: String) {
        if let queue = queue.withLock({ $0 }) {
            queue.append(text)
        } else {
            _ = DescriptorWriter.write(Array(text.utf8), to: STDERR_FILENO)
        }
    }

    /// Gives queued lines a short time to be written; call it before the process ends.
    static func flush() { queue.withLock { $0 }?.flush(within: flushLimit) }
}
