// SPDX-License-Identifier: Apache-2.0

/// The values that sets take over from the sets of ancestors.
extension DimensionStore {
    /// Adds to a set what an ancestor offers.
    ///
    /// - Parameters:
    ///   - own: The set, 0 for one without values.
    ///   - ancestor: The ancestor's set.
    ///   - rules: The number of dimensions.
    ///   - now: The table's clock, in nanoseconds.
    /// - Returns: For each dimension the better of both values, and of equally good ones the nearer; `nil` if nothing is
    ///   better, or if there is no room.
    mutating func inherit(_ own: UInt32, from ancestor: UInt32, rules: Int, at now: () -> UInt64) -> UInt32? {
        guard let (theirs, theirIndex) = place(of: ancestor) else { return nil }
        let mine = place(of: own)
        // Otherwise a value that is farther away would replace one that was forgotten.
        guard mine != nil || own == 0 else { return nil }
        var ranks = InlineArray<32, UInt8>(repeating: .max)
        if let (mine, index) = mine {
            for value in generations[mine].values(of: index) {
                ranks[Int(value.rule)] = min(ranks[Int(value.rule)], value.own)
            }
        }
        let isBetter = generations[theirs].values(of: theirIndex).contains { $0.offer < ranks[Int($0.rule)] }
        guard isBetter else { return nil }
        merged.removeAll(keepingCapacity: true)
        merged += repeatElement(nil, count: 2 * rules)
        if let (mine, index) = mine {
            for value in generations[mine].values(of: index) {
                if value.own != .max {
                    merged[Int(value.rule)] = Merged(rank: value.own, value: value, generation: mine, set: index)
                }
                if value.offer != .max {
                    merged[rules + Int(value.rule)] = Merged(
                        rank: value.offer, value: value, generation: mine, set: index)
                }
            }
        }
        for value in generations[theirs].values(of: theirIndex)
        where value.offer < merged[Int(value.rule)]?.rank ?? .max {
            merged[Int(value.rule)] = Merged(rank: value.offer, value: value, generation: theirs, set: theirIndex)
        }
        var draft = DimensionDraft()
        swap(&draft, &self.draft)
        fill(&draft, rules)
        let found = number(of: draft, at: now)
        swap(&draft, &self.draft)
        // Without the session, which did not fit, the set would say less than before.
        return found?.lacksSession == false ? found?.number : nil
    }

    /// Fills a draft with what was merged.
    private func fill(_ draft: inout DimensionDraft, _ rules: Int) {
        draft.removeAll()
        for rule in 0..<rules {
            let (own, offer) = (merged[rule], merged[rules + rule])
            if let own, let offer, hash(of: own) == hash(of: offer) {
                append(own, rule, own: own.rank, offer: offer.rank, to: &draft)
                continue
            }
            if let own { append(own, rule, own: own.rank, offer: .max, to: &draft) }
            if let offer { append(offer, rule, own: .max, offer: offer.rank, to: &draft) }
        }
    }

    private func append(_ value: Merged, _ rule: Int, own: UInt8, offer: UInt8, to draft: inout DimensionDraft) {
        draft.append(
            rule: UInt8(rule), own: own, offer: offer, hash: hash(of: value),
            generations[value.generation].bytes(of: value.value, in: value.set))
    }

    private func hash(of value: Merged) -> UInt64 {
        generations[value.generation].hash(of: value.value, in: value.set)
    }
}
