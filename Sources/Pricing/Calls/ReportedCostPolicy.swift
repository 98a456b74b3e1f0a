// SPDX-License-Identifier: Apache-2.0

/// Which of two figures a call's cost is when its span brings one along: that one, or ours.
package struct ReportedCostPolicy: Sendable, Equatable {
    /// The figure to take.
    package enum Figure: String, CaseIterable, Sendable {
        /// Tokens times the rates of the price book.
        case computed
        /// What the span says.
        case reported
    }

    /// The figure for providers without a rule of their own.
    ///
    /// Default `computed`. File key `prices.reported_cost.default`.
    package var standard = Figure.computed

    /// The figure by the provider's id in the price book.
    ///
    /// OpenRouter bills what it reports, whichever host it chose for the call.
    ///
    /// Default `openrouter: reported`. File key `prices.reported_cost.providers`.
    package var byProvider: [String: Figure] = ["openrouter": .reported]

    /// The figure for models that the book does not know; with `computed` they stay unpriced.
    ///
    /// Default `reported`. File key `prices.reported_cost.unknown_models`.
    package var unknownModels = Figure.reported

    package init() {}

    /// Whether what spans say of calls to a provider counts.
    ///
    /// - Parameter provider: The provider's id in the price book.
    /// - Returns: Whether it wins over what the book says.
    func prefersReported(of provider: String) -> Bool { (byProvider[provider] ?? standard) == .reported }

    /// Whether what spans say of models that the book does not know counts.
    var takesThoseOfUnknownModels: Bool { unknownModels == .reported }
}
