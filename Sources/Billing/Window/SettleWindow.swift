// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Spans that wait for each other, and what is remembered of those that do not wait any longer.
///
/// What happens when a span arrives (`+Arrival`): copies of a span are found by its id (`+Copies`), twins by their
/// answer's id, and marks go up from it (`+Marks`): "below you is a call", "below you is usage". Marks are kept whether or
/// not the spans above have arrived, and outlive the window, so it does not matter how much longer an agent runs than its
/// calls.
///
/// What happens when a span is due (`+Settling`): twins that share no id are found by equal counts, one within the time of
/// the other (`+EqualCounts`), after its tokens were counted as its sender's other spans prove (`+Sides`); then the whole group
/// of twins is decided at once (`+Groups`), or the aggregate (`+Aggregates`); a span without a mark may be a sum of others or a
/// note (`+Sums`). Attributions and details go over from those that are not counted (`+Attribution`). So the result depends on
/// what arrived within the window, not on the order.
///
/// Functions that only look are mutating too: as others they would work on a copy of the whole window.
///
/// Memory with the default bounds, everything touched: 58 MB, most of it the recent keys and the ring. A quiet service has
/// less than one.
struct SettleWindow: ~Copyable {
    let configuration: BillingConfiguration
    let maxWaiting: Int
    let inherit: (@Sendable (Attribution, Attribution) -> Attribution)?
    /// Whether the outcome tells the fate of each call and aggregate.
    let recordsFates: Bool
    let keys = SpanKeys()

    var ring: SettleRing
    var recentKeys: RecentKeys
    var parents: RememberedParents
    var offers: SpanOffers
    var scopes = ProcessScopes()
    var records = SentRecords()
    var countChains: SpanChains
    var traceChains: SpanChains
    var matcher = EqualCounts()
    var summands = Summands(detached: true)
    var neighbours = Summands(detached: false)
    var notes = NoteEvidence()
    /// The twins of a call, in the order in which it learns from them.
    var teachers: [UInt32] = []
    var evidence = SideEvidence()
    var evidenceWork = EvidenceWork()
    /// The spans that were counted and not handed over yet: their numbers follow each other.
    var counted: (first: UInt32, count: UInt32) = (0, 0)

    /// How many spans wait.
    var waiting = 0
    var settledEarly: UInt64 = 0
    /// How many searches for twins ended at a bound.
    var cutSearches: UInt64 = 0
    /// The number of steps that searches for twins took.
    var searchSteps: UInt64 = 0
    /// Whether waiting calls are missing from the chains because they arrived before the second scope of their process.
    var lacksChains = false
    /// The number of the next span at the last rebuild of all chains.
    private var chainedUpTo: UInt32
    /// The number of steps taken from spans to their ancestors; callers bound it.
    var waySteps = 0
    /// Whether there was no clock so far.
    var isClockless = false
    /// Whether parents were noted among the recent keys, where nothing is forgotten without a clock.
    var notesParents = false
    var hasBegun = false
    /// The newest time that was told.
    var latest: UInt64 = 0
    /// Spans with smaller numbers may lie below a counted span by parents that became known late.
    var coveredLate: UInt32

    init(
        configuration: BillingConfiguration, inherit: (@Sendable (Attribution, Attribution) -> Attribution)?,
        recordsDecisions: Bool = false, firstNumber: UInt32 = 1
    ) {
        self.configuration = configuration
        recordsFates = configuration.recordsFates || recordsDecisions
        self.inherit = inherit
        maxWaiting = max(configuration.maxWaiting, 256)
        ring = SettleRing(first: firstNumber)
        recentKeys = RecentKeys(
            capacity: max(configuration.rememberedKeys, 4 * maxWaiting), bytes: configuration.rememberedBytes,
            horizon: configuration.retryNanoseconds, first: firstNumber)
        parents = RememberedParents(most: configuration.rememberedParents, horizon: configuration.retryNanoseconds)
        offers = SpanOffers(capacity: min(configuration.rememberedParents, 65_536))
        countChains = SpanChains(capacity: ring.capacity)
        traceChains = SpanChains(capacity: ring.capacity)
        coveredLate = firstNumber
        chainedUpTo = firstNumber
    }

    /// Sets the sender of the spans that arrive next.
    mutating func writes(for peer: UInt64) {
        recentKeys.write(for: peer)
        parents.write(for: peer)
    }

    /// Makes room for another span: decides the oldest ones when too many wait, or lets the memory grow.
    @inline(__always)
    mutating func makeRoom(_ outcome: inout SettleOutcome) {
        if recentKeys.isFull { turnRecentKeys() }
        if ring.count >= maxWaiting, !isClockless { settleEarly(&outcome) }
        if ring.isFull { growRing() }
    }

    /// Decides the oldest spans before they are due, some at a time.
    @inline(never)
    private mutating func settleEarly(_ outcome: inout SettleOutcome) {
        let before = waiting
        while ring.count > maxWaiting - Self.earlyAtOnce { settleNext(.none, &outcome) }
        handOver(&outcome)
        outcome.report.settledEarly += before - waiting
        settledEarly += UInt64(before - waiting)
    }

    /// How many are decided at once when too many wait.
    static var earlyAtOnce: Int { 32 }

    /// Makes room among the recent keys; no waiting span is forgotten.
    mutating func turnRecentKeys() {
        guard recentKeys.forgetsNext else { return recentKeys.grow() }
        let (turn, before) = recentKeys.plan(at: latest)
        // Waiting spans from before the end of the forgotten generation may have notes in it: these are made again.
        if let before, before &- ring.oldest < UInt32(truncatingIfNeeded: ring.count) {
            var number = ring.oldest
            while number != before {
                if ring.waits(number) {
                    _ = recentKeys.note(ring[number].span)
                    if ring[number].response != 0 { _ = recentKeys.note(ring[number].response) }
                }
                number &+= 1
            }
        }
        recentKeys.turn(turn, at: (latest, ring.next))
    }

    @inline(never)
    private mutating func growRing() {
        // In few large steps, since each takes new memory and copies.
        var limit = ring.capacity
        while limit < maxWaiting { limit *= 2 }
        ring.grow(to: isClockless ? ring.capacity * 4 : max(ring.capacity * 2, min(ring.capacity * 16, limit)))
        rebuildChains()
    }

    /// Puts all calls that wait into their chains, from the oldest on, since chains are in the order of numbers.
    private mutating func rebuildChains() {
        countChains = SpanChains(capacity: ring.capacity)
        traceChains = SpanChains(capacity: ring.capacity)
        var number = ring.oldestRemembered
        while number != ring.next {
            if ring.waits(number), scopes.hasSeveral(keys.resource(ring[call: number].resource)) { chainCounts(number) }
            if ring[number].state.contains(.inTrace) { chainTrace(number) }
            number &+= 1
        }
        lacksChains = false
        chainedUpTo = ring.next
    }

    /// Puts the calls into their chains that arrived before the second scope of their process.
    ///
    /// This goes through all waiting spans, and senders choose the names of processes and scopes. So with many waiting spans it
    /// happens again only once an eighth of their number have arrived; a call decided before then counts as a cut search.
    mutating func completeChains() {
        guard ring.count <= Self.fewWait || Int(ring.next &- chainedUpTo) >= ring.count / 8 else { return }
        rebuildChains()
    }

    private static var fewWait: Int { 4_096 }

    /// Puts a call where others of its process look for equal counts, if its process has several scopes.
    @inline(__always)
    mutating func takeCensus(_ number: UInt32) {
        // Beside marked calls, spans that nothing marks may be twins although their scope is the same.
        let scope = ring[call: number].scope ^ (ring[number].state.contains(.unmarked) ? Self.unmarkedScope : 0)
        switch scopes.note(keys.resource(ring[call: number].resource), scope: scope) {
        case .one: return
        case .several: chainCounts(number)
        // Once in the life of a process, and at most once for each entry of the table.
        case .second:
            chainCounts(number)
            lacksChains = true
        }
    }

    /// Puts the calls that are in chains of counts into those of their counts as they are now.
    ///
    /// Chains keep the steps they have left: a sender that makes counts change buys no further searches by it.
    mutating func chainCountsAgain() {
        countChains.removeSpans()
        var number = ring.oldest
        while number != ring.next {
            if ring.waits(number), ring[number].state.contains(.inCounts) {
                ring[ties: number].comparedUpTo = number
                chainCounts(number, earns: false)
            }
            number &+= 1
        }
    }

    mutating func chainCounts(_ number: UInt32, earns: Bool = true) {
        guard !ring[number].state.contains(.aggregate) else { return }
        let counts = countsHash(number)
        ring[ties: number].countsTag = UInt32(truncatingIfNeeded: counts >> 32)
        ring[ties: number].sameCounts = 0
        let previous = countChains.add(number, to: counts, earns: earns)
        if previous != number, ring.remembers(previous) { ring[ties: previous].sameCounts = number }
        ring[number].state.insert(.inCounts)
    }

    private static var unmarkedScope: UInt64 { 0x9E37_79B9_7F4A_7C15 }

    /// The hash that selects the chain of a call's counts.
    mutating func countsHash(_ number: UInt32) -> UInt64 {
        keys.counts(resource: ring[call: number].resource, trace: ring[ties: number].trace, ring[number])
    }

    /// Puts a call where aggregates of its trace look for calls.
    mutating func chainTrace(_ number: UInt32) {
        ring[ties: number].sameTrace = traceChains.add(number, to: ring[ties: number].trace)
    }

    /// How full the window is.
    var levels: BillingLevels {
        mutating get {
            var levels = BillingLevels()
            levels.waitingSpans = waiting
            levels.rememberedKeys = recentKeys.count
            levels.rememberedParents = parents.count
            levels.oldestMemorySeconds = isClockless ? 0 : Double(latest &- min(latest, recentKeys.began)) / 1e9
            levels.settledEarly = settledEarly
            levels.cutSearches = cutSearches
            levels.searchSteps = searchSteps
            levels.forgotten = recentKeys.forgotten
            levels.forgottenParents = parents.forgotten
            levels.evidentSenders = evidence.count
            levels.forgottenSenders = evidence.forgotten
            levels.callsByEvidence = evidenceWork.calls
            levels.evidenceSteps = evidenceWork.taken
            return levels
        }
    }
}
