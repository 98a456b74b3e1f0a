// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The instrumentation scopes whose spans seem to carry usage of which nothing was read.
package final class UnreadUsage: Sendable {
    /// What was met of one scope.
    package struct Scope: Sendable, Equatable {
        /// Its name; `__overflow__` for all scopes that came after the first 64.
        package var name: String
        package var spans: UInt64 = 0
        /// The keys of the first span, at most eight.
        package var keys: [String]
    }

    private struct State {
        var labels = ScopeLabels()
        var indices: [String: Int] = [:]
        var scopes: [Scope] = []
        /// How many of ``scopes`` were handed to the log.
        var told = 0
    }

    private let state = Mutex(State())

    /// Starts with no scope.
    package init() {}

    /// Notes spans.
    ///
    /// - Parameters:
    ///   - scope: The name of their instrumentation scope.
    ///   - spans: How many there are.
    ///   - keys: The keys of the first one that seem to be usage.
    /// - Returns: The name under which they are counted.
    func note(scope: String, spans: Int, keys: [String]) -> String {
        state.withLock { state in
            let name = state.labels.label(for: scope)
            let index = state.indices[name] ?? state.scopes.count
            if index == state.scopes.count {
                state.indices[name] = index
                state.scopes.append(Scope(name: name, keys: keys))
            }
            state.scopes[index].spans += UInt64(spans)
            return name
        }
    }

    /// The scopes so far, in the order in which they came.
    package var scopes: [Scope] { state.withLock { $0.scopes } }

    /// The scopes that came since this was asked last, for a warning once for each.
    package func takeNew() -> [Scope] {
        state.withLock { state in
            let new = Array(state.scopes[state.told...])
            state.told = state.scopes.count
            return new
        }
    }
}
