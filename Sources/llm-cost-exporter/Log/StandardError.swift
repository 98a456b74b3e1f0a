// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc
import Synchronization

/// The destination of log lines and error messages.
///
/// A command that ends by itself writes directly and waits for the reader of standard error. A service must neither wait nor end
/// because of its log, so its lines go through a ``LogQueue``.
enum StandardError {
    private static let queue = Mutex<LogQueue?>(nil)

    /// The longest time that the end of the process waits for queued lines.
    private static let flushLimit = DispatchTimeInterval.seconds(1)

    /// Sends all further text through a queue.
    ///
    /// - Returns: The queue, the same one for each call.
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
    /// Errors are not reported, since they could only be reported here.
    ///
    /// - Parameter text: Whole lines.
    static func write(_ text: String) {
        if let queue = queue.withLock({ $0 }) {
            queue.append(text)
        } else {
            _ = DescriptorWriter.write(Array(text.utf8), to: STDERR_FILENO)
        }
    }

    /// Waits briefly for queued lines to be written; call it before the process ends.
    static func flush() { queue.withLock { $0 }?.flush(within: flushLimit) }
}
