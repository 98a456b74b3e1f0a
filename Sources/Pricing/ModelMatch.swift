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
    /// The model is known, but not what this kind of token costs, or not at that time.
    case noRate = "no_rate"

    /// The reason's place among all reasons.
    package var index: Int {
        switch self {
        case .unknownProvider: 0
        case .unknownModel: 1
        case .opaqueDeployment: 2
        case .noUsage: 3
        case .invalidUsage: 4
        case .noRate: 5
        }
    }
}

/// A model of the book that a call was found to mean.
struct ModelMatch: Hashable {
    /// The model's place in the book.
    let model: Int
    let kind: MatchKind
    /// Whether the route is a free one.
    let isFree: Bool
}

extension PriceBook {
    /// Finds the model that a provider and a name mean.
    ///
    /// - Throws: ``UnpricedReason`` when the provider or the model is unknown; nothing is ever guessed.
    func match(provider reported: String, host: String, model: String) throws(UnpricedReason) -> ModelMatch {
        let lowered = model.trimmed.lowercased()
        guard let provider = providers.resolve(reported: reported, host: host, model: lowered) else {
            throw .unknownProvider
        }
        if let match = match(model: model, provider: provider) { return match }
        for fallback in providers.fallbacks[Int(provider)] {
            if let match = match(model: model, provider: fallback) {
                return ModelMatch(model: match.model, kind: .fallback, isFree: match.isFree)
            }
        }
        throw ModelNames.isOpaque(lowered) ? .opaqueDeployment : .unknownModel
    }

    private func match(model: String, provider: UInt16) -> ModelMatch? {
        let names = ModelNames(of: model, provider: providers.ids[Int(provider)]) { segment in
            providers.number(named: segment) != nil || Gateways.names.contains(segment)
                || ModelNames.innerSegments.contains(segment)
        }
        for (place, candidate) in names.candidates.enumerated() {
            if let target = providers.aliasTarget(provider: provider, name: candidate.name),
                let model = self.model(id: target)
            {
                return ModelMatch(model: model, kind: .alias, isFree: candidate.isFree)
            }
            if let model = self.model(provider: provider, name: candidate.name) {
                return ModelMatch(model: model, kind: place == 0 ? .exact : .normalised, isFree: candidate.isFree)
            }
        }
        return names.isOpaque ? nil : patternMatch(names.candidates, provider: provider)
    }

    /// The model whose rule fits best: the longest literal, then prefix before suffix before contains, then the likelier
    /// spelling, then the order of the book.
    private func patternMatch(_ candidates: [ModelNames.Candidate], provider: UInt16) -> ModelMatch? {
        var best: (strength: NamePattern.Strength, match: ModelMatch)?
        let models = patternModels(provider: provider).compactMap { number in
            (try? model(number)).map { (number, $0.patterns) }
        }
        for candidate in candidates {
            for (number, patterns) in models {
                for pattern in patterns {
                    guard let strength = pattern.strength(for: candidate.name) else { continue }
                    if let best, best.strength >= strength { continue }
                    best = (strength, ModelMatch(model: number, kind: .pattern, isFree: candidate.isFree))
                }
            }
        }
        return best?.match
    }
}

extension ModelNames {
    /// Path segments that stand behind a gateway's or provider's prefix and name an interface, not a model.
    static let innerSegments: Set<String> = ["converse", "converse_like", "invoke"]
}
