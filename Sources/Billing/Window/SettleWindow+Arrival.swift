// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// What happens to a span when it arrives.
extension SettleWindow {
    /// Takes spans in.
    ///
    /// - Parameters:
    ///   - calls: Calls and aggregates, with their keys.
    ///   - spans: Pass-through spans, with their keys.
    ///   - now: Monotonic nanoseconds; `nil` without a clock.
    ///   - outcome: What comes out.
    mutating func arrive(
        _ calls: (Span<ModelCall>, keys: Span<ArrivalKeys>), _ spans: (Span<PassThroughSpan>, keys: Span<PassingKeys>),
        now: UInt64?, _ outcome: inout SettleOutcome
    ) {
        ancestry.begin(now)
        arrive(calls.0, calls.keys, &outcome)
        arrive(spans.0, spans.keys, &outcome)
    }

    private mutating func arrive(_ calls: Span<ModelCall>, _ keys: Span<ArrivalKeys>, _ outcome: inout SettleOutcome) {
        unsafe calls.withUnsafeBufferPointer { calls in
            // Sound: the references are used within this closure, while the span lends its elements. By reference calls
            // are read where they are; handed on as values each would be copied, a tenth of all that is done for it.
            guard let start = calls.baseAddress else { return }
            for index in 0..<min(Self.callsAhead, keys.count) { fetch(keys[index], ahead: index) }
            for index in 0..<calls.count {
                // The slots of keys are anywhere in megabytes. Asked for with each call that is taken, they arrive
                // while earlier ones are worked on; many at once would wait for each other.
                let ahead = index + Self.callsAhead
                if ahead < keys.count { fetch(keys[ahead], ahead: Self.callsAhead) }
                unsafe arrive(CallReference(start + index), keys[index], &outcome)
            }
        }
    }

    private mutating func arrive(
        _ spans: Span<PassThroughSpan>, _ keys: Span<PassingKeys>, _ outcome: inout SettleOutcome
    ) {
        outcome.report.passThrough += spans.count
        for index in 0..<min(Self.spansAhead, keys.count) { ancestry.fetch(keys[index]) }
        for index in 0..<spans.count {
            let ahead = index + Self.spansAhead
            if ahead < keys.count { ancestry.fetch(keys[ahead]) }
            // What shows whether it is marked is in the cache by then.
            let middle = index + Self.spansAhead / 2
            if middle < keys.count { ancestry.fetchAbove(keys[middle]) }
            arrive(spans[index], keys[index], &outcome)
        }
    }

    /// Prefetches what a call needs that arrives some calls later.
    @inline(__always)
    private mutating func fetch(_ keys: borrowing ArrivalKeys, ahead steps: Int) {
        ancestry.fetch(keys)
        if keys.parent != 0 { waiting.fetch(trace: keys.trace) }
        waiting.fetch(ahead: Self.earlyAtOnce + steps)
        fetchOverwritten(ahead: steps)
    }

    /// Takes a call or aggregate in; a function of its own, since a larger one would be optimised less.
    @inline(never)
    private mutating func arrive(
        _ arriving: CallReference, _ keys: borrowing ArrivalKeys, _ outcome: inout SettleOutcome
    ) {
        makeRoom(&outcome)
        var line = WaitingLine(arriving, keys, arrival: ancestry.latest, number: waiting.next)
        let slot = ancestry.note(line.span)
        let known = SpanNote(ancestry[slot])
        if known.has(SpanNote.arrived) { return arriveAgain(arriving, line, known, &outcome) }
        if line.state.contains(.usage), ancestry.noteRecord(arriving, line, keys) {
            ancestry.noteDroppedArrival(slot, known, number: waiting.next, line.state, tokens: line.tokens)
            return arriveUnderNewIDs(arriving, line, known, &outcome)
        }

        let number = waiting.next
        if line.state.contains(.aggregate), !line.state.contains(.usage) {
            ancestry.noteDroppedArrival(slot, known, number: number, line.state, tokens: 0)
            return arriveWithoutUsage(arriving, line, known, &outcome)
        }
        if known.word & SpanNote.marks != 0 { line.state.formUnion(known.below) }
        ancestry.noteArrival(slot, known, number: number, line)
        enter(arriving, line, trace: keys.trace, top: keys.top)
        if known.word & SpanNote.marks != 0 { ancestry.heedDimensions(arriving.call.dimensions) }
        if known.word & (SpanNote.leaf | SpanNote.toolMarks) != 0 { heedBelow(number, known) }
    }

    /// Takes what is known of the spans below one that has just entered the ring.
    private mutating func heedBelow(_ number: UInt32, _ known: SpanNote) {
        if known.has(SpanNote.leaf) { waiting.joinLeaf(known.number, to: number) }
        guard known.word & SpanNote.toolMarks != 0 else { return }
        waiting.heed(number, known)
        ancestry.rememberStep(number, &waiting)
        ancestry.passOn(SpanNote(known.word & SpanNote.toolMarks), to: waiting[number].parent, &waiting)
    }

    /// An aggregate that has nothing to count: it does not wait and is a step like any other span.
    @inline(never)
    private mutating func arriveWithoutUsage(
        _ arriving: CallReference, _ line: WaitingLine, _ known: SpanNote, _ outcome: inout SettleOutcome
    ) {
        decisions.drop(arriving.call.identity, .repeatsChildren, &outcome)
        if decisions.keepsDropped {
            outcome.dropped.append(DroppedSpan(call: arriving.call, outcome: .repeatsChildren))
        }
        ancestry.step(line.span, line.parent, SpanOffer(arriving.call), known, &waiting)
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
        let number = waiting.append(arriving, line, WaitingTies(trace: trace, number: waiting.next))
        waiting.heedSides(number, replacing: copy)
        if line.state.contains(.aggregate) {
            ancestry.remember(line.span, offer: SpanOffer(arriving.call))
        } else {
            waiting.takeScope(of: number)
            if line.response != 0 { findResponse(number, arriving) }
        }
        ancestry.markAbove(line, number, &waiting)
        if line.state.contains(.usage), line.state.isDisjoint(with: .aggregate) {
            if waiting[number].state.isDisjoint(with: .wayKnown) {
                noteTop(number, top, line.parent)
            } else if line.parent != 0 {
                // Notes about it look for it there.
                waiting.chainTrace(number)
            }
        }
    }

    /// Finds the call that brought the same answer's id.
    @inline(__always)
    private mutating func findResponse(_ number: UInt32, _ arriving: CallReference) {
        let mine = ResponseNote(
            number: number, scope: arriving.call.scope, reportsUsage: arriving.call.reportsUsage,
            end: arriving.call.endNanoseconds)
        if let (slot, known) = ancestry.noteResponse(waiting[number].response, mine) {
            heedResponse(number, arriving, slot, mine, known)
        }
    }

    /// Takes an answer's id that an earlier call had.
    @inline(never)
    private mutating func heedResponse(
        _ number: UInt32, _ arriving: CallReference, _ slot: Int, _ mine: ResponseNote, _ known: ResponseNote
    ) {
        if waiting.waits(known.number), waiting[known.number].response == waiting[number].response {
            let other = known.number
            waiting.compareSides(number, other)
            let (line, otherLine) = (waiting[number], waiting[other])
            let isApart = otherLine.end < line.start || line.end < otherLine.start
            let bothTell = line.state.contains(.usage) && otherLine.state.contains(.usage)
            if bothTell, isApart, waiting[call: other].scope == arriving.call.scope {
                ancestry.replaceResponse(slot, with: mine)
            } else if !waiting.join(other, number) {
                // So many with one id look like an attack; those that wait already are enough.
                waiting.bar(number)
            }
        } else if known.isReused(
            by: arriving.call.scope, reportsUsage: arriving.call.reportsUsage, start: arriving.call.startNanoseconds)
        {
            ancestry.replaceResponse(slot, with: mine)
        } else {
            // It is not dropped at once: a third twin without an id may know the call by its counts.
            waiting.bar(number)
        }
    }

    private mutating func arrive(
        _ passing: borrowing PassThroughSpan, _ keys: borrowing PassingKeys, _ outcome: inout SettleOutcome
    ) {
        ancestry.makeRoom(&waiting)
        if configuration.recordsFates {
            outcome.report.fates.append(
                SpanFate(identity: passing.identity, outcome: .notAModelCall, inFavourOf: nil))
        }
        let known = SpanNote(ancestry.value(of: keys.span) ?? 0)
        ancestry.step(keys.span, keys.parent, SpanOffer(passing), known, isTool: passing.isTool, &waiting)
    }

    /// The number of calls by which prefetching is ahead.
    ///
    /// A call needs about twenty cache lines. A core fetches one or two dozen at a time; further requests wait in a queue.
    private static let callsAhead = 4
    /// The same for pass-through spans, most of which need two.
    private static let spansAhead = 16
}
