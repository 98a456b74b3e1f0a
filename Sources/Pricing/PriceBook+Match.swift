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
    /// - Complexity: Bounded for every name: a few spellings of it are looked up and compared with the rules, for the provider
    ///   and for the providers whose models it resells.
    func match(
        provider reported: String, host: String, model: String, terms: MatchTerms = MatchTerms(),
        trace: MatchTrace? = nil
    ) throws(UnpricedReason) -> ModelMatch {
        let model = model.trimmed.lowercased()
        guard let provider = providers.resolve(reported: reported, host: host, model: model) else {
            trace?.note("provider: neither '\(reported)' nor host '\(host)' nor the model's name tells one")
            throw .unknownProvider
        }
        let layers = [tenants.layer(of: terms.tenant), layer].compactMap(\.self)
        trace?.note("provider: \(providers.ids[Int(provider)])")
        let all = [provider] + providers.fallbacks[Int(provider)]
        // Most providers try the same spellings, which are made once.
        var spellings: [ModelNames.Manner: ModelNames] = [:]
        func names(_ provider: UInt16) -> ModelNames {
            let manner = ModelNames.Manner(provider: providers.ids[Int(provider)])
            let names = spellings[manner] ?? self.names(of: model, manner)
            spellings[manner] = names
            return names
        }
        for (step, candidate) in all.enumerated() {
            if step > 0 { trace?.note("fallback: the models of \(providers.ids[Int(candidate)])") }
            guard var found = match(names(candidate), provider: candidate, layers: layers, trace: trace) else {
                continue
            }
            if step > 0, found.kind != .override { found.kind = .fallback }
            return finished(found, layers: layers, provider: provider, tenant: terms.tenant, trace: trace)
        }
        if terms.allowsApproximate {
            for candidate in all {
                guard let found = approximateMatch(names(candidate), provider: candidate, layers: layers, trace: trace)
                else { continue }
                return finished(found, layers: layers, provider: provider, tenant: terms.tenant, trace: trace)
            }
        }
        throw ModelNames.isOpaque(model) ? .opaqueDeployment : .unknownModel
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

    /// The spellings of a name, in lower case, that are tried with a kind of provider.
    private func names(of model: String, _ manner: ModelNames.Manner) -> ModelNames {
        ModelNames(of: model, manner) { segment in
            providers.number(named: segment) != nil || providers.gateways.contains(segment)
                || ModelNames.innerSegments.contains(segment)
        }
    }

    /// The match of a name among the models of one provider, spelling by spelling.
    ///
    /// What price files say about the spelling that the book lists or a likelier one comes first, be it a name or a rule;
    /// the book's own rules come last.
    private func match(
        _ names: ModelNames, provider: UInt16, layers: [PriceLayer], trace: MatchTrace?
    ) -> ModelMatch? {
        trace?.note("spellings: " + names.candidates.map { "'\($0.name)'" }.joined(separator: ", "))
        let listed = listed(names.candidates, provider: provider)
        let likely = names.candidates.prefix(listed.map { $0.place + 1 } ?? names.candidates.count)
        for layer in layers {
            if let match = named(likely, provider: provider, in: layer) {
                trace?.note("a price file lists the name")
                return match
            }
            guard !names.isOpaque, let fit = layer.preparedRules[provider]?.best(for: likely) else { continue }
            trace?.note("a rule of a price file fits")
            return ModelMatch(model: fit.model, kind: .override, isFree: fit.isFree)
        }
        if let listed {
            trace?.note("the book lists '\(names.candidates[listed.place].name)'")
            return listed.match
        }
        trace?.note("no spelling is listed")
        guard !names.isOpaque else { return nil }
        let rules = base.rules(provider: provider)
        guard let fit = rules?.best(for: names.candidates[...]) else {
            trace?.note("none of \(rules?.modelCount ?? 0) models with rules fits")
            return nil
        }
        trace?.note("a rule of the book fits")
        return ModelMatch(model: fit.model, kind: .pattern, isFree: fit.isFree)
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
            if let model = base.model(provider: provider, name: candidate) {
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

    /// What a similar name is listed as: its date or its `-latest` or `-preview` left out.
    private func approximateMatch(
        _ names: ModelNames, provider: UInt16, layers: [PriceLayer], trace: MatchTrace?
    ) -> ModelMatch? {
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
