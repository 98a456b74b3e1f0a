// SPDX-License-Identifier: Apache-2.0
import Dispatch
import HTTPAPI
import Synchronization

/// The limit on lines of one kind, shared by all loggers.
final class LogLimits: Sendable {
    private let limiter = Mutex(LogLimiter())

    /// How many lines were left out so far.
    var leftOut: UInt64 { limiter.withLock { $0.leftOut } }

    /// Decides whether a line is written.
    ///
    /// - Parameters:
    ///   - message: Its message.
    ///   - tell: Called once at the window's end if this line is the first one left out; gets the kind and the number of lines.
    /// - Returns: Whether the line is to be written now.
    func admit(_ message: String, tell: @escaping @Sendable (_ kind: String, _ leftOut: Int) -> Void) -> Bool {
        let now = WallClock.monotonicNanoseconds()
        switch limiter.withLock({ $0.decide(message, at: now) }) {
        case .write: return true
        case .leaveOut: return false
        case .leaveOutFirst(let kind, let nanoseconds):
            DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(clamping: nanoseconds))) { [self] in
                let leftOut = limiter.withLock { $0.endWindow(of: kind) }
                if leftOut > 0 { tell(kind, leftOut) }
            }
            return false
        }
    }
}
