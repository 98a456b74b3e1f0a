// SPDX-License-Identifier: Apache-2.0
import Ingest
package import OTLP
import Synchronization

/// The services whose metrics and logs were accepted and not kept.
package final class OtherSignals: Sendable {
    /// The bodies of one signal of one service.
    package struct Sender: Sendable, Equatable {
        package var signal: OtherSignal
        /// The name of the service; empty if its bodies name none, `__overflow__` for all that came after the first 64.
        package var service: String
        package var bodies: UInt64 = 0
    }

    private struct State {
        var scopes = ScopeLabels()
        var services = ScopeLabels()
        var indices: [OtherSignal: [String: Int]] = [:]
        var senders: [Sender] = []
    }

    private let state = Mutex(State())

    /// Starts with no service.
    package init() {}

    /// Notes a body.
    ///
    /// - Parameters:
    ///   - signal: Its signal.
    ///   - survey: The names in it.
    /// - Returns: The scopes that it counts for, and the services of which it is the first body of this signal; one empty name
    ///   stands for a body that names none.
    func note(_ signal: OtherSignal, _ survey: SignalSurvey) -> (scopes: Set<String>, new: [String]) {
        state.withLock { state in
            let scopes = Set(Self.orNone(survey.scopes).map { state.scopes.label(for: $0) })
            var new: [String] = []
            for service in Set(Self.orNone(survey.services).map { state.services.label(for: $0) }) {
                let index = state.indices[signal]?[service] ?? state.senders.count
                if index == state.senders.count {
                    state.indices[signal, default: [:]][service] = index
                    state.senders.append(Sender(signal: signal, service: service))
                    new.append(service)
                }
                state.senders[index].bodies += 1
            }
            return (scopes, new)
        }
    }

    /// The services so far, in the order in which they came.
    package var senders: [Sender] { state.withLock { $0.senders } }

    private static func orNone(_ names: [String]) -> [String] { names.isEmpty ? [""] : names }
}
