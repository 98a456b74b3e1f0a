// SPDX-License-Identifier: Apache-2.0
import OTLP
import Synchronization

/// The values behind ``DimensionSet`` numbers: for each span, its values of the ledger's dimensions, and the values that it
/// offers to its descendants.
///
/// Values may be different with every request. So the table keeps them in generations: new sets get new numbers, and when it is
/// full, it forgets its oldest generation, to which no waiting span can refer by then. A set that is met again in a later
/// generation gets a new number. If so many come that the oldest generation is still needed, further sets lose their session, and
/// without room for that, too, count as `none`.
package final class DimensionTable: Sendable {
    /// The dimensions that are read.
    package let rules: [DimensionRule]
    /// A secret of the process for hashes of values.
    let salt: UInt64
    /// Makes hashes of users; `nil` keeps users as they are.
    let userHash: KeyedTextHash?
    /// The dimension `user`, if it is read.
    let userRule: Int?
    /// The dimension whose values are kept apart, since there may be as many as there are calls; `nil` if it is not read.
    package let sessionRule: Int?
    private let users: UserTreatment
    /// By dimension, the best rank of a source that asks ancestors; `nil` if none does.
    private let ancestorRanks: [UInt8?]
    private let monotonicNanoseconds: @Sendable () -> UInt64
    private let store: Mutex<DimensionStore>
    private let latestEpoch = Atomic<UInt32>(0)

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - rules: The dimensions, at most ``DimensionRule/most``, each with at most 128 sources.
    ///   - users: What is kept of the dimension `user`.
    ///   - userKey: The secret of hashes of users, 16 bytes.
    ///   - limits: The bounds.
    ///   - firstNumber: The number of the first set.
    ///   - monotonicNanoseconds: A clock that never goes back.
    package init(
        rules: [DimensionRule], users: UserTreatment = .keep, userKey: [UInt8] = [],
        limits: DimensionLimits = DimensionLimits(), firstNumber: UInt32 = 1,
        monotonicNanoseconds: @escaping @Sendable () -> UInt64
    ) {
        precondition(rules.count <= DimensionRule.most, "too many dimensions")
        self.users = users
        let rules = rules.filter { users != .off || $0.name != DimensionRule.user }
        self.rules = rules
        userHash = users == .hash ? KeyedTextHash(key: userKey) : nil
        userRule = rules.firstIndex { $0.name == DimensionRule.user }
        let sessionRule = rules.firstIndex { $0.name == DimensionRule.session }
        self.sessionRule = sessionRule
        ancestorRanks = rules.map { rule in
            rule.sources.firstIndex { $0.asksAncestors }.map { UInt8(clamping: $0) }
        }
        let asksAncestors = rules.contains { $0.sources.contains { $0.asksAncestors } }
        nothing = DimensionSet(number: 0, seeksAncestors: asksAncestors, offersToDescendants: false)
        salt = .random(in: .min ... .max)
        self.monotonicNanoseconds = monotonicNanoseconds
        store = Mutex(
            DimensionStore(
                limits: limits, session: sessionRule, first: max(firstNumber & DimensionSet.numbers, 1)))
    }

    /// The set of a span without values.
    package let nothing: DimensionSet

    /// Whether the name of a label of the settings keeps the label from being a dimension of its own.
    ///
    /// - Parameter name: Its name.
    /// - Returns: Whether it is the name of a dimension, or `user` while the settings keep no users.
    package func covers(label name: String) -> Bool {
        rules.contains { $0.name == name } || users == .off && name == DimensionRule.user
    }

    /// Changes when numbers of sets are near to being forgotten: a reader that remembers numbers looks them up again then.
    var epoch: UInt32 { latestEpoch.load(ordering: .acquiring) }

    /// The number of sets that were left out because the table was full.
    package var overflows: UInt64 { store.withLock { $0.overflows } }

    /// The number of sets.
    package var count: Int { store.withLock { $0.count } }

    /// The bytes of all sets.
    package var bytes: Int { store.withLock { $0.bytes } }

    /// The set of a draft, which gets a number if it is new; ``nothing`` if there is no room.
    func set(of draft: DimensionDraft) -> DimensionSet { find(draft).set }

    /// The set of a draft, as ``set(of:)`` has it, and its base.
    ///
    /// - Returns: Both; no base if the set lacks values of the draft, since there is no room.
    func find(_ draft: DimensionDraft) -> (set: DimensionSet, base: DimensionSet?) {
        guard !draft.values.isEmpty else { return (nothing, nil) }
        return store.withLock { store in
            guard let found = store.number(of: draft, at: monotonicNanoseconds) else { return (nothing, nil) }
            latestEpoch.store(store.epoch, ordering: .releasing)
            let set = set(found.number, store)
            return (set, found.lacksSession ? nil : set.with(number: found.base))
        }
    }

    /// The set of a base and a session, which gets a number if it is new.
    ///
    /// - Parameters:
    ///   - base: The base, from ``find(_:)``.
    ///   - hash: The salted hash of the text of the session.
    ///   - text: The text.
    /// - Returns: The set; `nil` if only ``find(_:)`` can find it.
    func set(of base: DimensionSet, session hash: UInt64, _ text: Span<UInt8>) -> DimensionSet? {
        let number = store.withLock { store in store.number(ofBase: base.number, session: hash, text) }
        return number.map { base.with(number: $0) }
    }

    /// Combines a span's values with those that an ancestor offers.
    ///
    /// - Parameters:
    ///   - own: The span's set, which may include values of nearer ancestors already.
    ///   - ancestor: The ancestor's set.
    /// - Returns: For each dimension the better of both values, and of equally good ones the nearer.
    package func inherit(_ own: DimensionSet, from ancestor: DimensionSet) -> DimensionSet {
        store.withLock { store in
            let number = store.inherit(
                own.number, from: ancestor.number, rules: rules.count, at: monotonicNanoseconds)
            guard let number else { return own }
            latestEpoch.store(store.epoch, ordering: .releasing)
            return set(number, store)
        }
    }

    /// Splits the sets of calls into base and session.
    ///
    /// - Parameters:
    ///   - calls: The calls that have the sets.
    ///   - held: What the reader holds.
    ///   - parts: Gets the parts of the set of each; none for a set that was forgotten.
    package func split(
        _ calls: Span<ModelCall>, by held: inout HeldDimensions, into parts: inout [DimensionParts]
    ) {
        parts.removeAll(keepingCapacity: true)
        for index in calls.indices {
            let set = calls[index].dimensions
            if set.number == 0 {
                parts.append(DimensionParts())
            } else if let place = known(set, held) {
                parts.append(held.generation.parts(of: place))
            } else {
                return splitRest(calls.extracting(index...), by: &held, into: &parts)
            }
        }
    }

    /// ``split(_:by:into:)`` for calls of which the reader holds none, with one lock.
    private func splitRest(
        _ calls: Span<ModelCall>, by held: inout HeldDimensions, into parts: inout [DimensionParts]
    ) {
        store.withLock { store in
            for index in calls.indices { parts.append(store.parts(of: calls[index].dimensions.number)) }
            // Later calls mostly have sets of the same generation, and then need no lock.
            _ = store.hold(calls[0].dimensions.number, in: &held)
        }
    }

    /// Splits one set into base and session.
    package func parts(of set: DimensionSet) -> DimensionParts { store.withLock { $0.parts(of: set.number) } }

    /// ``inherit(_:from:)``, for the biller.
    package var inheriting: @Sendable (_ own: DimensionSet, _ ancestor: DimensionSet) -> DimensionSet {
        { own, ancestor in self.inherit(own, from: ancestor) }
    }

    /// What billing needs to know of a set, gathered from its values.
    private struct Flags {
        var ranks = InlineArray<24, UInt8>(repeating: .max)
        var offers = false

        mutating func add(_ rule: UInt8, _ own: UInt8, _ offer: UInt8) {
            if own != .max { ranks[Int(rule)] = own }
            if offer != .max { offers = true }
        }
    }

    private func set(_ number: UInt32, _ store: borrowing DimensionStore) -> DimensionSet {
        var flags = Flags()
        store.forEachValue(of: number) { value, _, _ in flags.add(value.rule, value.own, value.offer) }
        var seeks = false
        for rule in ancestorRanks.indices {
            if let rank = ancestorRanks[rule], rank < flags.ranks[rule] { seeks = true }
        }
        return DimensionSet(number: number, seeksAncestors: seeks, offersToDescendants: flags.offers)
    }

    /// The values of a span itself, without what it only offers.
    ///
    /// - Parameters:
    ///   - number: The number of its set, or of the base of that.
    ///   - values: Gets the values, in the order of the dimensions; none for a set that was forgotten, and no session of a base
    ///     that its sets have each for themselves.
    package func read(_ number: UInt32, into values: inout DimensionValues) {
        values.removeAll()
        store.withLock { store in
            store.forEachValue(of: number) { value, hash, text in
                // The session of a base has no text; no other value is empty.
                if value.own != .max, !text.isEmpty { values.append(Int(value.rule), hash, text) }
            }
        }
    }

    /// The index of a set in what a reader holds; `nil` if the reader has to ask for it.
    @inline(__always)
    private func known(_ set: DimensionSet, _ held: borrowing HeldDimensions) -> Int? {
        held.epoch == epoch ? held.generation.index(ofNumber: set.number) : nil
    }

    /// Copies the text of a span's own value of one dimension.
    ///
    /// - Parameters:
    ///   - rule: The index of the dimension in ``rules``.
    ///   - set: The span's set.
    ///   - held: What the reader holds.
    ///   - text: Gets the text, as UTF-8.
    /// - Returns: Whether the span has a value.
    package func read(
        _ rule: Int, of set: DimensionSet, by held: inout HeldDimensions, into text: inout [UInt8]
    ) -> Bool {
        if let index = known(set, held) { return held.generation.read(rule, of: index, into: &text) }
        return store.withLock { store in
            _ = store.hold(set.number, in: &held)
            return store.read(rule, of: set.number, into: &text)
        }
    }

    // MARK: Records

    /// A value of a set in a record.
    package struct RecordedValue: Sendable, Equatable {
        /// The name of the dimension.
        package var name: String
        /// The rank of the source of the span's own value; `.max` if it is none.
        package var own: UInt8
        /// The rank of the source by which descendants may inherit it; `.max` if they may not.
        package var offer: UInt8
        /// Whether the text is a hash of the user.
        package var isHashed: Bool
        package var text: String

        package init(name: String, own: UInt8, offer: UInt8, isHashed: Bool, text: String) {
            (self.name, self.own, self.offer) = (name, own, offer)
            (self.isHashed, self.text) = (isHashed, text)
        }
    }

    /// Whether the values of a set are known.
    package func holds(_ set: DimensionSet) -> Bool { store.withLock { $0.holds(set.number) } }

    /// Whether a set has its number from the newest generation, so that it is not near to being forgotten.
    package func isNew(_ set: DimensionSet) -> Bool { store.withLock { $0.isNew(set.number) } }

    /// All values of a set, for a record; none for a set that was forgotten.
    package func recorded(_ set: DimensionSet) -> [RecordedValue] {
        var values: [RecordedValue] = []
        forEachRecorded(set) { rule, own, offer, isHashed, text in
            values.append(
                RecordedValue(
                    name: rules[rule].name, own: own, offer: offer, isHashed: isHashed,
                    text: String(decoding: text, as: UTF8.self)))
        }
        return values
    }

    /// Calls a function with each value of a set, as ``recorded(_:)`` has them but without making texts.
    ///
    /// - Parameters:
    ///   - set: The set.
    ///   - body: Gets the index of the dimension in ``rules``, the ranks, whether the text is a hash, and the text as UTF-8.
    package func forEachRecorded(
        _ set: DimensionSet,
        _ body: (_ rule: Int, _ own: UInt8, _ offer: UInt8, _ isHashed: Bool, _ text: ArraySlice<UInt8>) -> Void
    ) {
        forEachOfBase(set.number) { rule, own, offer, isHashed, text in body(rule, own, offer, isHashed, text ?? []) }
    }

    /// Calls a function with each value of a set or base, as ``forEachRecorded(_:_:)`` does; the session of a base has no text.
    package func forEachOfBase(
        _ number: UInt32,
        _ body: (_ rule: Int, _ own: UInt8, _ offer: UInt8, _ isHashed: Bool, _ text: ArraySlice<UInt8>?) -> Void
    ) {
        store.withLock { store in
            let isBase = store.isBase(number)
            store.forEachValue(of: number) { value, _, text in
                let (rule, isText) = (Int(value.rule), !isBase || value.text != DimensionGeneration.Value.session)
                body(rule, value.own, value.offer, userHash != nil && rule == userRule, isText ? text : nil)
            }
        }
    }

    /// Copies the text of a set's session, for a record.
    ///
    /// - Parameters:
    ///   - set: The set.
    ///   - text: Gets the text.
    /// - Returns: The number of the set's base; `nil` if it has no session, or was forgotten.
    package func readSession(of set: DimensionSet, into text: inout [UInt8]) -> UInt32? {
        store.withLock { $0.session(of: set.number, into: &text) }
    }

    /// The set of recorded values, by the dimensions and the treatment of users of now.
    ///
    /// A dimension that is no longer read is left out. A user that is recorded by name is hashed if the settings ask for that now;
    /// a hash stays one.
    package func set(ofRecorded values: [RecordedValue]) -> DimensionSet {
        var draft = DimensionDraft()
        for rule in rules.indices where !rules[rule].sources.isEmpty {
            for value in values where value.name == rules[rule].name {
                let last = UInt8(clamping: rules[rule].sources.count - 1)
                func fitting(_ rank: UInt8) -> UInt8 { rank == .max ? rank : min(rank, last) }
                var text = Array(value.text.utf8)
                if let userHash, rule == userRule, !value.isHashed { text = userHash.text(of: text.span) }
                draft.append(
                    rule: UInt8(rule), own: fitting(value.own), offer: fitting(value.offer),
                    hash: text.span.hash(at: 0, length: text.count, salt: salt), text)
            }
        }
        return set(of: draft)
    }

    /// Sets whether the oldest sets may be forgotten although spans wait: while a journal is read, its clock stands still.
    package func setReplaying(_ isReplaying: Bool) { store.withLock { $0.forgetsEarly = isReplaying } }
}
