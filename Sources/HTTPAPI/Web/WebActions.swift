// SPDX-License-Identifier: Apache-2.0

package import CallMetrics

/// What the web listener offers beyond metrics and health checks.
package struct WebActions: Sendable {
    /// Reads settings and prices again; `nil` where that is not allowed over HTTP.
    package var reload: (@Sendable () async -> ReloadAnswer)?

    /// The calls without a price so far; takes its time.
    package var unpriced: (@Sendable () -> UnpricedList)?

    /// The instrumentation scopes whose usage was not read.
    package var unread: (@Sendable () -> [UnreadUsage.Scope])?

    package init() {}
}

/// What became of settings and prices that were read again.
package enum ReloadAnswer: Sendable {
    /// They are in force; the sentence tells what changed.
    case reloaded(String)
    /// The state of before holds; the sentence tells what was wrong, where, and what to do.
    case refused(String)
}
