// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Signals to a service that has no handlers for them yet: they are noted, to be acted on later.
///
/// Without this SIGHUP would end the process, and SIGTERM would be ignored where the process is the first of a container.
enum EarlySignals {
    private static let seen = Atomic<UInt64>(0)
    private static let signals = [SIGHUP, SIGTERM, SIGINT]

    /// Notes SIGHUP, SIGTERM and SIGINT from now on, until other handlers are installed.
    static func note() {
        // The first access makes the value, which a handler must not.
        _ = seen.load(ordering: .relaxed)
        for signal in signals {
            _ = Glibc.signal(signal) { number in
                _ = EarlySignals.seen.bitwiseOr(1 << UInt64(number), ordering: .relaxed)
            }
        }
    }

    /// Gives the signals their usual effect, in a process that installs no handlers; those that came have it now.
    static func release() {
        for signal in signals {
            _ = Glibc.signal(signal, SIG_DFL)
            if came(signal) { raise(signal) }
        }
    }

    /// Whether a signal came before other handlers were installed.
    static func came(_ signal: Int32) -> Bool { seen.load(ordering: .relaxed) >> UInt64(signal) & 1 == 1 }
}
