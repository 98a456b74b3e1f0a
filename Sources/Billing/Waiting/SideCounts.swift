// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Whether counts include cached tokens and reasoning, where one span alone does not prove it.
///
/// Every waiting span is counted as the proofs that are known now have it. A proof may change the counts of older spans that
/// still wait: these are gone through before the next decision, so that what is compared and counted does not depend on the
/// order in which spans arrived.
extension SettleWindow {
    /// Takes what a span that has just entered the ring proves, and counts it as the proofs of its sender have it.
    ///
    /// - Parameters:
    ///   - number: The span.
    ///   - copy: A copy of it, whose excess was noted already.
    @inline(__always)
    mutating func heedSides(_ number: UInt32, replacing copy: UInt32?) {
        // By the bits themselves: a function of another room is a call, and most spans leave nothing to be learned.
        let sides = ring[call: number].sides
        let bits = sides.cache.rawValue | sides.reasoning.rawValue
        if bits & Self.placingBits != 0 || (bits != 0 && !evidence.isEmpty) { learnSides(number, copy) }
    }

    /// The bits without which ``UsageSides/mayPlace`` is false, those of proofs and definitions that a whole excludes its part.
    static var placingBits: UInt8 { 0b1000_0110 }

    @inline(never)
    private mutating func learnSides(_ number: UInt32, _ copy: UInt32?) {
        var sides = ring[call: number].sides
        if let copy {
            let known = ring[call: copy].sides
            sides.cache.subtract(known.cache.intersection(.besideByExcess))
            sides.reasoning.subtract(known.reasoning.intersection(.besideByExcess))
        }
        guard sides.mayPlace || !evidence.isEmpty else { return }
        if sides.provesAnything, evidence.note(sides, of: sender(of: number)) { evidenceWork.isPending = true }
        countByEvidence(number)
    }

    /// Takes what two spans of one call prove together: where their inputs differ by just the cached tokens, the smaller one
    /// leaves these out.
    ///
    /// - Parameters:
    ///   - one: A span that waits.
    ///   - other: Another that waits, of the same call.
    @inline(__always)
    mutating func compareSides(_ one: UInt32, _ other: UInt32) {
        let sides = (ring[call: one].sides.cache.rawValue, ring[call: other].sides.cache.rawValue)
        guard (sides.0 | sides.1) & PartSide.isMovable.rawValue != 0, ring[one].output == ring[other].output
        else { return }
        excludeByTwin(one, other)
        excludeByTwin(other, one)
    }

    /// Adds the cached tokens of a span to its input where a twin's input is larger by exactly these.
    ///
    /// That is certain for this call alone. The sender's other spans are counted so as well only if the twin is a marked span
    /// of the same process, or another pair agrees: no sender can change the bill of another by one span.
    private mutating func excludeByTwin(_ smaller: UInt32, _ larger: UInt32) {
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
        if evidence.notePair(pair, suffices: isOwn, of: sender(of: smaller)) {
            evidenceWork.isPending = true
        }
        ring[call: smaller].sides.cache.remove(.isMovable)
        guard !sides.contains(.isMoved) else { return }
        if ring[smaller].state.contains(.inCounts) {
            (evidenceWork.isPending, evidenceWork.changesChains) = (true, true)
        }
        ring[call: smaller].countCache(beside: true)
        ring[smaller].input = UInt32(clamping: ring[call: smaller].usage.totalInput)
    }

    /// Counts all waiting spans as the proofs that are known now have it.
    ///
    /// Senders choose when to prove something, so this is done only when as many spans have arrived since the last time as pay
    /// for it. A call that is decided before then is counted as the proofs have it; but its twins may be missed, which counts
    /// as a cut search.
    mutating func applyNewEvidence() {
        guard evidenceWork.begin(waiting: ring.count, next: ring.next) else { return }
        // Totals to the contrary are not remembered before a sender proves something: those of waiting spans are heard now.
        forEachWithSides { window, number in
            let sides = window.ring[call: number].sides
            if sides.provesInside { _ = window.evidence.note(sides, of: window.sender(of: number)) }
        }
        var changesChains = evidenceWork.changesChains
        evidenceWork.changesChains = false
        forEachWithSides { window, number in
            let changes = window.countByEvidence(number)
            if changes, window.ring[number].state.contains(.inCounts) { changesChains = true }
        }
        if changesChains { chainCountsAgain() }
    }

    /// Counts a waiting span as the proofs of its sender have it.
    ///
    /// - Returns: Whether its tokens changed.
    @discardableResult
    private mutating func countByEvidence(_ number: UInt32) -> Bool {
        let before = ring[call: number].sides
        guard before.isMovable else { return false }
        let proofs = evidence.proofs(of: sender(of: number))
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

    /// Counts a span that is about to be handed over as the proofs that are known now have it.
    mutating func settleSides(_ number: UInt32) {
        guard !ring[call: number].sides.isEmpty else { return }
        if evidenceWork.isPending, countByEvidence(number), ring[number].state.contains(.inCounts) { cutSearches += 1 }
        if ring[call: number].sides.areMovedByEvidence { evidenceWork.calls += 1 }
    }

    /// All tokens of a waiting span as it was read, whether or not a part was moved since.
    func tokensAsRead(_ number: UInt32) -> UInt64 {
        guard ring[call: number].sides.isMovable || ring[call: number].sides.moved != 0 else {
            return ring[number].tokens
        }
        var call = ring[call: number]
        call.countCache(beside: false)
        call.countReasoning(beside: call.sides.reasoning.contains(.besideByDefinition))
        return UInt64(UInt32(clamping: call.usage.totalInput)) + UInt64(UInt32(clamping: call.usage.totalOutput))
    }

    private mutating func forEachWithSides(_ visit: (inout SettleWindow, UInt32) -> Void) {
        var number = ring.oldest
        while number != ring.next {
            if ring.waits(number), !ring[call: number].sides.isEmpty { visit(&self, number) }
            number &+= 1
        }
    }

    private func sender(of number: UInt32) -> UInt64 { keys.sender(ring[call: number]) }
}

/// What going through the waiting spans for new proofs has cost and may cost.
struct EvidenceWork {
    /// Whether a proof came that changes the counts of spans that wait.
    var isPending = false
    /// Whether the counts of a span changed that is in a chain of counts.
    var changesChains = false
    /// How many calls were counted with a part moved out of its whole.
    var calls: UInt64 = 0
    /// How many steps were taken.
    private(set) var taken: UInt64 = 0
    private var steps = Self.most
    private var paidUpTo: UInt32 = 0

    /// Pays for going through all waiting spans.
    ///
    /// - Parameters:
    ///   - waiting: How many there are.
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
