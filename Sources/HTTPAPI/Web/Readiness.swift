// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Whether spans are being taken; `/-/ready` shows it.
///
/// It goes from starting to serving when the OTLP listener has opened, and to stopping when that listener begins to close.
package final class Readiness: Sendable {
    /// Where the service stands.
    package enum State: String, Sendable {
        case starting, serving, stopping
    }

    private let current = Mutex(State.starting)

    /// Makes a service that is starting.
    package init() {}

    /// Where the service stands now.
    package var state: State { current.withLock { $0 } }

    func opened() {
        current.withLock { if $0 == .starting { $0 = .serving } }
    }

    func closing() {
        current.withLock { $0 = .stopping }
    }
}
