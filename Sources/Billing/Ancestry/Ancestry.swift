// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What is remembered of spans whether or not they wait: ids, parents, marks, and what spans above offer.
///
/// A mark of a span says that a call, or usage, is below it. Marks are kept whether or not the span itself has arrived, and
/// outlive the window. So it does not matter how much longer an agent runs than its calls.
///
/// The way up from a span leads through spans that wait and spans that do not. So most methods get the waiting spans, too.
/// Methods that only look are mutating as well: others would work on a copy of everything.
struct Ancestry: ~Copyable {
    private let keys: SpanKeys
    private var recentKeys: RecentKeys
    private var parents: RememberedParents
    private var offers: SpanOffers
    private var records = SentRecords()
    /// Whether parents were noted among the recent keys, where nothing is forgotten without a clock.
    private var notesParents = false
    private var hasBegun = false
    /// Whether spans of an earlier process are missing.
    private var lacksPast = false
    /// Whether there was no clock so far.
    private(set) var isClockless = false
    /// The newest time so far, in monotonic nanoseconds.
    private(set) var latest: UInt64 = 0
    /// Spans with smaller numbers may be below a counted span by parents that became known late.
    private(set) var coveredLate: UInt32
    /// Whether any span above a call has offered values of dimensions; until then, calls look for none.
    ///
    /// A call without spans below it offers its values to none.
    private(set) var offersDimensions = false
    /// The number of steps taken from spans to their ancestors; callers bound it.
    var waySteps = 0

    /// Makes an empty memory.
    ///
    /// - Parameters:
    ///   - configuration: Its bounds.
    ///   - keys: The keys of spans, answers and traces.
    ///   - maxWaiting: The largest number of waiting spans.
    ///   - first: The number of the first span.
    init(configuration: BillingConfiguration, keys: SpanKeys, maxWaiting: Int, first: UInt32) {
        self.keys = keys
        recentKeys = RecentKeys(
            capacity: max(configuration.rememberedKeys, 4 * maxWaiting), bytes: configuration.rememberedBytes,
            horizon: configuration.retryNanoseconds, first: first)
        parents = RememberedParents(most: configuration.rememberedParents, horizon: configuration.retryNanoseconds)
        offers = SpanOffers(capacity: min(configuration.rememberedParents, 65_536))
        coveredLate = first
    }

    /// Sets the time; `nil` without a clock, when nothing is forgotten.
    mutating func begin(_ now: UInt64?) {
        if let now {
            if !hasBegun { recentKeys.begin(at: now) }
            pass(to: now)
            parents.pass(to: latest)
        }
        hasBegun = true
        isClockless = now == nil
        recentKeys.isUnbounded = isClockless
    }

    /// Sets the time, which never goes back.
    mutating func pass(to now: UInt64) { latest = max(latest, now) }

    /// Sets the sender of the spans that arrive next.
    mutating func write(for peer: UInt64) {
        recentKeys.write(for: peer)
        parents.write(for: peer)
    }

    /// Makes room among the recent keys if they are full; no waiting span is forgotten.
    @inline(__always)
    mutating func makeRoom(_ waiting: inout WaitingSpans) { if recentKeys.isFull { turn(&waiting) } }

    private mutating func turn(_ waiting: inout WaitingSpans) {
        guard recentKeys.forgetsNext else { return recentKeys.grow() }
        let (turn, before) = recentKeys.plan(at: latest)
        // Waiting spans from before the end of the forgotten generation may have notes in it: these are made again.
        if let before, before &- waiting.oldest < UInt32(truncatingIfNeeded: waiting.slots) {
            var number = waiting.oldest
            while number != before {
                if waiting.waits(number) {
                    _ = recentKeys.note(waiting[number].span)
                    if waiting[number].response != 0 { _ = recentKeys.note(waiting[number].response) }
                }
                number &+= 1
            }
        }
        recentKeys.turn(turn, at: (latest, waiting.next))
    }

    /// Notes that spans with smaller numbers may be below a counted span.
    mutating func coverLate(before number: UInt32) { coveredLate = number }

    /// The key of a span.
    func key(of identity: SpanIdentity) -> UInt64 { keys.span(identity.spanID, in: keys.trace(identity)) }

    /// The key of the first end of a trace's ways up, or of a further one.
    @inline(__always)
    func topKey(_ rank: Int, of trace: UInt64) -> UInt64 { keys.top(rank, of: trace) }

    // MARK: The words of keys

    /// The word noted of a key, or `nil`.
    @inline(__always)
    mutating func value(of key: UInt64) -> UInt64? { recentKeys.value(of: key) }

    /// Takes a key into the newest generation; for the files of this type.
    ///
    /// - Returns: The slot of its word, which holds until the next key is noted.
    @inline(__always)
    mutating func note(_ key: UInt64) -> Int { recentKeys.note(key) }

    /// The word of a key that was just noted; for the files of this type.
    @inline(__always)
    subscript(slot: Int) -> UInt64 {
        get { recentKeys[slot] }
        set { recentKeys[slot] = newValue }
    }

    // MARK: Parents

    /// The key of the span above one that does not wait, with ``tool``.
    @inline(__always)
    mutating func rememberedStep(from span: UInt64) -> UInt64? {
        if let step = parents.step(from: span) { return step }
        return notesParents && (isClockless || recentKeys.isUnbounded) ? notedStep(from: span) : nil
    }

    /// The span above one by the parents that are noted without a clock.
    @inline(never)
    private mutating func notedStep(from span: UInt64) -> UInt64? {
        recentKeys.value(of: keys.stepAbove(span)).map { $0 & ~3 | $0 >> 1 & Self.tool }
    }

    /// The bit of a step that says that the span below runs a tool.
    static var tool: UInt64 { 1 }

    /// Remembers the parent of a span that does not wait.
    mutating func remember(
        _ span: UInt64, below parent: UInt64, isTool: Bool = false, _ waiting: inout WaitingSpans
    ) {
        guard isClockless else { return parents.remember(span, below: parent, isTool: isTool) }
        // Without a clock nothing may be forgotten.
        notesParents = true
        let slot = recentKeys.note(keys.stepAbove(span))
        recentKeys[slot] = parent | (isTool ? 3 : 1)
        makeRoom(&waiting)
    }

    /// Where the way up from a span ends, the span itself included.
    ///
    /// - Returns: 0 for a root, else the key of the first span that is not known.
    mutating func end(from span: UInt64, _ waiting: inout WaitingSpans) -> UInt64 {
        var span = span
        for _ in 0..<Self.mostSteps {
            waySteps &+= 1
            guard span != 0, let parent = parent(of: span, &waiting) else { return span }
            span = parent
        }
        return span
    }

    // MARK: Offers

    /// Remembers what a span offers to the calls below it, if it offers anything.
    @inline(__always)
    mutating func remember(_ span: UInt64, offer: SpanOffer) {
        if offer.dimensions.word != 0 { heedDimensions(offer.dimensions) }
        offers.remember(span, offer, bounded: !isClockless)
    }

    /// Notes whether a span that may have calls below it offers values of dimensions.
    @inline(__always)
    mutating func heedDimensions(_ set: DimensionSet) {
        if set.offersToDescendants { offersDimensions = true }
    }

    /// What a span offers that does not wait, or `nil`.
    mutating func offer(of span: UInt64) -> SpanOffer? { offers[span] }

    // MARK: Spans sent under other ids

    /// Notes what a span with usage says without its ids.
    ///
    /// - Returns: Whether it was sent before under other ids.
    @inline(__always)
    mutating func noteRecord(
        _ arriving: CallReference, _ line: borrowing WaitingLine, _ keys: borrowing ArrivalKeys
    ) -> Bool {
        records.note(arriving, line, trace: keys.trace, keys.record)
    }

    // MARK: Looking ahead

    /// Prefetches what is remembered under the keys of a call that arrives soon.
    @inline(__always)
    mutating func fetch(_ keys: borrowing ArrivalKeys) {
        records.fetch(keys.record)
        recentKeys.fetch(keys.span)
        if keys.parent != 0 {
            recentKeys.fetch(keys.parent)
            parents.fetch(keys.parent)
            recentKeys.fetch(keys.top)
        }
        if keys.response != 0 { recentKeys.fetch(keys.response) }
    }

    /// Prefetches what shows whether a pass-through span that arrives soon is marked.
    @inline(__always)
    mutating func fetch(_ keys: borrowing PassingKeys) {
        parents.fetch(keys.span)
        recentKeys.fetchFilter(keys.span)
    }

    /// Prefetches what a marked pass-through span needs to hand its marks on.
    @inline(__always)
    mutating func fetchAbove(_ keys: borrowing PassingKeys) {
        // Most are not marked, and the spans above them are not looked for.
        guard recentKeys.mayKnow(keys.span) else { return }
        recentKeys.fetch(keys.span)
        recentKeys.fetch(keys.parent)
        parents.fetch(keys.parent)
    }

    /// Prefetches the first end of a trace's ways up.
    @inline(__always)
    func fetchTop(of trace: UInt64) { recentKeys.fetchNoted(keys.top(0, of: trace)) }

    // MARK: How far back the memory goes

    /// Whether nothing was forgotten so far.
    var isComplete: Bool { !lacksPast && recentKeys.forgotten.total == 0 }

    /// Notes that spans of an earlier process are missing.
    mutating func notePastIsMissing() { lacksPast = true }

    /// The time from which on the memory of a span's sender is complete, in monotonic nanoseconds.
    mutating func memoryBegan(for span: UInt64) -> UInt64 { recentKeys.memoryBegan(for: span) }

    /// Adds the figures for the service's own metrics.
    mutating func report(to levels: inout BillingLevels) {
        levels.rememberedKeys = recentKeys.count
        levels.rememberedParents = parents.count
        levels.oldestMemorySeconds = isClockless ? 0 : Double(latest &- min(latest, recentKeys.began)) / 1e9
        levels.forgotten = recentKeys.forgotten
        levels.forgottenParents = parents.forgotten
    }
}
