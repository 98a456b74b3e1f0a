// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Notes signals that arrive before a service has its handlers, so that it can act on them later.
///
/// Without this, SIGHUP would end the process, and the first process of a container would ignore SIGTERM.
enum EarlySignals {
    private static let seen = Atomic<UInt64>(0)
    private static let signals = [SIGHUP, SIGTERM, SIGINT]

    /// Notes SIGHUP, SIGTERM and SIGINT from now on, until other handlers are installed.
    static func note() {
        // The first access initializes the value, which a signal handler must not do.
        _ = seen.load(ordering: .relaxed)
        for signal in signals {
            _ = Glibc.signal(signal) { number in
                _ = EarlySignals.seen.bitwiseOr(1 << UInt64(number), ordering: .relaxed)
            }
        }
    }

    /// Restores the default effect of the signals, for a command without handlers; signals already noted take effect now.
    static func release() {
        for signal in signals {
            _ = Glibc.signal(signal, SIG_DFL)
            if came(signal) { raise(signal) }
        }
    }

    /// Whether a signal arrived before other handlers were installed.
    static func came(_ signal: Int32) -> Bool { seen.load(ordering: .relaxed) >> UInt64(signal) & 1 == 1 }
}
