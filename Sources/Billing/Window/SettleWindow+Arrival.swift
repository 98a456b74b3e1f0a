// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// What happens to a span when it arrives.
extension SettleWindow {
    /// Takes spans in.
    mutating func arrive(
        _ calls: Span<ModelCall>, _ spans: Span<PassThroughSpan>, now: UInt64?, _ outcome: inout SettleOutcome
    ) {
        ancestry.begin(now)
        unsafe calls.withUnsafeBufferPointer { calls in
            // Sound: the references are used within this closure, while the span lends its elements. By reference calls
            // are read where they are; handed on as values each would be copied, a tenth of all that is done for it.
            guard let start = calls.baseAddress else { return }
            unsafe withUnsafeTemporaryAllocation(of: ArrivalKeys.self, capacity: Self.callsAhead) { keys in
                // Sound: the index of keys is a call's number modulo `callsAhead`, which is the length of the block, and each
                // element is written before it is read: the first ones below, the others `callsAhead` calls earlier.
                for index in 0..<min(Self.callsAhead, calls.count) {
                    unsafe keys.initializeElement(at: index, to: fetch(CallReference(start + index)))
                    waiting.fetch(ahead: Self.earlyAtOnce + index)
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
                        waiting.fetch(ahead: Self.earlyAtOnce + Self.callsAhead)
                        fetchOverwritten(ahead: Self.callsAhead)
                    }
                    unsafe arrive(CallReference(start + index), own, &outcome)
                }
            }
        }
        arrive(spans, &outcome)
    }

    private mutating func arrive(_ spans: Span<PassThroughSpan>, _ outcome: inout SettleOutcome) {
        outcome.report.passThrough += spans.count
        unsafe withUnsafeTemporaryAllocation(of: PassingKeys.self, capacity: Self.spansAhead) { keys in
            // Sound: as with calls.
            for index in 0..<min(Self.spansAhead, spans.count) {
                unsafe keys.initializeElement(at: index, to: ancestry.fetch(spans[index]))
            }
            for index in 0..<spans.count {
                let slot = index & (Self.spansAhead - 1)
                let own = unsafe keys[slot]
                let ahead = index + Self.spansAhead
                if ahead < spans.count { unsafe keys[slot] = ancestry.fetch(spans[ahead]) }
                // What shows whether it is marked has arrived by then.
                let middle = index + Self.spansAhead / 2
                if middle < spans.count {
                    unsafe ancestry.fetchAbove(keys[middle & (Self.spansAhead - 1)])
                }
                arrive(spans[index], own, &outcome)
            }
        }
    }

    /// Makes the keys of a call that arrives soon, and prefetches what it needs.
    @inline(__always)
    private mutating func fetch(_ arriving: CallReference) -> ArrivalKeys {
        let keys = ancestry.fetch(arriving)
        if keys.parent != 0 { waiting.fetch(trace: keys.trace) }
        return keys
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
        if known.word & (SpanNote.leaf | SpanNote.toolMarks) != 0 { heedBelow(number, known) }
    }

    /// Takes what is known of the spans below one that has just entered the ring.
    private mutating func heedBelow(_ number: UInt32, _ known: SpanNote) {
        if known.has(SpanNote.leaf) { waiting.joinLeaf(known.number, to: number) }
        guard known.word & SpanNote.toolMarks != 0 else { return }
        waiting.heed(number, known)
        ancestry.passOn(SpanNote(known.word & SpanNote.toolMarks), to: waiting[number].parent, &waiting)
    }

    /// An aggregate that has nothing to count: it does not wait and is a step like any other span.
    @inline(never)
    private mutating func arriveWithoutUsage(
        _ arriving: CallReference, _ line: WaitingLine, _ known: SpanNote, _ outcome: inout SettleOutcome
    ) {
        decisions.drop(arriving.call.identity, .repeatsChildren, &outcome)
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

    /// The number of calls by which prefetching is ahead, a power of two.
    ///
    /// A call needs about twenty cache lines. A core fetches one or two dozen at a time; further requests wait in a queue.
    private static let callsAhead = 4
    /// The same for pass-through spans, most of which need two.
    private static let spansAhead = 16
}
