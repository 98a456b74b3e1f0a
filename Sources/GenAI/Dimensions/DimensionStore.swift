// SPDX-License-Identifier: Apache-2.0

/// The generations of a ``DimensionTable``.
struct DimensionStore: Sendable {
    private let limits: DimensionLimits
    /// The oldest first; never empty.
    private var generations: [DimensionGeneration]
    /// The number of generations so far.
    private(set) var epoch: UInt32 = 0
    private(set) var overflows: UInt64 = 0
    /// Whether the oldest generation may go however young it is.
    var forgetsEarly = false
    /// The values of the set that is merged: those of each dimension, the span's own and what it offers.
    private var merged: [Merged?] = []

    private struct Merged {
        var rank: UInt8
        var generation: Int
        var text: UInt32
    }

    /// The generations behind the newest one that are looked at when there is no room.
    private static let lookedAt = 3

    /// Makes a store.
    ///
    /// - Parameters:
    ///   - limits: Its bounds.
    ///   - first: The number of the first set, at least 1.
    init(limits: DimensionLimits, first: UInt32) {
        self.limits = limits
        generations = [DimensionGeneration(first: first)]
    }

    /// The number of sets.
    var count: Int { generations.reduce(0) { $0 + $1.count } }

    /// The bytes of all sets.
    var bytes: Int { generations.reduce(0) { $0 + $1.bytes } }

    /// The number of a set, which is added if it is new.
    ///
    /// - Parameters:
    ///   - draft: The set.
    ///   - now: Nanoseconds of the table's clock.
    /// - Returns: The number; `nil` if there is no room.
    mutating func number(of draft: DimensionDraft, at now: UInt64) -> UInt32? {
        let (identity, newest) = (draft.identity, generations.count - 1)
        if let index = generations[newest].index(of: identity) { return number(index, newest) }
        guard let newest = makeRoom(at: now) else {
            // An older number serves as well, if it is known for long enough. In a burst of new sets most are in no generation,
            // so that few are looked at.
            for generation in generations.indices.dropLast().suffix(Self.lookedAt).reversed()
            where age(of: generation, now) < limits.leastNanoseconds / 2 {
                if let index = generations[generation].index(of: identity) { return number(index, generation) }
            }
            overflows += 1
            return nil
        }
        for value in draft.values {
            let text = generations[newest].text(value.hash, draft.bytes[value.range])
            generations[newest].append(
                DimensionGeneration.Value(rule: value.rule, own: value.own, offer: value.offer, text: text))
        }
        // A statement of its own: as an argument of a method it would copy the whole generation.
        let index = generations[newest].append(identity)
        return number(index, newest)
    }

    /// Calls a function with the values of a set and the hashes of their texts; not at all for a set that was forgotten.
    func forEachValue(
        of number: UInt32, _ body: (DimensionGeneration.Value, _ hash: UInt64, _ text: ArraySlice<UInt8>) -> Void
    ) {
        guard let (generation, index) = place(of: number) else { return }
        for value in generations[generation].values(of: index) {
            body(value, generations[generation].hash(of: value.text), generations[generation].bytes(of: value.text))
        }
    }

    /// Whether a set is known.
    func holds(_ number: UInt32) -> Bool { place(of: number) != nil }

    /// Whether a set is one of the newest generation.
    func isNew(_ number: UInt32) -> Bool { place(of: number)?.generation == generations.count - 1 }

    /// Adds to a set what an ancestor offers.
    ///
    /// - Parameters:
    ///   - own: The set, 0 for one without values.
    ///   - ancestor: The ancestor's set.
    ///   - rules: The number of dimensions.
    ///   - now: Nanoseconds of the table's clock.
    /// - Returns: For each dimension the better of both values, and of equally good ones the nearer; `nil` if nothing is
    ///   better, or if there is no room.
    mutating func inherit(_ own: UInt32, from ancestor: UInt32, rules: Int, at now: UInt64) -> UInt32? {
        guard let (theirs, theirIndex) = place(of: ancestor) else { return nil }
        merged.removeAll(keepingCapacity: true)
        merged += repeatElement(nil, count: 2 * rules)
        if own != 0 {
            // What was forgotten would otherwise be replaced by what is farther away.
            guard let (mine, index) = place(of: own) else { return nil }
            for value in generations[mine].values(of: index) {
                if value.own != .max {
                    merged[Int(value.rule)] = Merged(rank: value.own, generation: mine, text: value.text)
                }
                if value.offer != .max {
                    merged[rules + Int(value.rule)] = Merged(rank: value.offer, generation: mine, text: value.text)
                }
            }
        }
        var isBetter = false
        for value in generations[theirs].values(of: theirIndex) where value.offer != .max {
            guard value.offer < merged[Int(value.rule)]?.rank ?? .max else { continue }
            merged[Int(value.rule)] = Merged(rank: value.offer, generation: theirs, text: value.text)
            isBetter = true
        }
        return isBetter ? numberOfMerged(rules, at: now) : nil
    }

    private mutating func numberOfMerged(_ rules: Int, at now: UInt64) -> UInt32? {
        let draft = draftOfMerged(rules)
        return number(of: draft, at: now)
    }

    private func draftOfMerged(_ rules: Int) -> DimensionDraft {
        var draft = DimensionDraft()
        for rule in 0..<rules {
            let (own, offer) = (merged[rule], merged[rules + rule])
            func append(_ value: Merged, own: UInt8, offer: UInt8) {
                let generation = generations[value.generation]
                draft.append(
                    rule: UInt8(rule), own: own, offer: offer, hash: generation.hash(of: value.text),
                    generation.bytes(of: value.text))
            }
            if let own, let offer, hash(of: own) == hash(of: offer) {
                append(own, own: own.rank, offer: offer.rank)
                continue
            }
            if let own { append(own, own: own.rank, offer: .max) }
            if let offer { append(offer, own: .max, offer: offer.rank) }
        }
        return draft
    }

    private func hash(of value: Merged) -> UInt64 { generations[value.generation].hash(of: value.text) }

    // MARK: Generations

    /// How long a generation has been full.
    private func age(of generation: Int, _ now: UInt64) -> UInt64 {
        now > generations[generation].ended ? now - generations[generation].ended : 0
    }

    private func number(_ index: UInt32, _ generation: Int) -> UInt32 {
        Self.number(after: generations[generation].first, index)
    }

    /// The number that comes some steps after another one; 0 is left out.
    private static func number(after first: UInt32, _ steps: UInt32) -> UInt32 {
        let number = first &+ steps
        return number > DimensionSet.numbers ? number &- DimensionSet.numbers : number
    }

    private func place(of number: UInt32) -> (generation: Int, index: Int)? {
        guard number != 0 else { return nil }
        for generation in generations.indices.reversed() {
            let first = generations[generation].first
            let index = Int(number >= first ? number - first : number &+ DimensionSet.numbers &- first)
            if index < generations[generation].count { return (generation, index) }
        }
        return nil
    }

    /// Begins a generation if the newest one is full.
    ///
    /// - Returns: The newest one; `nil` if there is no room.
    private mutating func makeRoom(at now: UInt64) -> Int? {
        let newest = generations.count - 1
        guard
            generations[newest].count >= limits.setsOfGeneration
                || generations[newest].bytes >= limits.bytesOfGeneration
        else { return newest }
        if generations.count == limits.generations {
            guard forgetsEarly || age(of: 0, now) >= limits.leastNanoseconds else { return nil }
            generations.removeFirst()
        }
        let last = generations.count - 1
        generations[last].ended = now
        generations.append(
            DimensionGeneration(first: Self.number(after: generations[last].first, UInt32(generations[last].count))))
        epoch &+= 1
        return last + 1
    }
}

/// The bounds of a ``DimensionTable``.
package struct DimensionLimits: Sendable {
    /// The number of generations: the memory that the table may need, in parts that are forgotten as a whole.
    package var generations = 16
    /// The sets of one generation: 131,072 in all.
    package var setsOfGeneration = 8_192
    /// The bytes of one generation: 32 MiB in all, and one set more for each.
    package var bytesOfGeneration = 2 << 20
    /// How long a generation stays after it was full, in nanoseconds.
    ///
    /// Half of it is longer than a span may wait until it is decided and its price is stored.
    package var leastNanoseconds: UInt64 = 60_000_000_000

    package init() {}
}
