// SPDX-License-Identifier: Apache-2.0

extension PriceBook {
    /// Finds the model that a provider and a name mean.
    ///
    /// - Parameters:
    ///   - reported: The provider as reported; empty when absent.
    ///   - host: The server's address; empty when unknown.
    ///   - model: The model as reported.
    ///   - terms: The tenant and region of the call, and whether a similar name is accepted.
    ///   - trace: Gets each step as a sentence.
    /// - Returns: The model and how it was found.
    /// - Throws: ``UnpricedReason`` if the provider or the model is unknown. Similar names count only if `terms` accepts them.
    /// - Complexity: Bounded for every name: a few spellings of it are looked up and compared with the rules, for the provider
    ///   and for the providers whose models it resells.
    func match(
        provider reported: String, host: String, model: String, terms: MatchTerms = MatchTerms(),
        trace: MatchTrace? = nil
    ) throws(UnpricedReason) -> ModelMatch {
        let model = model.trimmed.lowercased()
        guard let resolution = providers.resolution(reported: reported, host: host, model: model) else {
            trace?.note("provider: neither '\(reported)' nor host '\(host)' nor the model's name identifies one")
            throw .unknownProvider
        }
        let provider = resolution.number
        let layers = [tenants.layer(of: terms.tenant), layer].compactMap(\.self)
        trace?.note(
            "provider: \(providers.ids[Int(provider)])" + (resolution.isByModel ? ", by the model's name" : ""))
        let asked = Asked(
            layers: layers, provider: provider, tenant: terms.tenant, isGuess: resolution.isGuess,
            region: region(model: model, host: host, stated: terms.region))
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
            return finished(found, asked, trace: trace)
        }
        if terms.allowsApproximate {
            for candidate in all {
                guard let found = approximateMatch(names(candidate), provider: candidate, layers: layers, trace: trace)
                else { continue }
                return finished(found, asked, trace: trace)
            }
        }
        throw ModelNames.isOpaque(model) ? .opaqueDeployment : .unknownModel
    }

    /// What a match depends on in addition to the name.
    private struct Asked {
        let layers: [PriceLayer]
        let provider: UInt16
        let tenant: Int
        /// Whether the provider is only likely.
        let isGuess: Bool
        let region: String?
    }

    /// The match after the region, the price files and the tenant's prices have replaced its model.
    private func finished(_ match: ModelMatch, _ asked: Asked, trace: MatchTrace?) -> ModelMatch {
        var match = match
        if let region = asked.region, let regional = regionalModel(of: match.model, in: region) {
            trace?.note("the book has a price of its own for \(region)")
            match.model = regional
            match.isRegional = true
        }
        for layer in asked.layers {
            guard let replacement = layer.replacements[match.model] else { continue }
            match.model = replacement
            break
        }
        if isAdded(match.model), match.kind != .approximate { match.kind = .override }
        if asked.isGuess { match.guess = .providerByModel }
        let id = id(ofModel: match.model)
        match.tenantBillionths = tenants.factor(of: asked.tenant, provider: asked.provider, model: (match.model, id))
        trace?.note("matched: \(id), \(match.kind.rawValue)")
        return match
    }

    /// The region on which the price of a call depends, or `nil`.
    func region(model: String, host: String, stated: String) -> String? {
        CloudRegion.region(model: model, host: host, stated: stated, among: spoken.regions)
    }

    /// The model for a region that replaces a model for all regions, or `nil`.
    private func regionalModel(of number: Int, in region: String) -> Int? {
        guard !isAdded(number), let model = try? model(number),
            let provider = base.index.number(ofProvider: model.provider)
        else { return nil }
        for name in model.names where !name.utf8.contains(UInt8(ascii: "/")) {
            let candidate = ModelNames.Candidate(name: "\(region)/\(name)")
            if let regional = base.model(provider: provider, name: candidate), regional != number { return regional }
        }
        return nil
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
    /// Names and rules of price files come first, if they match the spelling that the book lists or a likelier one; the book's
    /// own rules come last.
    private func match(
        _ names: ModelNames, provider: UInt16, layers: [PriceLayer], trace: MatchTrace?
    ) -> ModelMatch? {
        trace?.note("spellings: " + names.candidates.map { "'\($0.name)'" }.joined(separator: ", "))
        let listed = listed(names.candidates, provider: provider)
        let likely = names.candidates.prefix(listed.map { $0.index + 1 } ?? names.candidates.count)
        for layer in layers {
            if let match = named(likely, provider: provider, in: layer) {
                trace?.note(
                    match.kind == .alias
                        ? "a price file has the name as an alias of \(id(ofModel: match.model))"
                        : "a price file lists the name")
                return match
            }
            guard !names.isOpaque, let fit = layer.preparedRules[provider]?.best(for: likely) else { continue }
            trace?.note("a rule of a price file matches")
            return ModelMatch(model: fit.model, kind: .override, isFree: fit.isFree)
        }
        if let listed {
            let name = names.candidates[listed.index].name
            trace?.note(
                listed.match.kind == .alias
                    ? "the book has '\(name)' as an alias of \(id(ofModel: listed.match.model))"
                    : "the book lists '\(name)'")
            return listed.match
        }
        trace?.note("the book lists no spelling of it")
        guard !names.isOpaque else { return nil }
        let rules = base.rules(provider: provider)
        guard let fit = rules?.best(for: names.candidates[...]) else {
            trace?.note("none of \(rules?.modelCount ?? 0) models with rules matches")
            return withMaker(names, provider: provider, trace: trace)
        }
        trace?.note("a rule of the book matches" + (fit.isSimilar ? ", except for the effort" : ""))
        return ModelMatch(
            model: fit.model, kind: .pattern, isFree: fit.isFree, guess: fit.isSimilar ? .approximate : nil)
    }

    /// For a platform that writes the maker before the model: the listed model for a name without its maker; `nil` if models
    /// of several makers have the name.
    private func withMaker(_ names: ModelNames, provider: UInt16, trace: MatchTrace?) -> ModelMatch? {
        guard ModelNames.Manner(provider: providers.ids[Int(provider)]) == .bedrock else { return nil }
        var found: ModelMatch?
        for maker in Makers.words {
            let candidates = names.candidates.lazy.filter { !$0.lacksGeography }.map { candidate in
                ModelNames.Candidate(name: "\(maker).\(candidate.name)", isFree: candidate.isFree)
            }
            guard let (_, match) = listed(Array(candidates), provider: provider) else { continue }
            guard found == nil || found?.model == match.model else { return nil }
            found = match
            found?.kind = .normalised
        }
        if found != nil { trace?.note("the book lists the name after its maker's") }
        return found
    }

    /// The first spelling that the book itself lists, and its index.
    private func listed(
        _ candidates: [ModelNames.Candidate], provider: UInt16
    ) -> (index: Int, match: ModelMatch)? {
        for (index, candidate) in candidates.enumerated() {
            if let target = providers.aliasTarget(provider: provider, name: candidate.name),
                let model = base.model(id: target)
            {
                return (index, ModelMatch(model: model, kind: .alias, isFree: candidate.isFree))
            }
            if let model = base.model(provider: provider, name: candidate) {
                let kind = index == 0 ? MatchKind.exact : .normalised
                return (index, ModelMatch(model: model, kind: kind, isFree: candidate.isFree))
            }
        }
        return nil
    }

    /// The model that a price file lists under a name.
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

    /// The model of a similar name: the same name without its date, `-latest` or `-preview`.
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
    /// Path segments behind a gateway's or provider's prefix that name an interface, not a model.
    static let innerSegments: Set<String> = ["converse", "converse_like", "invoke"]
}
