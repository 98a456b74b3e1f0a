// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// What the spans of each sender proved: whether its input excludes cached tokens, and its output reasoning.
///
/// A sender here is one manner of counting: a whole resource, a scope, a provider with its manner of counting, an operation,
/// streamed or not. Only senders whose proofs may move parts are remembered: most prove only what is assumed anyway, that a
/// whole includes its parts, as the conventions define it.
///
/// Memory: 48 bytes a sender, taken in whole with the first proof; at most ``most`` senders. Beyond that the sender of those
/// in the same set of four whose latest span came first is forgotten, and counted.
struct SideEvidence {
    private struct Entry {
        var key: UInt64 = 0
        var cache: SideProofs = []
        var reasoning: SideProofs = []
        /// A hash of the counts of the first pair of another's span and one of the sender; 0 for none.
        var firstPair: UInt16 = 0
        /// When a span last asked, as a number that counts them.
        var latest: UInt32 = 0
        /// Who it is, for a later process.
        var sender = EvidentSender()
    }

    private var entries: [Entry] = []
    private var clock: UInt32 = 0
    /// Number of remembered senders.
    private(set) var count = 0
    /// Number of senders that were forgotten.
    private(set) var forgotten: UInt64 = 0

    /// The largest number of remembered senders: 16,384, which take 768 KiB.
    static var most: Int { 16_384 }
    private static var ways: Int { 4 }

    /// Whether no sender has proved anything.
    @inline(__always)
    var isEmpty: Bool { count == 0 }

    /// What the spans of a sender proved.
    ///
    /// - Parameter key: The sender; not 0.
    /// - Returns: Nothing for a sender that is not remembered.
    mutating func proofs(of key: UInt64) -> (cache: SideProofs, reasoning: SideProofs) {
        guard let index = index(of: key) else { return ([], []) }
        clock &+= 1
        entries[index].latest = clock
        return (entries[index].cache, entries[index].reasoning)
    }

    /// Takes what a span proves.
    ///
    /// - Parameters:
    ///   - sides: What the span proves.
    ///   - key: Its sender; not 0.
    ///   - sender: Who that is.
    /// - Returns: Whether other spans of the sender are to be counted in another way now.
    mutating func note(_ sides: UsageSides, of key: UInt64, _ sender: @autoclosure () -> EvidentSender) -> Bool {
        guard let index = index(of: key) ?? (sides.mayPlace ? claimIndex(for: key, sender()) : nil) else {
            return false
        }
        clock &+= 1
        entries[index].latest = clock
        let cache = entries[index].cache.note(sides.cache, suffices: sides.counting.contains(.cacheBesideInput))
        let reasoning = entries[index].reasoning.note(
            sides.reasoning, suffices: sides.counting.contains(.reasoningBesideOutput))
        return cache || reasoning
    }

    /// Takes what two spans of one call prove together, one of them the sender's.
    ///
    /// The counts of another process may be wrong, so one pair with a span of another process proves nothing about the
    /// sender's other spans. Two pairs with different counts do.
    ///
    /// - Parameters:
    ///   - counts: A hash of the counts of the pair; not 0.
    ///   - suffices: Whether the pair alone proves that the input excludes cached tokens.
    ///   - key: The sender; not 0.
    ///   - sender: Who that is.
    /// - Returns: Whether other spans of the sender are to be counted in another way now.
    mutating func notePair(
        _ counts: UInt16, suffices: Bool, of key: UInt64, _ sender: @autoclosure () -> EvidentSender
    ) -> Bool {
        let index = index(of: key) ?? claimIndex(for: key, sender())
        clock &+= 1
        entries[index].latest = clock
        if entries[index].firstPair == 0 { entries[index].firstPair = counts }
        guard suffices || entries[index].firstPair != counts else { return false }
        return entries[index].cache.note(.besideByTotal, suffices: false)
    }

    private func index(of key: UInt64) -> Int? {
        guard !entries.isEmpty else { return nil }
        let first = Self.set(of: key)
        for index in first..<first + Self.ways where entries[index].key == key { return index }
        return nil
    }

    /// What all remembered senders proved, for a later process, the one whose latest span came first in front.
    var all: [(sender: EvidentSender, proofs: RecordedProofs)] {
        entries.filter { $0.key != 0 }.sorted { $0.latest < $1.latest }.map { entry in
            (
                entry.sender,
                RecordedProofs(
                    cache: entry.cache.rawValue, reasoning: entry.reasoning.rawValue, firstPair: entry.firstPair)
            )
        }
    }

    /// Takes what a sender proved to an earlier process.
    mutating func restore(_ proofs: RecordedProofs, of key: UInt64, _ sender: EvidentSender) {
        let index = index(of: key) ?? claimIndex(for: key, sender)
        clock &+= 1
        entries[index].latest = clock
        entries[index].cache = SideProofs(rawValue: proofs.cache)
        entries[index].reasoning = SideProofs(rawValue: proofs.reasoning)
        entries[index].firstPair = proofs.firstPair
    }

    private mutating func claimIndex(for key: UInt64, _ sender: EvidentSender) -> Int {
        if entries.isEmpty { entries = [Entry](repeating: Entry(), count: Self.most) }
        let first = Self.set(of: key)
        var taken = first
        for index in first..<first + Self.ways {
            if entries[index].key == 0 {
                taken = index
                break
            }
            if clock &- entries[index].latest > clock &- entries[taken].latest { taken = index }
        }
        if entries[taken].key == 0 { count += 1 } else { forgotten += 1 }
        entries[taken] = Entry(key: key)
        entries[taken].sender = sender
        return taken
    }

    private static func set(of key: UInt64) -> Int { Int(truncatingIfNeeded: key >> 32) & (most / ways - 1) * ways }
}

/// Those whose calls are counted in one manner: what ``SpanKeys/sender(_:)`` makes a key of.
package struct EvidentSender: Hashable, Sendable {
    package var resource: UInt64 = 0
    package var scope: UInt64 = 0
    package var provider = Symbol.absent
    package var operation = Symbol.absent
    /// The raw value of the provider's `ProviderCounting`.
    package var counting: UInt8 = 0
    package var isStream = false

    package init() {}

    init(_ call: borrowing ModelCall) {
        (resource, scope) = (call.resource, call.scope)
        (provider, operation) = (call.provider, call.operation)
        (counting, isStream) = (call.sides.counting.rawValue, call.isStream)
    }
}

/// What a sender proved, as plain numbers.
package struct RecordedProofs: Equatable, Sendable {
    package var cache: UInt8
    package var reasoning: UInt8
    package var firstPair: UInt16

    package init(cache: UInt8, reasoning: UInt8, firstPair: UInt16) {
        (self.cache, self.reasoning, self.firstPair) = (cache, reasoning, firstPair)
    }
}

/// What the spans of one sender proved about one part.
struct SideProofs: OptionSet {
    let rawValue: UInt8

    /// A part was larger than its whole, once and a second time.
    static let excess = SideProofs(rawValue: 1)
    static let secondExcess = SideProofs(rawValue: 2)
    /// A total added up only if the whole excludes the part, or only if it includes it.
    static let besideByTotal = SideProofs(rawValue: 4)
    static let insideByTotal = SideProofs(rawValue: 8)
    /// A whole excluded its part, and the total was the plain sum of input and output nevertheless.
    static let totalIsPlainSum = SideProofs(rawValue: 16)

    /// Whether the whole excludes the part in spans that do not prove it themselves.
    ///
    /// Two proofs by excess, or one by a total, show it, and one total to the contrary ends it, except where the
    /// totals are plain sums.
    var placesBeside: Bool { showBeside && !areContrary }

    /// Whether they prove both.
    var isContradiction: Bool { showBeside && areContrary }

    private var showBeside: Bool { !isDisjoint(with: [.besideByTotal, .secondExcess]) }
    private var areContrary: Bool { contains(.insideByTotal) && !contains(.totalIsPlainSum) }

    /// Takes what another span proves about the part.
    ///
    /// - Parameters:
    ///   - side: What it proves.
    ///   - suffices: Whether one excess is proof enough, since the provider itself counts that way.
    /// - Returns: Whether the sender's other spans are to be counted in another way now.
    mutating func note(_ side: PartSide, suffices: Bool) -> Bool {
        let before = self
        if side.contains(.besideByExcess) {
            insert(suffices || contains(.excess) ? [.excess, .secondExcess] : .excess)
        }
        if side.contains(.besideByTotal) { insert(.besideByTotal) }
        if side.contains(.insideByTotal) { insert(.insideByTotal) }
        if side.contains(.totalIsPlainSum) { insert(.totalIsPlainSum) }
        return self != before && (showBeside || before.showBeside || side.contains(.besideByDefinition))
    }

    /// Decides about a part that evidence may move.
    ///
    /// - Parameter side: What the span itself proves.
    /// - Returns: Whether its whole excludes it.
    func excludes(_ side: PartSide) -> Bool {
        // The span's own total ranks before what others proved, unless it is a plain sum.
        if side.contains(.insideByTotal), !contains(.totalIsPlainSum) { return false }
        return placesBeside || (side.contains(.besideByDefinition) && !areContrary)
    }
}
