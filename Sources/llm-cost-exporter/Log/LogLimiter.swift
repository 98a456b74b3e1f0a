// SPDX-License-Identifier: Apache-2.0

/// Limits the number of log lines of one kind, since senders can cause some kinds at will.
///
/// The kind of a line is its message up to the first colon. Each kind may have a number of lines in each window of time. Further
/// lines are left out and counted, and at the window's end a line says how many they were. The number of kinds is bounded: all
/// kinds beyond it share one.
struct LogLimiter {
    /// What to do with a line.
    enum Decision: Equatable {
        case write
        /// Leave it out.
        case leaveOut
        /// Leave it out as the first line in this window: the caller has to call ``LogLimiter/endWindow(of:)`` for its kind
        /// after this time.
        case leaveOutFirst(kind: String, nanoseconds: UInt64)
    }

    private struct Window {
        var start: UInt64
        var lines = 0
        var leftOut = 0
    }

    private let linesPerWindow: Int
    private let windowNanoseconds: UInt64
    private let mostKinds: Int
    private var windows: [String: Window] = [:]
    /// How many lines were left out since the start.
    private(set) var leftOut: UInt64 = 0

    /// Makes a limiter.
    ///
    /// - Parameters:
    ///   - linesPerWindow: The largest number of lines of one kind in one window.
    ///   - windowNanoseconds: The length of a window.
    ///   - mostKinds: The largest number of kinds.
    init(linesPerWindow: Int = 60, windowNanoseconds: UInt64 = 60_000_000_000, mostKinds: Int = 128) {
        self.linesPerWindow = linesPerWindow
        self.windowNanoseconds = windowNanoseconds
        self.mostKinds = mostKinds
    }

    /// Decides about one line.
    ///
    /// - Parameters:
    ///   - message: Its message.
    ///   - now: The time, in nanoseconds of a clock that never goes back.
    /// - Returns: What to do with it.
    mutating func decide(_ message: String, at now: UInt64) -> Decision {
        var kind = String(message.prefix { $0 != ":" }.prefix(100))
        if windows[kind] == nil, windows.count >= mostKinds {
            windows = windows.filter { $0.value.leftOut > 0 || now < $0.value.start + windowNanoseconds }
            if windows.count >= mostKinds { kind = Self.others }
        }
        var window = windows[kind] ?? Window(start: now)
        // A window in which lines were left out ends with the line that says so.
        if window.leftOut == 0, now >= window.start + windowNanoseconds { window = Window(start: now) }
        defer { windows[kind] = window }
        guard window.lines >= linesPerWindow else {
            window.lines += 1
            return .write
        }
        window.leftOut += 1
        leftOut += 1
        guard window.leftOut == 1 else { return .leaveOut }
        let end = window.start + windowNanoseconds
        return .leaveOutFirst(kind: kind, nanoseconds: end > now ? end - now : 0)
    }

    /// Begins a new window for a kind.
    ///
    /// - Returns: How many lines of the old one were left out.
    mutating func endWindow(of kind: String) -> Int { windows.removeValue(forKey: kind)?.leftOut ?? 0 }

    /// The kind of all lines beyond the bound on kinds.
    private static let others = "others"
}
