// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// What happens to a span when it arrives.
extension SettleWindow {
    /// Takes spans in.
    mutating func arrive(
        _ calls: Span<ModelCall>, _ spans: Span<PassThroughSpan>, now: UInt64?, _ outcome: inout SettleOutcome
    ) {
        begin(now)
        unsafe calls.withUnsafeBufferPointer { calls in
            // Sound: the references are used within this closure, while the span lends its elements. By reference calls
            // are read where they are; handed on as values each would be copied, a tenth of all that is done for it.
            guard let start = calls.baseAddress else { return }
            unsafe withUnsafeTemporaryAllocation(of: ArrivalKeys.self, capacity: Self.callsAhead) { keys in
                // Sound: the index of keys is a call's number modulo `callsAhead`, which is the length of the block, and each
                // element is written before it is read: the first ones below, the others `callsAhead` calls earlier.
                for index in 0..<min(Self.callsAhead, calls.count) {
                    unsafe keys.initializeElement(at: index, to: fetch(CallReference(start + index)))
                    ring.fetch(ahead: Self.earlyAtOnce + index)
                    fetchOverwritten(ahead: index)
                }
                for index in 0..<calls.count {
                    let slot = index & (Self.callsAhead - 1)
                    let own = unsafe keys[slot]
                    // The slots of keys are anywhere in megabytes. Asked for with each call that is taken, they arrive
                    // while earlier ones are worked on; many at once would wait for each other.
                    let ahead = index + Self.callsAhead
                    if ahead < calls.count {
                        unsafe keys[slot] = fetch(CallReference(start + ahead))
                        ring.fetch(ahead: Self.earlyAtOnce + Self.callsAhead)
                        fetchOverwritten(ahead: Self.callsAhead)
                    }
                    unsafe arrive(CallReference(start + index), own, &outcome)
                }
            }
        }
        arrive(spans, &outcome)
    }

    private mutating func arrive(_ spans: Span<PassThroughSpan>, _ outcome: inout SettleOutcome) {
        unsafe withUnsafeTemporaryAllocation(of: ArrivalKeys.self, capacity: Self.spansAhead) { keys in
            // Sound: as with calls.
            var first = 0
            while first < spans.count {
                let count = min(Self.spansAhead, spans.count - first)
                for index in 0..<count { unsafe keys.initializeElement(at: index, to: fetch(spans[first + index])) }
                for index in 0..<count { unsafe fetchAbove(keys[index]) }
                for index in 0..<count { unsafe arrive(spans[first + index], keys[index], &outcome) }
                first += count
            }
        }
    }

    private mutating func begin(_ now: UInt64?) {
        if let now {
            if !hasBegun { recentKeys.begin(at: now) }
            latest = max(latest, now)
            parents.pass(to: latest)
        }
        hasBegun = true
        isClockless = now == nil
        recentKeys.isUnbounded = isClockless
    }

    @inline(__always)
    private mutating func fetch(_ arriving: CallReference) -> ArrivalKeys {
        var keys = ArrivalKeys(
            keys, arriving.call.identity, parentSpanID: arriving.call.parentSpanID, responseID: arriving.call.responseID
        )
        keys.record = records.key(of: arriving)
        records.fetch(keys.record)
        recentKeys.fetch(keys.span)
        if keys.parent != 0 {
            recentKeys.fetch(keys.parent)
            parents.fetch(keys.parent)
            recentKeys.fetch(keys.top)
            traceChains.fetch(keys.trace)
        }
        if keys.response != 0 { recentKeys.fetch(keys.response) }
        return keys
    }

    @inline(__always)
    private mutating func fetch(_ passing: borrowing PassThroughSpan) -> ArrivalKeys {
        let keys = ArrivalKeys(keys, passing.identity, parentSpanID: passing.parentSpanID, responseID: 0)
        parents.fetch(keys.span)
        recentKeys.fetchFilter(keys.span)
        return keys
    }

    /// Fetches what a step of a way up needs that has been marked.
    @inline(__always)
    private mutating func fetchAbove(_ keys: borrowing ArrivalKeys) {
        // Most are not marked, and the spans above them are not looked for.
        guard recentKeys.mayKnow(keys.span) else { return }
        recentKeys.fetch(keys.span)
        recentKeys.fetch(keys.parent)
        parents.fetch(keys.parent)
    }

    private mutating func arrive(
        _ arriving: CallReference, _ keys: borrowing ArrivalKeys, _ outcome: inout SettleOutcome
    ) {
        makeRoom(&outcome)
        var line = WaitingLine(arriving, keys, arrival: latest, number: ring.next)
        let slot = recentKeys.note(line.span)
        let known = SpanNote(recentKeys[slot])
        if known.has(SpanNote.arrived) { return arriveAgain(arriving, line, known, &outcome) }
        if line.state.contains(.usage), records.note(arriving, line, trace: keys.trace, keys.record) {
            recentKeys[slot] =
                SpanNote(marks: known.word, number: ring.next, state: line.state, tokens: line.tokens).word
                | SpanNote.dropped
            return arriveUnderNewIDs(arriving, line, known, &outcome)
        }

        let number = ring.next
        if line.state.contains(.aggregate), !line.state.contains(.usage) {
            recentKeys[slot] =
                SpanNote(marks: known.word, number: number, state: line.state, tokens: 0).word | SpanNote.dropped
            return arriveWithoutUsage(arriving, line, known, &outcome)
        }
        if known.word & SpanNote.marks != 0 { line.state.formUnion(known.below) }
        recentKeys[slot] = SpanNote(marks: known.word, number: number, state: line.state, tokens: line.tokens).word
        waiting += 1
        enter(arriving, line, trace: keys.trace, top: keys.top)
        if known.word & (SpanNote.leaf | SpanNote.toolMarks) != 0 { heedBelow(number, known) }
    }

    /// Takes what is known of the spans below one that has just entered the ring.
    private mutating func heedBelow(_ number: UInt32, _ known: SpanNote) {
        if known.has(SpanNote.leaf) { joinLeaf(known.number, to: number) }
        guard known.word & SpanNote.toolMarks != 0 else { return }
        ring[number].state.heed(known)
        passOn(SpanNote(known.word & SpanNote.toolMarks), to: ring[number].parent)
    }

    /// An aggregate that has nothing to count: it does not wait and is a step like any other span.
    @inline(never)
    private mutating func arriveWithoutUsage(
        _ arriving: CallReference, _ line: WaitingLine, _ known: SpanNote, _ outcome: inout SettleOutcome
    ) {
        outcome.drop(arriving.call.identity, .repeatsChildren, records: recordsFates)
        step(line.span, line.parent, SpanOffer(arriving.call), known)
    }

    /// Appends a span to the ring, and lets it find its twins and mark the spans above.
    ///
    /// - Parameters:
    ///   - arriving: The span.
    ///   - line: What decisions ask of it.
    ///   - trace: The key of its trace.
    ///   - top: The key of the first end of the trace's ways up.
    ///   - copy: The number of a copy that it replaces; what that proved is not proved a second time.
    @inline(__always)
    mutating func enter(
        _ arriving: CallReference, _ line: WaitingLine, trace: UInt64, top: UInt64, replacing copy: UInt32? = nil
    ) {
        forgetOverwritten()
        let number = ring.append(arriving, line, WaitingTies(trace: trace, number: ring.next))
        heedSides(number, replacing: copy)
        if line.state.contains(.aggregate) {
            offers.remember(line.span, SpanOffer(arriving.call), bounded: !isClockless)
        } else {
            takeCensus(number)
            if line.response != 0 { findResponse(number, arriving) }
        }
        markAbove(line, number)
        if line.state.intersection([.aggregate, .usage]) == .usage {
            if ring[number].state.isDisjoint(with: .wayKnown) {
                noteTop(number, top, line.parent)
            } else if line.parent != 0 {
                // Notes about it look for it there.
                ring[number].state.insert(.inTrace)
                chainTrace(number)
            }
        }
    }

    /// Finds the call that brought the same answer's id.
    @inline(__always)
    private mutating func findResponse(_ number: UInt32, _ arriving: CallReference) {
        let slot = recentKeys.note(ring[number].response)
        let mine = ResponseNote(
            number: number, scope: arriving.call.scope, reportsUsage: arriving.call.reportsUsage,
            end: arriving.call.endNanoseconds)
        let known = ResponseNote(recentKeys[slot])
        if known.word == 0 {
            recentKeys[slot] = mine.word
        } else {
            heedResponse(number, arriving, slot, mine, known)
        }
    }

    /// Takes an answer's id that an earlier call had.
    @inline(never)
    private mutating func heedResponse(
        _ number: UInt32, _ arriving: CallReference, _ slot: Int, _ mine: ResponseNote, _ known: ResponseNote
    ) {
        if ring.waits(known.number), ring[known.number].response == ring[number].response {
            let other = known.number
            compareSides(number, other)
            let (line, otherLine) = (ring[number], ring[other])
            let isApart = otherLine.end < line.start || line.end < otherLine.start
            let bothTell = line.state.contains(.usage) && otherLine.state.contains(.usage)
            if bothTell, isApart, ring[call: other].scope == arriving.call.scope {
                recentKeys[slot] = mine.word
            } else if !join(other, number) {
                // So many with one id cannot be told from an attack; the ones that wait already stand for it.
                ring[number].state.insert(.barred)
            }
        } else if known.isReused(
            by: arriving.call.scope, reportsUsage: arriving.call.reportsUsage, start: arriving.call.startNanoseconds)
        {
            recentKeys[slot] = mine.word
        } else {
            // It is not dropped at once: a third twin without an id may know the call by its counts.
            ring[number].state.insert(.barred)
        }
    }

    private mutating func arrive(
        _ passing: borrowing PassThroughSpan, _ keys: borrowing ArrivalKeys, _ outcome: inout SettleOutcome
    ) {
        if recentKeys.isFull { turnRecentKeys() }
        outcome.report.passThrough += 1
        if configuration.recordsFates {
            outcome.report.fates.append(
                SpanFate(identity: passing.identity, outcome: .notAModelCall, inFavourOf: nil))
        }
        step(
            keys.span, keys.parent, SpanOffer(passing), SpanNote(recentKeys.value(of: keys.span) ?? 0),
            isTool: passing.isTool)
    }

    /// Remembers a span as a step between others, and hands the marks on that waited for it.
    @inline(__always)
    private mutating func step(
        _ span: UInt64, _ parent: UInt64, _ offer: SpanOffer, _ known: SpanNote, isTool: Bool = false
    ) {
        offers.remember(span, offer, bounded: !isClockless)
        remember(span, below: parent, isTool: isTool)
        guard known.word & SpanNote.marks != 0 else { return }
        passOn(isTool ? SpanNote(SpanNote.aboveTool(known.word)) : known, to: parent)
    }

    /// Remembers the span above one that does not wait.
    mutating func remember(_ span: UInt64, below parent: UInt64, isTool: Bool = false) {
        guard isClockless else { return parents.remember(span, below: parent, isTool: isTool) }
        // Without a clock nothing may be forgotten.
        notesParents = true
        let slot = recentKeys.note(keys.stepAbove(span))
        recentKeys[slot] = parent | (isTool ? 3 : 1)
        if recentKeys.isFull { turnRecentKeys() }
    }

    /// How many calls ahead memory is prefetched, a power of two.
    ///
    /// A call needs about twenty cache lines. A core fetches one or two dozen at a time; further requests wait in a queue.
    private static let callsAhead = 4
    /// The same of spans that are only steps, which ask for one to four.
    private static let spansAhead = 32
}
