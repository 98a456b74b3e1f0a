// SPDX-License-Identifier: Apache-2.0
import Logging
import Synchronization

/// The least level that is logged; it can change while the service runs.
final class LogThreshold: Sendable {
    private let current: Mutex<Logger.Level>

    /// Makes a threshold.
    ///
    /// - Parameter level: The level at first.
    init(_ level: Logger.Level) { current = Mutex(level) }

    /// The level now.
    var level: Logger.Level {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}
