// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Counts the tokens of waiting spans by what their senders have proved: whether counts include cached tokens and reasoning, if
/// one span alone does not prove it.
///
/// Each waiting span is counted by the proofs that are known now. A proof may change the counts of older spans that still wait:
/// these are counted again before the next decision, so that what is compared and counted does not depend on the order in
/// which spans arrived.
struct SideCounts: ~Copyable {
    private let keys: SpanKeys
    private var evidence = SideEvidence()
    private var work = EvidenceWork()

    init(keys: SpanKeys) { self.keys = keys }

    /// Whether no sender has proved anything.
    @inline(__always)
    var isEmpty: Bool { evidence.isEmpty }

    /// Whether a proof has arrived that changes the counts of waiting spans.
    @inline(__always)
    var isPending: Bool { work.isPending }

    /// What all senders proved.
    var all: [(sender: EvidentSender, proofs: RecordedProofs)] { evidence.all }

    /// Replaces everything by what senders proved to an earlier process.
    mutating func restore(_ all: [(sender: EvidentSender, proofs: RecordedProofs)]) {
        evidence = SideEvidence()
        for (sender, proofs) in all { evidence.restore(proofs, of: keys.sender(sender), sender) }
        work.isPending = true
    }

    /// Adds the figures for the service's own metrics.
    mutating func report(to levels: inout BillingLevels) {
        levels.evidentSenders = evidence.count
        levels.forgottenSenders = evidence.forgotten
        levels.callsByEvidence = work.calls
        levels.evidenceSteps = work.taken
    }

    /// Takes what a span that has just entered the ring proves, and counts it by the proofs of its sender.
    ///
    /// - Parameters:
    ///   - number: The span.
    ///   - copy: A copy of it, whose excess was noted already.
    ///   - ring: The ring.
    @inline(__always)
    mutating func heed(_ number: UInt32, replacing copy: UInt32?, _ ring: inout SettleRing) {
        // By the bits themselves: a function of another room is a call, and most spans leave nothing to be learned.
        let sides = ring[call: number].sides
        let bits = sides.cache.rawValue | sides.reasoning.rawValue
        if bits & Self.placingBits != 0 || (bits != 0 && !evidence.isEmpty) { learn(number, copy, &ring) }
    }

    /// The bits without which ``UsageSides/mayPlace`` is false, those of proofs and definitions that a whole excludes its part.
    static var placingBits: UInt8 { 0b1000_0110 }

    @inline(never)
    private mutating func learn(_ number: UInt32, _ copy: UInt32?, _ ring: inout SettleRing) {
        var sides = ring[call: number].sides
        if let copy {
            let known = ring[call: copy].sides
            sides.cache.subtract(known.cache.intersection(.besideByExcess))
            sides.reasoning.subtract(known.reasoning.intersection(.besideByExcess))
        }
        guard sides.mayPlace || !evidence.isEmpty else { return }
        if sides.provesAnything, evidence.note(sides, of: sender(ring[call: number]), EvidentSender(ring[call: number]))
        {
            work.isPending = true
        }
        countByEvidence(number, &ring)
    }

    /// Takes what two spans of one call prove together: where their inputs differ by just the cached tokens, the smaller one
    /// leaves these out.
    ///
    /// - Parameters:
    ///   - one: A span that waits.
    ///   - other: Another that waits, of the same call.
    ///   - ring: The ring.
    @inline(__always)
    mutating func compare(_ one: UInt32, _ other: UInt32, _ ring: inout SettleRing) {
        let sides = (ring[call: one].sides.cache.rawValue, ring[call: other].sides.cache.rawValue)
        guard (sides.0 | sides.1) & PartSide.isMovable.rawValue != 0, ring[one].output == ring[other].output
        else { return }
        excludeByTwin(one, other, &ring)
        excludeByTwin(other, one, &ring)
    }

    /// Adds the cached tokens of a span to its input where a twin's input is larger by exactly these.
    ///
    /// That is certain for this call alone. The sender's other spans are counted so as well only if the twin is a marked span
    /// of the same process, or another pair agrees: no sender can change the bill of another by one span.
    private mutating func excludeByTwin(_ smaller: UInt32, _ larger: UInt32, _ ring: inout SettleRing) {
        let sides = ring[call: smaller].sides.cache
        guard sides.contains(.isMovable), !sides.contains(.insideByTotal) else { return }
        let (cached, others) = (ring[call: smaller].usage.cached, ring[call: larger].usage.cached)
        let input = ring[call: smaller].usage.totalInput - (sides.contains(.isMoved) ? cached : 0)
        // A framework often has the sum alone.
        guard cached > 0, cached == others || others == 0, input + cached == ring[call: larger].usage.totalInput
        else { return }
        let isOwn =
            ring[call: smaller].resource == ring[call: larger].resource
            && ring[larger].state.isDisjoint(with: .unmarked)
        let pair = keys.pair(input: input, output: ring[smaller].output, cached: cached)
        let (key, who) = (sender(ring[call: smaller]), EvidentSender(ring[call: smaller]))
        if evidence.notePair(pair, suffices: isOwn, of: key, who) {
            work.isPending = true
        }
        ring[call: smaller].sides.cache.remove(.isMovable)
        guard !sides.contains(.isMoved) else { return }
        if ring[smaller].state.contains(.inCounts) {
            (work.isPending, work.changesChains) = (true, true)
        }
        ring[call: smaller].countCache(beside: true)
        ring[smaller].input = UInt32(clamping: ring[call: smaller].usage.totalInput)
    }

    /// Counts all waiting spans again by the proofs that are known now.
    ///
    /// Senders choose when to prove something, so this is done only when as many spans have arrived since the last time as pay
    /// for it. A call that is decided before then is counted by the proofs, and only its twins may be missed, which counts
    /// as a cut search.
    mutating func countAgain(_ ring: inout SettleRing, _ chains: inout CallChains) {
        guard work.begin(waiting: ring.count, next: ring.next) else { return }
        // Totals to the contrary are not remembered before a sender proves something: those of waiting spans are noted now.
        var number = ring.oldest
        while number != ring.next {
            if ring.waits(number), ring[call: number].sides.provesInside {
                _ = evidence.note(
                    ring[call: number].sides, of: sender(ring[call: number]), EvidentSender(ring[call: number]))
            }
            number &+= 1
        }
        var changesChains = work.changesChains
        work.changesChains = false
        number = ring.oldest
        while number != ring.next {
            if ring.waits(number), !ring[call: number].sides.isEmpty, countByEvidence(number, &ring),
                ring[number].state.contains(.inCounts)
            {
                changesChains = true
            }
            number &+= 1
        }
        if changesChains { chains.updateCounts(&ring) }
    }

    /// Counts a waiting span by the proofs of its sender.
    ///
    /// - Returns: Whether its tokens changed.
    @discardableResult
    private mutating func countByEvidence(_ number: UInt32, _ ring: inout SettleRing) -> Bool {
        let before = ring[call: number].sides
        guard before.isMovable else { return false }
        let proofs = evidence.proofs(of: sender(ring[call: number]))
        if before.cache.contains(.isMovable) {
            ring[call: number].countCache(beside: proofs.cache.excludes(before.cache))
            if proofs.cache.isContradiction { ring[call: number].sides.cache.insert(.isContradicted) }
        }
        if before.reasoning.contains(.isMovable) {
            ring[call: number].countReasoning(beside: proofs.reasoning.excludes(before.reasoning))
            if proofs.reasoning.isContradiction { ring[call: number].sides.reasoning.insert(.isContradicted) }
        }
        guard ring[call: number].sides.moved != before.moved else { return false }
        let usage = ring[call: number].usage
        ring[number].input = UInt32(clamping: usage.totalInput)
        ring[number].output = UInt32(clamping: usage.totalOutput)
        return true
    }

    /// Counts a span that is about to be handed over by the proofs that are known now.
    ///
    /// - Returns: Whether its twins may have been missed, since its counts changed only now.
    mutating func settle(_ number: UInt32, _ ring: inout SettleRing) -> Bool {
        guard !ring[call: number].sides.isEmpty else { return false }
        let isCut = work.isPending && countByEvidence(number, &ring) && ring[number].state.contains(.inCounts)
        if ring[call: number].sides.areMovedByEvidence { work.calls += 1 }
        return isCut
    }

    /// All tokens of a waiting span as it was read, whether or not a part was moved since.
    static func tokensAsRead(_ number: UInt32, _ ring: inout SettleRing) -> UInt64 {
        guard ring[call: number].sides.isMovable || ring[call: number].sides.moved != 0 else {
            return ring[number].tokens
        }
        var call = ring[call: number]
        call.countCache(beside: false)
        call.countReasoning(beside: call.sides.reasoning.contains(.besideByDefinition))
        return UInt64(UInt32(clamping: call.usage.totalInput)) + UInt64(UInt32(clamping: call.usage.totalOutput))
    }

    @inline(__always)
    private func sender(_ call: borrowing ModelCall) -> UInt64 { keys.sender(call) }
}

/// The cost of counting all waiting spans again for new proofs, and how much it may cost.
struct EvidenceWork {
    /// Whether a proof has arrived that changes the counts of waiting spans.
    var isPending = false
    /// Whether the counts of a span changed that is in a chain of counts.
    var changesChains = false
    /// Number of calls that were counted with a part moved out of its whole.
    var calls: UInt64 = 0
    /// Number of steps taken.
    private(set) var taken: UInt64 = 0
    private var steps = Self.most
    private var paidUpTo: UInt32 = 0

    /// Pays for going through all waiting spans.
    ///
    /// - Parameters:
    ///   - waiting: The number of waiting spans.
    ///   - next: The number of the next span to arrive.
    /// - Returns: Whether it may be done now; nothing is pending then.
    mutating func begin(waiting: Int, next: UInt32) -> Bool {
        steps = min(Self.most, steps + Int(next &- paidUpTo) * Self.stepsOfSpan)
        paidUpTo = next
        // One time may cost more than all spans together have paid, and is paid off by later ones.
        guard steps >= min(waiting + Self.fixed, Self.most) else { return false }
        steps -= waiting + Self.fixed
        taken += UInt64(waiting + Self.fixed)
        isPending = false
        return true
    }

    /// The steps that a span pays; going past a waiting span takes one, 10 to 100 ns.
    private static let stepsOfSpan = 32
    /// What new chains take in addition to that.
    private static let fixed = 512
    private static let most = 1 << 17
}
