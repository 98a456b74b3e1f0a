// SPDX-License-Identifier: Apache-2.0

extension PriceBook {
    /// Finds the model that a provider and a name mean.
    ///
    /// - Parameters:
    ///   - reported: The provider as reported; empty when absent.
    ///   - host: The server's address; empty when unknown.
    ///   - model: The model as reported.
    ///   - terms: Who asks, and how sure the answer has to be.
    ///   - trace: Where each step is written down, for people.
    /// - Returns: The model and how it was found.
    /// - Throws: ``UnpricedReason`` when the provider or the model is unknown; nothing is guessed unless that is allowed.
    func match(
        provider reported: String, host: String, model: String, terms: MatchTerms = MatchTerms(),
        trace: MatchTrace? = nil
    ) throws(UnpricedReason) -> ModelMatch {
        let lowered = model.trimmed.lowercased()
        guard let provider = providers.resolve(reported: reported, host: host, model: lowered) else {
            trace?.note("provider: neither '\(reported)' nor host '\(host)' nor the model's name tells one")
            throw .unknownProvider
        }
        let layers = [tenants.layer(of: terms.tenant), layer].compactMap(\.self)
        trace?.note("provider: \(providers.ids[Int(provider)])")
        let all = [provider] + providers.fallbacks[Int(provider)]
        for (step, candidate) in all.enumerated() {
            if step > 0 { trace?.note("fallback: the models of \(providers.ids[Int(candidate)])") }
            guard var found = match(model: model, provider: candidate, layers: layers, trace: trace) else { continue }
            if step > 0, found.kind != .override { found.kind = .fallback }
            return finished(found, layers: layers, provider: provider, tenant: terms.tenant, trace: trace)
        }
        if terms.allowsApproximate {
            for candidate in all {
                guard let found = approximateMatch(model: model, provider: candidate, layers: layers, trace: trace)
                else { continue }
                return finished(found, layers: layers, provider: provider, tenant: terms.tenant, trace: trace)
            }
        }
        throw ModelNames.isOpaque(lowered) ? .opaqueDeployment : .unknownModel
    }

    /// A match with what price files and the tenant's terms make of its model.
    private func finished(
        _ match: ModelMatch, layers: [PriceLayer], provider: UInt16, tenant: Int, trace: MatchTrace?
    ) -> ModelMatch {
        var match = match
        for layer in layers {
            guard let replacement = layer.replacements[match.model] else { continue }
            match.model = replacement
            break
        }
        if isAdded(match.model), match.kind != .approximate { match.kind = .override }
        let id = id(ofModel: match.model)
        match.tenantBillionths = tenants.factor(of: tenant, provider: provider, model: (match.model, id))
        trace?.note("matched: \(id), \(match.kind.rawValue)")
        return match
    }

    /// The spellings of a name that are tried with a provider.
    func names(of model: String, provider: UInt16) -> ModelNames {
        ModelNames(of: model, provider: providers.ids[Int(provider)]) { segment in
            providers.number(named: segment) != nil || providers.gateways.contains(segment)
                || ModelNames.innerSegments.contains(segment)
        }
    }

    /// The match of a name among the models of one provider, spelling by spelling.
    ///
    /// What price files say about the spelling that the book lists or a likelier one comes first, be it a name or a rule;
    /// the book's own rules come last.
    private func match(model: String, provider: UInt16, layers: [PriceLayer], trace: MatchTrace?) -> ModelMatch? {
        let names = names(of: model, provider: provider)
        trace?.note("spellings: " + names.candidates.map { "'\($0.name)'" }.joined(separator: ", "))
        let listed = listed(names.candidates, provider: provider)
        let likely = names.candidates.prefix(listed.map { $0.place + 1 } ?? names.candidates.count)
        for layer in layers {
            if let match = named(likely, provider: provider, in: layer) {
                trace?.note("a price file lists the name")
                return match
            }
            guard !names.isOpaque, let rules = layer.rules[provider] else { continue }
            if let match = ruled(likely, rules, kind: .override) {
                trace?.note("a rule of a price file fits")
                return match
            }
        }
        if let listed {
            trace?.note("the book lists '\(names.candidates[listed.place].name)'")
            return listed.match
        }
        trace?.note("no spelling is listed")
        guard !names.isOpaque else { return nil }
        let rules = patternModels(provider: provider).compactMap { number in
            (try? base.model(number)).map { (model: number, patterns: $0.patterns) }
        }
        let match = ruled(names.candidates[...], rules, kind: .pattern)
        trace?.note(match == nil ? "none of \(rules.count) models with rules fits" : "a rule of the book fits")
        return match
    }

    /// What the book itself lists, with the place of the spelling.
    private func listed(
        _ candidates: [ModelNames.Candidate], provider: UInt16
    ) -> (place: Int, match: ModelMatch)? {
        for (place, candidate) in candidates.enumerated() {
            if let target = providers.aliasTarget(provider: provider, name: candidate.name),
                let model = base.model(id: target)
            {
                return (place, ModelMatch(model: model, kind: .alias, isFree: candidate.isFree))
            }
            if let model = base.model(provider: provider, name: candidate.name) {
                let kind = place == 0 ? MatchKind.exact : .normalised
                return (place, ModelMatch(model: model, kind: kind, isFree: candidate.isFree))
            }
        }
        return nil
    }

    /// What a price file lists by name.
    func named(
        _ candidates: ArraySlice<ModelNames.Candidate>, provider: UInt16, in layer: PriceLayer
    ) -> ModelMatch? {
        for candidate in candidates {
            let name = ProviderName(provider: provider, name: candidate.name)
            if let target = layer.aliases[name] {
                var match = ModelMatch(model: target.model, kind: .alias, isFree: candidate.isFree)
                match.aliasBillionths = target.billionths
                return match
            }
            if let model = layer.names[name] {
                return ModelMatch(model: model, kind: .override, isFree: candidate.isFree)
            }
        }
        return nil
    }

    /// The model whose rule fits best: the longest literal, then prefix before suffix before contains before the rest,
    /// then the likelier spelling, then the order of the book.
    private func ruled(
        _ candidates: ArraySlice<ModelNames.Candidate>, _ models: [(model: Int, patterns: [NamePattern])],
        kind: MatchKind
    ) -> ModelMatch? {
        var best: (strength: NamePattern.Strength, match: ModelMatch)?
        for candidate in candidates {
            for (number, patterns) in models {
                for pattern in patterns {
                    guard let strength = pattern.strength(for: candidate.name) else { continue }
                    if let best, best.strength >= strength { continue }
                    best = (strength, ModelMatch(model: number, kind: kind, isFree: candidate.isFree))
                }
            }
        }
        return best?.match
    }

    /// What a similar name is listed as: its date or its `-latest` or `-preview` left out.
    private func approximateMatch(
        model: String, provider: UInt16, layers: [PriceLayer], trace: MatchTrace?
    ) -> ModelMatch? {
        let names = names(of: model, provider: provider)
        guard !names.isOpaque else { return nil }
        let similar = names.similar
        trace?.note("similar names: " + similar.map { "'\($0.name)'" }.joined(separator: ", "))
        var found: ModelMatch?
        for layer in layers where found == nil { found = named(similar[...], provider: provider, in: layer) }
        found = found ?? listed(similar, provider: provider)?.match
        found?.kind = .approximate
        return found
    }
}

extension ModelNames {
    /// Path segments that stand behind a gateway's or provider's prefix and name an interface, not a model.
    static let innerSegments: Set<String> = ["converse", "converse_like", "invoke"]
}
