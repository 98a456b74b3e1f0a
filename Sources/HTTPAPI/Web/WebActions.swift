// SPDX-License-Identifier: Apache-2.0

package import CallMetrics
package import Overview
package import Pages

/// What the web listener offers beyond metrics and health checks.
package struct WebActions: Sendable {
    /// Reads settings and prices again; `nil` where that is not allowed over HTTP.
    package var reload: (@Sendable () async -> ReloadAnswer)?

    /// Lists the calls without a price so far, which may take seconds.
    package var unpriced: (@Sendable () -> UnpricedList)?

    /// The instrumentation scopes whose usage was not read.
    package var unread: (@Sendable () -> [UnreadUsage.Scope])?

    /// The figures of the landing page.
    package var overview: (@Sendable () -> Overview)?

    /// The pages about stored calls; `nil` where calls are not stored.
    package var pages: CostPages?

    /// The command that prices the stored calls of this month again; `nil` where there is no folder with calls.
    package var reprice: String?

    /// The requests that were refused.
    ///
    /// The web listener adds its own; the OTLP listener gets the same object.
    package var refused = RefusedRequests()

    /// The services whose metrics and logs were accepted and not kept.
    package var otherSignals: (@Sendable () -> [OtherSignals.Sender])?

    /// Ends the questions that are being answered, and returns at once.
    ///
    /// The web listener calls it when it cuts off unfinished requests at shutdown.
    package var endQuestions: (@Sendable () -> Void)?

    package init() {}
}

/// The outcome of a reload.
package enum ReloadAnswer: Sendable {
    /// The new settings and prices are in force; the sentence says what changed.
    case reloaded(String)
    /// The old settings and prices stay in force; the sentence says what is wrong, where, and what to do.
    case refused(String)
}
