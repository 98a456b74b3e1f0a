// SPDX-License-Identifier: Apache-2.0

/// How a reported model was found in the price book, from the surest way to the least sure.
package enum MatchKind: String, CaseIterable, Sendable {
    /// The name as reported, but for case and white space.
    case exact
    /// The book says that the name stands for a model.
    case alias
    /// Another spelling of the name.
    case normalised
    /// A rule of the model's for names.
    case pattern
    /// A model of the provider whose models are resold.
    case fallback
    /// The price of a similar name, since the name itself is unknown; only where that is allowed.
    case approximate
    /// A price file's own price, however its model was found.
    case override
}

/// Why a call has no price.
package enum UnpricedReason: String, CaseIterable, Error, Sendable {
    case unknownProvider = "unknown_provider"
    case unknownModel = "unknown_model"
    /// The name is a handle that says nothing of the model behind it; an alias in the book helps.
    case opaqueDeployment = "opaque_deployment"
    /// The call says nothing about tokens or anything else that is charged for.
    case noUsage = "no_usage"
    /// A count below zero or beyond all reason.
    case invalidUsage = "invalid_usage"
    /// The call names no model, and neither does a span above it.
    case noModel = "no_model"
    /// The model is known, but not what this kind of token costs, or not at that time.
    case noRate = "no_rate"

    /// The reason's index among all reasons.
    package var index: Int {
        switch self {
        case .unknownProvider: 0
        case .unknownModel: 1
        case .opaqueDeployment: 2
        case .noUsage: 3
        case .invalidUsage: 4
        case .noRate: 5
        case .noModel: 6
        }
    }
}

/// A model of the book that a call was found to mean.
struct ModelMatch: Hashable {
    /// The model's number in the book.
    var model: Int
    var kind: MatchKind
    /// Whether the route is a free one.
    let isFree: Bool
    /// Why the price is only an estimate although the model was found, or `nil`.
    var guess: EstimateReason?
    /// Whether the price is that of a region, which the name does not tell.
    var isRegional = false
    /// A factor on all rates that an alias brings along, and one of the tenant's, in billionths.
    var aliasBillionths: Int64 = 1_000_000_000
    var tenantBillionths: Int64 = 1_000_000_000
}

/// Who asks for a model, and how sure the answer has to be.
struct MatchTerms: Hashable {
    var tenant = Tenants.none
    /// Whether a similar name may stand in for an unknown one.
    var allowsApproximate = false
    /// The cloud region that an attribute states; empty if none does.
    var region = ""
}
