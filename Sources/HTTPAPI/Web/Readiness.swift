// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Whether the service receives spans; `/-/ready` shows it.
///
/// It goes from starting to serving when the OTLP listener has opened, and to stopping when that listener begins to close.
package final class Readiness: Sendable {
    /// The state of the service.
    package enum State: String, Sendable {
        case starting, serving, stopping
    }

    private let current = Mutex(State.starting)
    private let storing = Mutex<Watch?>(nil)
    private let address = Mutex(ListenAddress?.none)

    // A struct around the function: one that is alone in a `Mutex` gets another wrapper each time it is read.
    private struct Watch {
        let isStoring: @Sendable () -> Bool
    }

    /// Begins in the state of starting.
    package init() {}

    /// The current state.
    package var state: State { current.withLock { $0 } }

    /// Whether what arrives can be stored, where the service stores it.
    package var isStoring: Bool { storing.withLock { $0 }?.isStoring() ?? true }

    /// Lets a function answer ``isStoring``.
    ///
    /// - Parameter isStoring: Returns `false` while the journal or the rows cannot be written. While only the rows cannot, bodies
    ///   are accepted until too many calls wait.
    package func watch(_ isStoring: @escaping @Sendable () -> Bool) {
        storing.withLock { $0 = Watch(isStoring: isStoring) }
    }

    /// The address of the OTLP listener, with the port that the system chose; `nil` before it is open.
    var otlpAddress: ListenAddress? { address.withLock { $0 } }

    func opened(at text: String) {
        if let opened = try? ListenAddress(text) { address.withLock { $0 = opened } }
        current.withLock { if $0 == .starting { $0 = .serving } }
    }

    func closing() {
        current.withLock { $0 = .stopping }
    }
}
