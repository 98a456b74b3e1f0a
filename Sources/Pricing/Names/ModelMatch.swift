// SPDX-License-Identifier: Apache-2.0

/// How a reported model was found in the price book, from the most to the least reliable way.
package enum MatchKind: String, CaseIterable, Sendable {
    /// By the name as reported, except for case and white space.
    case exact
    /// By an alias of the book.
    case alias
    /// By another spelling of the name.
    case normalised
    /// By a rule for names of the model.
    case pattern
    /// Among the models of another provider, whose models this one resells.
    case fallback
    /// By a similar name, if `prices.approximate` allows it.
    case approximate
    /// In a price file, by any spelling.
    case override
}

/// The reason for which a call has no price.
package enum UnpricedReason: String, CaseIterable, Error, Sendable {
    case unknownProvider = "unknown_provider"
    case unknownModel = "unknown_model"
    /// The name is a handle that does not identify a model; an alias in a price file helps.
    case opaqueDeployment = "opaque_deployment"
    /// The call has neither tokens nor billed units.
    case noUsage = "no_usage"
    /// A count is below zero or implausibly large.
    case invalidUsage = "invalid_usage"
    /// Neither the call nor a span above it names a model.
    case noModel = "no_model"
    /// The model is known; it has no rate for a class of the call's tokens, or none at that time.
    case noRate = "no_rate"

    /// The reasons that a call of a span can have.
    ///
    /// A call without usage has nothing to price, and a reader refuses absurd counts.
    package static let ofCalls = allCases.filter { $0 != .noUsage && $0 != .invalidUsage }

    /// Why the cost of a counted call is not known: the reasons of ``ofCalls``, and `no_usage`.
    package static let ofUnknownCosts = allCases.filter { $0 != .invalidUsage }

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

/// The model of the book that a call means.
struct ModelMatch: Hashable {
    /// The model's number in the book.
    var model: Int
    var kind: MatchKind
    /// Whether the route is free.
    let isFree: Bool
    /// The reason for which the price is an estimate although the model was found, or `nil`.
    var guess: EstimateReason?
    /// Whether the price is that of a region that is not part of the name.
    var isRegional = false
    /// The factors on all rates of an alias and of the tenant, in billionths.
    var aliasBillionths: Int64 = 1_000_000_000
    var tenantBillionths: Int64 = 1_000_000_000
}

/// What a match depends on in addition to the name: the tenant, whether a similar name is accepted, and the region.
struct MatchTerms: Hashable {
    var tenant = Tenants.none
    /// Whether an unknown name may match a similar one.
    var allowsApproximate = false
    /// The cloud region that an attribute states; empty if none does.
    var region = ""
}
