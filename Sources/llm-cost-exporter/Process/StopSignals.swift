// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization
import UnixSignals

/// Handles SIGTERM and SIGINT: the first one begins the shutdown, a second one ends its wait for scrapes.
final class StopSignals: Sendable {
    private let firsts = AsyncStream.makeStream(of: Void.self)
    private let seconds = AsyncStream.makeStream(of: Void.self)
    private let first = Mutex<UnixSignal?>(nil)

    /// Installs the handlers.
    init() async {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        for (number, signal) in [(SIGTERM, UnixSignal.sigterm), (SIGINT, .sigint)] where EarlySignals.came(number) {
            note(signal)
        }
        Task { for await signal in signals { note(signal) } }
    }

    /// Whether a signal has come.
    var isStopping: Bool { first.withLock { $0 != nil } }

    /// Whether the shutdown was requested by Ctrl-C at a terminal.
    var isInterrupted: Bool {
        first.withLock { $0 == .sigint } && [STDIN_FILENO, STDERR_FILENO].contains { isatty($0) == 1 }
    }

    /// Returns at the first signal, or when its task is cancelled; for one caller.
    func begin() async { for await _ in firsts.stream { return } }

    /// Returns at the second signal, or when its task is cancelled; for one caller.
    func insist() async { for await _ in seconds.stream { return } }

    private func note(_ signal: UnixSignal) {
        let isFirst = first.withLock { first in
            defer { first = first ?? signal }
            return first == nil
        }
        (isFirst ? firsts : seconds).continuation.yield()
    }
}
