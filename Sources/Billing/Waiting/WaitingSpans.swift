// SPDX-License-Identifier: Apache-2.0
import GenAI

/// The spans that wait: their memory, their groups of twins, the chains along which they are searched, and their counts.
///
/// Every change of a waiting span is a method here. Other files only read spans.
struct WaitingSpans: ~Copyable {
    private var ring: SettleRing
    private var chains: CallChains
    private var sides: SideCounts
    /// The number of spans that are not decided yet.
    private(set) var count = 0

    /// Makes an empty window.
    ///
    /// - Parameters:
    ///   - keys: The hashes that select chains and senders.
    ///   - first: The number of the first span.
    init(keys: SpanKeys, first: UInt32) {
        ring = SettleRing(first: first)
        chains = CallChains(keys: keys, capacity: ring.capacity, first: first)
        sides = SideCounts(keys: keys)
    }

    // MARK: Reading

    @inline(__always)
    subscript(number: UInt32) -> WaitingLine { _read { yield ring[number] } }

    @inline(__always)
    subscript(ties number: UInt32) -> WaitingTies { _read { yield ring[ties: number] } }

    @inline(__always)
    subscript(call number: UInt32) -> ModelCall { _read { yield ring[call: number] } }

    /// The oldest number that is in use; equal to ``next`` if none is.
    @inline(__always)
    var oldest: UInt32 { ring.oldest }

    /// The number that the next span gets.
    @inline(__always)
    var next: UInt32 { ring.next }

    /// The number of slots in use, those of spans that were decided before older ones included.
    @inline(__always)
    var slots: Int { ring.count }

    @inline(__always)
    func holds(_ number: UInt32) -> Bool { ring.holds(number) }

    /// Whether the span of a number can still be read, waiting or decided.
    @inline(__always)
    func remembers(_ number: UInt32) -> Bool { ring.remembers(number) }

    /// Whether the span of a number still waits.
    @inline(__always)
    func waits(_ number: UInt32) -> Bool { ring.waits(number) }

    /// The number of a span that waits, by what is noted of it.
    @inline(__always)
    func number(of span: UInt64, _ note: SpanNote) -> UInt32? {
        guard note.has(SpanNote.arrived), ring.waits(note.number), ring[note.number].span == span else { return nil }
        return note.number
    }

    /// The span whose slot the next one takes, or the one some steps later; `nil` if that slot is free.
    @inline(__always)
    func overwritten(ahead steps: Int = 0) -> UInt32? { steps == 0 ? ring.overwritten : ring.overwritten(ahead: steps) }

    /// Prefetches the slot of a number that comes some steps after ``next``.
    @inline(__always)
    func fetch(ahead steps: Int) { ring.fetch(ahead: steps) }

    /// Prefetches the fields of a span that are compared first.
    @inline(__always)
    func fetch(_ number: UInt32) { ring.fetch(number) }

    /// Prefetches the head of the chain of a trace.
    @inline(__always)
    func fetch(trace: UInt64) { chains.fetch(trace: trace) }

    /// Appends the calls of consecutive numbers to an array.
    mutating func copy(_ first: UInt32, count: Int, to array: inout [ModelCall]) {
        ring.copy(first, count: count, to: &array)
    }

    // MARK: Arriving and leaving

    /// Appends a span; there must be a free slot.
    ///
    /// - Returns: Its number, which is what ``next`` was.
    @inline(__always)
    mutating func append(_ arriving: CallReference, _ line: WaitingLine, _ ties: WaitingTies) -> UInt32 {
        count += 1
        return ring.append(arriving, line, ties)
    }

    /// Makes room if the ring has no free slot.
    ///
    /// - Parameter limit: The largest number of slots; `nil` for no limit.
    @inline(__always)
    mutating func growIfFull(limit: Int?) { if ring.isFull { grow(limit: limit) } }

    @inline(never)
    private mutating func grow(limit: Int?) {
        // In few large steps, since each takes new memory and copies.
        var capacity = ring.capacity * 4
        if let limit {
            var most = ring.capacity
            while most < limit { most *= 2 }
            capacity = max(ring.capacity * 2, min(ring.capacity * 16, most))
        }
        ring.grow(to: capacity)
        chains.rebuild(&ring)
    }

    /// Ends the wait of a span; its slot stays readable until a newer span takes it.
    @inline(__always)
    mutating func settle(_ number: UInt32) {
        count -= 1
        ring[number].state.insert(.settled)
    }

    /// Begins the wait of all spans anew.
    ///
    /// - Parameter now: The time, in monotonic nanoseconds.
    mutating func restartWaits(at now: UInt64) {
        var number = ring.oldest
        while number != ring.next {
            ring[number].arrival = now
            number &+= 1
        }
    }

    /// Replaces the call of a span that is about to be decided by what a record has of it.
    mutating func complete(_ number: UInt32, as call: ModelCall) { ring[call: number] = call }

    /// Frees the slots of the oldest spans that have been decided.
    @inline(__always)
    mutating func dropSettled() { ring.dropSettled() }

    // MARK: The state of a span

    /// Notes that neither the span nor its twins are counted, since its call was counted already.
    @inline(__always)
    mutating func bar(_ number: UInt32) { ring[number].state.insert(.barred) }

    /// Notes that the spans above it are known up to a root.
    @inline(__always)
    mutating func noteWay(_ number: UInt32) { ring[number].state.insert(.wayKnown) }

    /// Takes what is noted of the spans below it.
    @inline(__always)
    mutating func heed(_ number: UInt32, _ note: SpanNote) { ring[number].state.heed(note) }

    /// Takes marks of spans below from it.
    mutating func forgetBelow(_ number: UInt32, _ marks: SpanState) { ring[number].state.subtract(marks) }

    /// Takes the marks of the spans below another one that repeats it.
    mutating func takeBelow(_ number: UInt32, from inner: UInt32) {
        ring[number].state.formUnion(ring[inner].state.intersection([.below, .unmarkedBelow]))
    }

    /// Notes that the trace's first end of a way up is this call's parent.
    @inline(__always)
    mutating func noteTop(_ number: UInt32) { ring[number].classesAndTop |= WaitingLine.topBit }

    /// Adds a call with usage to the chain of its trace.
    @inline(__always)
    mutating func chainTrace(_ number: UInt32) {
        ring[number].state.insert(.inTrace)
        chains.addToTrace(number, &ring)
    }

    // MARK: Twins

    /// Makes one group of the groups of two spans.
    ///
    /// - Returns: Whether both are in one group now; `false` if it would be too large.
    @discardableResult
    mutating func join(_ one: UInt32, _ other: UInt32) -> Bool { ring.join(one, other) }

    /// Takes a span out of its group.
    ///
    /// - Returns: A member that is left, or `nil`.
    mutating func leaveTwins(_ number: UInt32) -> UInt32? { ring.leaveTwins(number) }

    /// Makes an outer call and a call below it twins if the one repeats the other.
    mutating func joinLeaf(_ leaf: UInt32, to outer: UInt32) {
        guard ring.waits(leaf), leaf != outer else { return }
        guard ring[leaf].state.isDisjoint(with: .aggregate),
            ring[outer].state.isDisjoint(with: [.aggregate, .leafFound])
        else { return }
        sides.compare(leaf, outer, &ring)
        guard ring[leaf].hasEqualCounts(ring[outer]), ring.join(outer, leaf) else { return }
        ring[outer].state.insert(.leafFound)
    }

    /// Adds to a call what only a twin of it says; see ``GenAI/ModelCall/learn(from:addsUsage:isPart:)``.
    mutating func learn(_ number: UInt32, from twin: UInt32, addsUsage: Bool, isPart: Bool) {
        let other = ring[call: twin]
        ring[call: number].learn(from: other, addsUsage: addsUsage, isPart: isPart)
    }

    /// Gives a call the model, and the provider if there is one, that a span above it names.
    mutating func takeName(_ number: UInt32, from offer: SpanOffer) {
        ring[call: number].requestModel = offer.model
        if offer.provider != .absent { ring[call: number].provider = offer.provider }
    }

    /// Sets the values of the labels that settings add.
    mutating func setAttribution(_ number: UInt32, _ attribution: Attribution) {
        ring[call: number].attribution = attribution
    }

    mutating func setDimensions(_ number: UInt32, _ set: DimensionSet) { ring[call: number].dimensions = set }

    // MARK: Searches

    /// Adds a call to the chain of its counts, if its process has several scopes.
    @inline(__always)
    mutating func takeScope(of number: UInt32) { chains.takeScope(of: number, &ring) }

    /// Adds a call that has moved to a new slot to the chains that it was in.
    mutating func chainAgain(_ number: UInt32) {
        if ring[number].state.contains(.inCounts) { chains.addToCounts(number, &ring) }
        if ring[number].state.contains(.inTrace) { chains.addToTrace(number, &ring) }
    }

    /// Whether waiting calls are missing from the chains because they arrived before the second scope of their process.
    @inline(__always)
    var lacksChains: Bool { chains.isIncomplete }

    /// Whether the process of a call may have shown calls through several scopes.
    mutating func hasSeveralScopes(_ number: UInt32) -> Bool { chains.hasSeveralScopes(ring[call: number].resource) }

    /// Brings the chains and the counts of waiting spans up to date, as far as arrivals have paid for it.
    @inline(__always)
    mutating func refresh() {
        if sides.isPending { sides.countAgain(&ring, &chains) }
        if chains.isIncomplete { chains.complete(&ring) }
    }

    /// The hash that selects the chain of a call's counts.
    mutating func countsHash(_ number: UInt32) -> UInt64 { chains.countsHash(number, &ring) }

    /// The newest call of a chain of counts, and the number of steps that a search along it may take.
    mutating func counts(of hash: UInt64) -> (newest: UInt32, steps: Int) { chains.counts(of: hash) }

    /// Subtracts the steps of a search from a chain of counts.
    mutating func spend(_ steps: Int, ofCounts hash: UInt64) { chains.spend(steps, ofCounts: hash) }

    /// Notes up to which call of its chain a call was compared with all others.
    mutating func noteCompared(_ number: UInt32, upTo newest: UInt32) { ring[ties: number].comparedUpTo = newest }

    /// Adds the steps of one search to the chain of a trace.
    ///
    /// - Returns: The newest call of the chain, and the number of steps that a search along it may take.
    mutating func earn(ofTrace trace: UInt64) -> (newest: UInt32, steps: Int) { chains.earn(ofTrace: trace) }

    /// Subtracts the steps of a search from the chain of a trace.
    mutating func spend(_ steps: Int, ofTrace trace: UInt64) { chains.spend(steps, ofTrace: trace) }

    // MARK: Counts

    /// Takes what a span that has just arrived proves, and counts it by the proofs of its sender.
    @inline(__always)
    mutating func heedSides(_ number: UInt32, replacing copy: UInt32?) { sides.heed(number, replacing: copy, &ring) }

    /// Takes what two spans of one call prove together.
    @inline(__always)
    mutating func compareSides(_ one: UInt32, _ other: UInt32) { sides.compare(one, other, &ring) }

    /// What all senders proved.
    var evidence: [(sender: EvidentSender, proofs: RecordedProofs)] {
        mutating get { sides.all }
    }

    /// Replaces what senders proved.
    mutating func restore(_ evidence: [(sender: EvidentSender, proofs: RecordedProofs)]) { sides.restore(evidence) }

    /// Whether any sender has proved anything.
    @inline(__always)
    var hasEvidence: Bool { !sides.isEmpty }

    /// Counts a span that is about to be handed over by the proofs that are known now.
    ///
    /// - Returns: Whether its twins may have been missed, since its counts changed only now.
    mutating func settleSides(_ number: UInt32) -> Bool { sides.settle(number, &ring) }

    /// All tokens of a waiting span as it was read, whether or not a part was moved since.
    mutating func tokensAsRead(_ number: UInt32) -> UInt64 { SideCounts.tokensAsRead(number, &ring) }

    /// Adds the figures for the service's own metrics.
    mutating func report(to levels: inout BillingLevels) {
        levels.waitingSpans = count
        sides.report(to: &levels)
    }
}
