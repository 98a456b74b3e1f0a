// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// What happens to a span when it arrives.
extension SettleWindow {
    /// Takes spans in.
    mutating func arrive(
        _ calls: Span<ModelCall>, _ spans: Span<SpanLink>, now: UInt64?, _ outcome: inout SettleOutcome
    ) {
        begin(now)
        unsafe calls.withUnsafeBufferPointer { calls in
            // Sound: the places are used within this closure, while the span lends its elements. By their places calls
            // are read where they are; handed on as values each would be copied, a tenth of all that is done for it.
            guard let start = calls.baseAddress else { return }
            unsafe withUnsafeTemporaryAllocation(of: ArrivalKeys.self, capacity: Self.callsAhead) { keys in
                // Sound: those are read that were written just before, and there are at most as many as there is room for.
                var first = 0
                while first < calls.count {
                    let count = min(Self.callsAhead, calls.count - first)
                    let group = unsafe start + first
                    // The places of keys are anywhere in megabytes: asked for together, they are fetched together.
                    for index in 0..<count {
                        unsafe keys.initializeElement(at: index, to: fetch(CallPlace(group + index)))
                        ring.fetch(ahead: Self.earlyAtOnce + index)
                    }
                    for index in 0..<count { unsafe arrive(CallPlace(group + index), keys[index], &outcome) }
                    first += count
                }
            }
        }
        arrive(spans, &outcome)
    }

    private mutating func arrive(_ spans: Span<SpanLink>, _ outcome: inout SettleOutcome) {
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
            if !hasBegun { notebook.begin(at: now) }
            latest = max(latest, now)
            links.pass(to: latest)
        }
        hasBegun = true
        isClockless = now == nil
        notebook.isUnbounded = isClockless
    }

    @inline(__always)
    private mutating func fetch(_ place: CallPlace) -> ArrivalKeys {
        var keys = ArrivalKeys(
            keys, place.call.identity, parentSpanID: place.call.parentSpanID, responseID: place.call.responseID)
        keys.record = records.key(of: place)
        records.fetch(keys.record)
        notebook.fetch(keys.span)
        if keys.parent != 0 {
            notebook.fetch(keys.parent)
            links.fetch(keys.parent)
            notebook.fetch(keys.top)
            traceChains.fetch(keys.trace)
        }
        if keys.response != 0 { notebook.fetch(keys.response) }
        return keys
    }

    @inline(__always)
    private mutating func fetch(_ link: borrowing SpanLink) -> ArrivalKeys {
        let keys = ArrivalKeys(keys, link.identity, parentSpanID: link.parentSpanID, responseID: 0)
        links.fetch(keys.span)
        return keys
    }

    /// Fetches what a step of a way up needs that has been marked.
    @inline(__always)
    private mutating func fetchAbove(_ keys: borrowing ArrivalKeys) {
        // Most are not marked, and the spans above them are not looked for.
        guard notebook.mayKnow(keys.span) else { return }
        notebook.fetch(keys.span)
        notebook.fetch(keys.parent)
        links.fetch(keys.parent)
    }

    private mutating func arrive(_ place: CallPlace, _ keys: borrowing ArrivalKeys, _ outcome: inout SettleOutcome) {
        makeRoom(&outcome)
        var line = WaitingLine(place, keys, arrival: latest)
        let slot = notebook.note(line.span)
        let known = SpanNote(notebook[slot])
        if known.has(SpanNote.arrived) { return arriveAgain(place, line, known, &outcome) }
        if line.state.contains(.usage), records.note(place, line, trace: keys.trace, keys.record) {
            notebook[slot] =
                SpanNote(marks: known.word, number: ring.next, state: line.state, tokens: line.tokens).word
                | SpanNote.dropped
            return arriveUnderNewIDs(place, line, known, &outcome)
        }

        let number = ring.next
        if place.call.isAggregate && !line.state.contains(.usage) {
            // It has nothing to count, so it does not wait: a step like any other span.
            notebook[slot] =
                SpanNote(marks: known.word, number: number, state: line.state, tokens: 0).word | SpanNote.dropped
            outcome.drop(place.call.identity, .repeatsChildren, records: configuration.recordsFates)
            return step(line.span, line.parent, SpanOffer(place.call), known)
        }
        if known.word & SpanNote.marks != 0 { line.state.formUnion(known.below) }
        notebook[slot] = SpanNote(marks: known.word, number: number, state: line.state, tokens: line.tokens).word
        waiting += 1
        enter(place, line, keys.trace)
        if known.has(SpanNote.leaf) { joinLeaf(known.number, to: number) }
    }

    /// Gives a span its place in the ring, and lets it find its twins and mark the spans above.
    ///
    /// - Parameters:
    ///   - place: The span.
    ///   - line: What decisions ask of it.
    ///   - trace: The key of its trace.
    ///   - copy: The number of a copy that it replaces; what that proved is not proved a second time.
    mutating func enter(_ place: CallPlace, _ line: WaitingLine, _ trace: UInt64, replacing copy: UInt32? = nil) {
        forgetOverwritten()
        let number = ring.append(place, line, WaitingTies(trace: trace, number: ring.next))
        ring[number].nextTwin = number
        heedSides(number, replacing: copy)
        if !place.call.isAggregate {
            takeCensus(number)
            if line.response != 0 { findResponse(number, place) }
        }
        if place.call.isAggregate { offers.remember(line.span, SpanOffer(place.call), bounded: !isClockless) }
        markAbove(number)
        if ring[number].state.isDisjoint(with: [.wayKnown, .aggregate]), line.state.contains(.usage) {
            noteTop(number)
        }
    }

    /// Finds the call that brought the same answer's id.
    private mutating func findResponse(_ number: UInt32, _ place: CallPlace) {
        let slot = notebook.note(ring[number].response)
        let mine = ResponseNote(
            number: number, scope: place.call.scope, reportsUsage: place.call.reportsUsage,
            end: place.call.endNanoseconds)
        let known = ResponseNote(notebook[slot])
        if known.word == 0 {
            notebook[slot] = mine.word
        } else if ring.waits(known.number), ring[known.number].response == ring[number].response {
            let other = known.number
            compareSides(number, other)
            let (line, otherLine) = (ring[number], ring[other])
            let isApart = otherLine.end < line.start || line.end < otherLine.start
            let bothTell = line.state.contains(.usage) && otherLine.state.contains(.usage)
            if bothTell, isApart, ring[call: other].scope == place.call.scope {
                notebook[slot] = mine.word
            } else if !join(other, number) {
                // So many with one id cannot be told from an attack; the ones that wait already stand for it.
                ring[number].state.insert(.barred)
            }
        } else if known.isReused(
            by: place.call.scope, reportsUsage: place.call.reportsUsage, start: place.call.startNanoseconds)
        {
            notebook[slot] = mine.word
        } else {
            // It is not dropped at once: a third twin without an id may know the call by its counts.
            ring[number].state.insert(.barred)
        }
    }

    private mutating func arrive(
        _ link: borrowing SpanLink, _ keys: borrowing ArrivalKeys, _ outcome: inout SettleOutcome
    ) {
        if notebook.isFull { turnNotebook() }
        outcome.report.links += 1
        if configuration.recordsFates {
            outcome.report.fates.append(
                SpanFate(identity: link.identity, outcome: .notAModelCall, inFavourOf: nil))
        }
        step(keys.span, keys.parent, SpanOffer(link), SpanNote(notebook.value(of: keys.span) ?? 0))
    }

    /// Remembers a span as a step between others, and hands the marks on that waited for it.
    @inline(__always)
    private mutating func step(_ span: UInt64, _ parent: UInt64, _ offer: SpanOffer, _ known: SpanNote) {
        offers.remember(span, offer, bounded: !isClockless)
        remember(span, below: parent)
        if known.word & SpanNote.marks != 0 { passOn(known, to: parent) }
    }

    /// Remembers the span above one that does not wait.
    mutating func remember(_ span: UInt64, below parent: UInt64) {
        guard isClockless else { return links.remember(span, below: parent) }
        // Without a clock nothing may be forgotten.
        let slot = notebook.note(keys.link(span))
        notebook[slot] = parent | 1
        if notebook.isFull { turnNotebook() }
    }

    // How many are looked at before they are decided: what is fetched for them stays within the nearest cache. A call takes
    // some twenty lines of it, a span that is only a step one to four.
    private static let callsAhead = 16
    private static let spansAhead = 32
}
