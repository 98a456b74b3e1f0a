// SPDX-License-Identifier: Apache-2.0
import Notation

/// The values of a label for instrumentation scopes, of which there are few series: a sender may make up any number of names.
struct ScopeLabels {
    private var names: Set<String> = []

    /// The number of scopes that have a value of their own.
    static let most = 64
    /// The longest name that is a value, in bytes.
    static let longest = 128

    /// The value for a scope: its name, or `__overflow__` if it is too long or came after too many others.
    mutating func label(for scope: String) -> String {
        if names.contains(scope) { return scope }
        guard names.count < Self.most, scope.utf8.count <= Self.longest else { return OverflowValue.text }
        names.insert(scope)
        return scope
    }
}
