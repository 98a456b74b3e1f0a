// SPDX-License-Identifier: Apache-2.0

/// The generations of a ``DimensionTable``.
struct DimensionStore: Sendable {
    private let limits: DimensionLimits
    /// The dimension whose values are kept apart from those of the others; `nil` if there is none.
    private let session: Int?
    /// The oldest first; never empty.
    var generations: [DimensionGeneration]
    /// The number of generations so far.
    private(set) var epoch: UInt32 = 0
    private(set) var overflows: UInt64 = 0
    /// Whether the oldest generation may go however young it is.
    var forgetsEarly = false
    /// The values of the set that is merged: those of each dimension, the span's own and what it offers.
    var merged: [Merged?] = []
    var draft = DimensionDraft()

    struct Merged {
        var rank: UInt8
        var value: DimensionGeneration.Value
        var generation: Int
        var set: Int
    }

    /// The number of a set.
    struct Found {
        var number: UInt32
        /// The number of its base; its own if it has no session.
        var base: UInt32
        /// Whether it lacks the session of the draft, since there was no room.
        var lacksSession = false
    }

    /// The generations behind the newest one that are looked at when there is no room.
    private static let lookedAt = 3

    /// Makes a store.
    ///
    /// - Parameters:
    ///   - limits: Its bounds.
    ///   - session: The dimension whose values are kept apart; `nil` for none.
    ///   - first: The number of the first set, at least 1.
    init(limits: DimensionLimits, session: Int?, first: UInt32) {
        self.limits = limits
        self.session = session
        generations = [DimensionGeneration(first: first)]
    }

    /// The number of sets.
    var count: Int { generations.reduce(0) { $0 + $1.count } }

    /// The bytes of all sets.
    var bytes: Int { generations.reduce(0) { $0 + $1.bytes } }

    // MARK: Numbers

    /// The number of a set, which is added if it is new.
    ///
    /// - Parameters:
    ///   - draft: The set.
    ///   - now: The table's clock, in nanoseconds.
    /// - Returns: The number; without room for the session, that of the set without it; `nil` without any room.
    mutating func number(of draft: DimensionDraft, at now: () -> UInt64) -> Found? {
        let identity = draft.identity(session: session)
        if let found = known(identity.hash, generations.count - 1) { return found }
        guard let newest = makeRoom(at: now) else {
            // An older number serves as well, if it is known for long enough. In a burst of new sets most are in no generation,
            // so that few are looked at.
            let now = now()
            for generation in generations.indices.dropLast().suffix(Self.lookedAt).reversed()
            where age(of: generation, now) < limits.leastNanoseconds / 2 {
                if let found = known(identity.hash, generation) { return found }
            }
            overflows += 1
            return identity.session == nil ? nil : numberWithoutSession(of: draft)
        }
        let base = number(ofBase: identity.base, draft, in: newest)
        guard let hash = identity.session, let session = draft.session(session) else {
            return Found(number: number(base, newest), base: number(base, newest))
        }
        let text = draft.bytes.span.extracting(draft.values[session].range)
        let index = generations[newest].append(identity.hash, base: base, session: hash, text)
        return Found(number: number(index, newest), base: number(base, newest))
    }

    /// The number of a set of a known base and a session, which is added if it is new.
    ///
    /// - Parameters:
    ///   - base: The number of the base.
    ///   - hash: The hash of the text of the session.
    ///   - text: The text.
    /// - Returns: The number; `nil` if there is no room, or if the base is not of the newest generation.
    mutating func number(
        ofBase base: UInt32, session hash: UInt64, _ text: Span<UInt8>
    ) -> UInt32? {
        let newest = generations.count - 1
        guard !isFull(newest), let place = place(of: base), place.generation == newest else { return nil }
        let identity = DimensionIdentity.hash(
            ofBase: generations[newest].identity(of: place.index), session: hash)
        if let index = generations[newest].index(of: identity) { return number(index, newest) }
        // A statement of its own: as an argument of a method it would copy the whole generation.
        let index = generations[newest].append(identity, base: UInt32(place.index), session: hash, text)
        return number(index, newest)
    }

    private func known(_ identity: UInt64, _ generation: Int) -> Found? {
        guard let index = generations[generation].index(of: identity) else { return nil }
        let base = UInt32(generations[generation].base(of: Int(index)))
        return Found(number: number(index, generation), base: number(base, generation))
    }

    private mutating func number(ofBase identity: UInt64, _ draft: DimensionDraft, in newest: Int) -> UInt32 {
        if let known = generations[newest].index(of: identity) { return known }
        return generations[newest].append(
            identity, draft.values, session: draft.session(session), draft.bytes)
    }

    /// The number of a set whose session found no room; each generation has some room for such sets beyond its limit.
    private mutating func numberWithoutSession(of draft: DimensionDraft) -> Found? {
        var draft = draft
        if let session { draft.remove(session) }
        let (identity, newest) = (draft.identity(session: session).base, generations.count - 1)
        let mayGrow = generations[newest].count < limits.setsOfGeneration + limits.setsOfGeneration / 8
        guard !draft.values.isEmpty, mayGrow || generations[newest].index(of: identity) != nil else { return nil }
        let index = number(ofBase: identity, draft, in: newest)
        return Found(number: number(index, newest), base: number(index, newest), lacksSession: true)
    }

    /// Copies the text of a set's session.
    ///
    /// - Returns: The number of the base; `nil` if the set has no session, or was forgotten.
    func session(of number: UInt32, into text: inout [UInt8]) -> UInt32? {
        guard let (generation, index) = place(of: number) else { return nil }
        let base = generations[generation].base(of: index)
        guard base != index else { return nil }
        text.removeAll(keepingCapacity: true)
        text += generations[generation].textOfSession(of: index)
        return self.number(UInt32(base), generation)
    }

    /// Splits a set into base and session; neither for a set that was forgotten.
    func parts(of number: UInt32) -> DimensionParts {
        place(of: number).map { generations[$0.generation].parts(of: $0.index) } ?? DimensionParts()
    }

    // MARK: Values

    /// Calls a function with the values of a set and the hashes of their texts; not at all for a set that was forgotten.
    func forEachValue(
        of number: UInt32, _ body: (DimensionGeneration.Value, _ hash: UInt64, _ text: ArraySlice<UInt8>) -> Void
    ) {
        guard let (generation, index) = place(of: number) else { return }
        for value in generations[generation].values(of: index) {
            body(
                value, generations[generation].hash(of: value, in: index),
                generations[generation].bytes(of: value, in: index))
        }
    }

    /// Whether a number is that of a base or of a set without a session.
    func isBase(_ number: UInt32) -> Bool {
        place(of: number).map { generations[$0.generation].base(of: $0.index) == $0.index } ?? false
    }

    /// Copies the text of a set's own value of one dimension; `false` if it has none.
    func read(_ rule: Int, of number: UInt32, into text: inout [UInt8]) -> Bool {
        guard let (generation, index) = place(of: number) else { return false }
        return generations[generation].read(rule, of: index, into: &text)
    }

    /// Gives a reader the generation of a set, if it is full.
    ///
    /// - Parameters:
    ///   - number: The number of the set.
    ///   - held: Gets the generation.
    /// - Returns: The index of the set in it; `nil` for a set of the newest generation, and for one that was forgotten.
    func hold(_ number: UInt32, in held: inout HeldDimensions) -> Int? {
        guard let (generation, index) = place(of: number), generation < generations.count - 1 else { return nil }
        (held.generation, held.epoch) = (generations[generation], epoch)
        return index
    }

    /// Whether a set is known.
    func holds(_ number: UInt32) -> Bool { place(of: number) != nil }

    /// Whether a set is one of the newest generation.
    func isNew(_ number: UInt32) -> Bool { place(of: number)?.generation == generations.count - 1 }

    // MARK: Generations

    /// How long a generation has been full.
    private func age(of generation: Int, _ now: UInt64) -> UInt64 {
        now > generations[generation].ended ? now - generations[generation].ended : 0
    }

    private func number(_ index: UInt32, _ generation: Int) -> UInt32 {
        generations[generation].number(of: Int(index))
    }

    func place(of number: UInt32) -> (generation: Int, index: Int)? {
        guard number != 0 else { return nil }
        for generation in generations.indices.reversed() {
            if let index = generations[generation].index(ofNumber: number) { return (generation, index) }
        }
        return nil
    }

    private func isFull(_ generation: Int) -> Bool {
        generations[generation].count >= limits.setsOfGeneration
            || generations[generation].bytes >= limits.bytesOfGeneration
    }

    /// Begins a generation if the newest one is full.
    ///
    /// - Returns: The newest one; `nil` if there is no room.
    private mutating func makeRoom(at now: () -> UInt64) -> Int? {
        let newest = generations.count - 1
        guard isFull(newest) else { return newest }
        let now = now()
        let isComplete = generations.count == limits.generations
        guard !isComplete || forgetsEarly || age(of: 0, now) >= limits.leastNanoseconds else { return nil }
        generations[newest].ended = now
        let first = generations[newest].number(of: generations[newest].count)
        if isComplete {
            var oldest = generations.removeFirst()
            oldest.beginAgain(first: first)
            generations.append(oldest)
        } else {
            generations.append(DimensionGeneration(first: first))
        }
        epoch &+= 1
        return generations.count - 1
    }
}
