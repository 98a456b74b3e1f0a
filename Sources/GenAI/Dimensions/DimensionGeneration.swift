// SPDX-License-Identifier: Apache-2.0

/// Sets of values of one age: their numbers follow each other, and they are forgotten together.
///
/// A set with a session is a base and the text of the session; sets that differ only in the session share the base.
struct DimensionGeneration: Sendable {
    /// A value of a set: a text, and what it is good for.
    struct Value: Sendable {
        /// The dimension.
        var rule: UInt8
        /// The rank of the source that gave the span's own value; `.max` if it is none.
        var own: UInt8
        /// The rank of the source by which descendants may inherit the value; `.max` if they may not.
        var offer: UInt8
        /// The number of the text; ``session`` for that of the set's session.
        var text: UInt32

        /// Stands for the text of a session.
        static var session: UInt32 { .max }
    }

    /// The values of a set, or its session.
    private enum Entry {
        case values(first: UInt32, end: UInt32)
        case session(UInt32)
    }

    private struct Session {
        /// The index of the base.
        var base: UInt32
        /// Where its text ends.
        var end: UInt32
        var hash: UInt64
    }

    /// The number of its first set.
    private(set) var first: UInt32
    /// When it got its last set and the next generation began, in nanoseconds of the table's clock.
    var ended: UInt64 = 0
    private var sets = HashIndex()
    private var entries: [Entry] = []
    private var values: [Value] = []
    private var sessions: [Session] = []
    private var bytesOfSessions: [UInt8] = []
    private var texts = HashIndex()
    /// By text, where its bytes end.
    private var textEnds: [UInt32] = []
    private var bytesOfTexts: [UInt8] = []

    /// Makes an empty generation.
    ///
    /// - Parameter first: The number of its first set.
    init(first: UInt32) { self.first = first }

    /// Forgets everything, and keeps the memory for other sets.
    ///
    /// - Parameter first: The number of the first of these other sets.
    mutating func beginAgain(first: UInt32) {
        (self.first, ended) = (first, 0)
        sets.removeAll()
        entries.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        sessions.removeAll(keepingCapacity: true)
        bytesOfSessions.removeAll(keepingCapacity: true)
        texts.removeAll()
        textEnds.removeAll(keepingCapacity: true)
        bytesOfTexts.removeAll(keepingCapacity: true)
    }

    /// The number of sets.
    var count: Int { entries.count }

    /// The bytes of memory that its sets need.
    var bytes: Int {
        sets.count * (HashIndex.entryBytes + MemoryLayout<Entry>.stride)
            + values.count * MemoryLayout<Value>.stride + sessions.count * MemoryLayout<Session>.stride
            + texts.count * (HashIndex.entryBytes + 4) + bytesOfTexts.count + bytesOfSessions.count
    }

    /// The index of the set with a number; `nil` if it is not here.
    @inline(__always)
    func index(ofNumber number: UInt32) -> Int? {
        let index = Int(number >= first ? number - first : number &+ DimensionSet.numbers &- first)
        return index < count ? index : nil
    }

    /// The number of the set with an index.
    @inline(__always)
    func number(of index: Int) -> UInt32 {
        let number = first &+ UInt32(truncatingIfNeeded: index)
        return number > DimensionSet.numbers ? number &- DimensionSet.numbers : number
    }

    /// The index of a set; `nil` if it is not here.
    func index(of identity: UInt64) -> UInt32? { sets.number(of: identity) }

    /// The index of a set's base; its own if it has no session.
    @inline(__always)
    func base(of index: Int) -> Int {
        if case .session(let number) = entries[index] { Int(sessions[Int(number)].base) } else { index }
    }

    /// Splits a set into base and session.
    @inline(__always)
    func parts(of index: Int) -> DimensionParts {
        guard case .session(let number) = entries[index] else { return DimensionParts(whole: self.number(of: index)) }
        let session = sessions[Int(number)]
        var parts = DimensionParts(whole: self.number(of: Int(session.base)))
        guard case .values(let first, let end) = entries[Int(session.base)] else { return parts }
        // The session may only be offered to descendants.
        for value in Int(first)..<Int(end) where values[value].text == Value.session && values[value].own != .max {
            parts.session = session.hash
        }
        return parts
    }

    /// The hash by which ``index(of:)`` finds a set.
    func identity(of index: Int) -> UInt64 { sets.hashes[index] }

    /// The values of a set, ordered by dimension.
    ///
    /// The text of ``Value/session`` is in ``textOfSession(of:)``.
    func values(of index: Int) -> ArraySlice<Value> {
        guard case .values(let first, let end) = entries[base(of: index)] else { return [] }
        return values[Int(first)..<Int(end)]
    }

    /// The hash of the text of a value of a set.
    func hash(of value: Value, in set: Int) -> UInt64 {
        guard value.text == Value.session else { return texts.hashes[Int(value.text)] }
        guard case .session(let number) = entries[set] else { return 0 }
        return sessions[Int(number)].hash
    }

    /// The bytes of the text of a value of a set.
    func bytes(of value: Value, in set: Int) -> ArraySlice<UInt8> {
        guard value.text == Value.session else {
            return bytesOfTexts[Self.start(Int(value.text), textEnds)..<Int(textEnds[Int(value.text)])]
        }
        return textOfSession(of: set)
    }

    /// The text of the session of a set; empty for a base.
    func textOfSession(of set: Int) -> ArraySlice<UInt8> {
        guard case .session(let number) = entries[set] else { return [] }
        let start = number == 0 ? 0 : sessions[Int(number) - 1].end
        return bytesOfSessions[Int(start)..<Int(sessions[Int(number)].end)]
    }

    /// Copies the text of a set's own value of one dimension.
    ///
    /// - Returns: `false` if it has none.
    func read(_ rule: Int, of set: Int, into text: inout [UInt8]) -> Bool {
        for value in values(of: set) where Int(value.rule) == rule && value.own != .max {
            text.removeAll(keepingCapacity: true)
            text += bytes(of: value, in: set)
            return true
        }
        return false
    }

    private static func start(_ index: Int, _ ends: [UInt32]) -> Int { index == 0 ? 0 : Int(ends[index - 1]) }

    // MARK: Adding

    /// Adds a set.
    ///
    /// - Parameters:
    ///   - identity: Its hash.
    ///   - values: Its values.
    ///   - session: The index of the value whose text is left out, if the set is a base.
    ///   - bytes: The bytes of their texts.
    /// - Returns: Its index.
    mutating func append(
        _ identity: UInt64, _ values: [DimensionDraft.Value], session: Int? = nil, _ bytes: [UInt8]
    ) -> UInt32 {
        let first = UInt32(self.values.count)
        for (index, value) in values.enumerated() {
            let text = index == session ? Value.session : text(value.hash, bytes[value.range])
            self.values.append(Value(rule: value.rule, own: value.own, offer: value.offer, text: text))
        }
        entries.append(.values(first: first, end: UInt32(self.values.count)))
        return sets.append(identity)
    }

    /// Adds a set of a base and a session.
    ///
    /// - Parameters:
    ///   - identity: Its hash.
    ///   - base: The index of the base.
    ///   - hash: The hash of the text of the session.
    ///   - text: The text.
    /// - Returns: Its index.
    mutating func append(_ identity: UInt64, base: UInt32, session hash: UInt64, _ text: Span<UInt8>) -> UInt32 {
        bytesOfSessions.append(text)
        entries.append(.session(UInt32(sessions.count)))
        sessions.append(Session(base: base, end: UInt32(bytesOfSessions.count), hash: hash))
        return sets.append(identity)
    }

    /// The number of a text, which is added if it is new.
    private mutating func text(_ hash: UInt64, _ bytes: ArraySlice<UInt8>) -> UInt32 {
        if let known = texts.number(of: hash) { return known }
        bytesOfTexts += bytes
        textEnds.append(UInt32(bytesOfTexts.count))
        return texts.append(hash)
    }
}

/// A full generation of a ``DimensionTable`` in the hands of a reader, who reads its sets without a lock.
///
/// A full generation does not change. A reader uses it until the table begins another one, and keeps its memory, at most
/// ``DimensionLimits/bytesOfGeneration``, until it takes the next.
package struct HeldDimensions: Sendable {
    var generation = DimensionGeneration(first: 0)
    /// The table's epoch when the reader took it.
    var epoch: UInt32 = 0

    package init() {}
}

/// The bounds of a ``DimensionTable``.
package struct DimensionLimits: Sendable {
    /// The number of generations: the memory that the table may need, in parts that are forgotten as a whole.
    package var generations = 16
    /// The sets of one generation, 524,288 in all; as many sessions fit into its bytes.
    package var setsOfGeneration = 32_768
    /// The bytes of one generation, 32 MiB in all; the last set of each generation may exceed them.
    package var bytesOfGeneration = 2 << 20
    /// How long a generation stays after it was full, in nanoseconds.
    ///
    /// Half of it is longer than a span may wait until it is decided and its price is stored.
    package var leastNanoseconds: UInt64 = 60_000_000_000

    package init() {}
}
