// SPDX-License-Identifier: Apache-2.0

/// Which figure is the cost of a call whose span reports a cost: the reported or the computed one.
package struct ReportedCostPolicy: Sendable, Equatable {
    /// One of the two figures.
    package enum Figure: String, CaseIterable, Sendable {
        /// Tokens times the rates of the price book.
        case computed
        /// The cost that the span reports.
        case reported
    }

    /// The figure for providers without a rule of their own.
    ///
    /// Default `computed`. File key `prices.reported_cost.default`.
    package var standard = Figure.computed

    /// The figure by the provider's id in the price book.
    ///
    /// OpenRouter bills the cost that it reports, whichever host served the call.
    ///
    /// Default `openrouter: reported`. File key `prices.reported_cost.providers`.
    package var byProvider: [String: Figure] = ["openrouter": .reported]

    /// The figure for models that are not in the book; with `computed` their calls are unpriced.
    ///
    /// Default `reported`. File key `prices.reported_cost.unknown_models`.
    package var unknownModels = Figure.reported

    package init() {}

    /// Whether the reported cost counts for calls to a provider.
    ///
    /// - Parameter provider: The provider's id in the price book.
    /// - Returns: Whether it takes precedence over the computed cost.
    func prefersReported(of provider: String) -> Bool { (byProvider[provider] ?? standard) == .reported }

    /// Whether the reported cost counts for models that are not in the book.
    var takesThoseOfUnknownModels: Bool { unknownModels == .reported }
}
