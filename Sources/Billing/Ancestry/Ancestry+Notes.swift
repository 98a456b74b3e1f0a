// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What is noted of spans and answers when they arrive, move and are decided.
extension Ancestry {
    /// Notes that a span has arrived.
    ///
    /// - Parameters:
    ///   - slot: The slot of its word.
    ///   - known: What was noted of it before.
    ///   - number: Its number in the ring.
    ///   - line: What it is.
    @inline(__always)
    mutating func noteArrival(_ slot: Int, _ known: SpanNote, number: UInt32, _ line: WaitingLine) {
        self[slot] = SpanNote(marks: known.word, number: number, state: line.state, tokens: line.tokens).word
    }

    /// Notes that a span has arrived that is decided already, without being counted.
    @inline(__always)
    mutating func noteDroppedArrival(
        _ slot: Int, _ known: SpanNote, number: UInt32, _ state: SpanState, tokens: UInt64
    ) {
        self[slot] =
            SpanNote(marks: known.word, number: number, state: state, tokens: tokens).word | SpanNote.dropped
    }

    /// Notes that a waiting span is replaced by a copy with another number.
    mutating func noteCopy(_ number: UInt32, _ line: WaitingLine) {
        let slot = note(line.span)
        noteArrival(slot, SpanNote(self[slot]), number: number, line)
    }

    /// Notes that a span was decided without being counted.
    mutating func noteDropped(_ span: UInt64) {
        let slot = note(span)
        self[slot] |= SpanNote.dropped
    }

    /// Notes the new number of a span that has moved in the ring, under its own id and wherever its old number is noted.
    ///
    /// - Parameters:
    ///   - line: The span.
    ///   - old: Its old number.
    ///   - number: Its new number.
    mutating func move(_ line: WaitingLine, from old: UInt32, to number: UInt32) {
        let slot = note(line.span)
        self[slot] = self[slot] & ~0xFFFF_FFFF | UInt64(number)
        guard !line.state.contains(.aggregate) else { return }
        if line.response != 0 {
            let slot = note(line.response)
            if ResponseNote(self[slot]).number == old { self[slot] = self[slot] & ~0xFFFF_FFFF | UInt64(number) }
        }
        if line.parent != 0 {
            let slot = note(line.parent)
            let above = SpanNote(self[slot])
            if above.has(SpanNote.leaf), !above.has(SpanNote.arrived), above.number == old {
                self[slot] = above.word & ~0xFFFF_FFFF | UInt64(number)
            }
        }
    }

    // MARK: Answers

    /// Notes the call that brought an answer's id, unless an earlier call had it.
    ///
    /// - Returns: What is noted of the earlier call, and its slot; `nil` if there is none.
    @inline(__always)
    mutating func noteResponse(_ response: UInt64, _ mine: ResponseNote) -> (slot: Int, note: ResponseNote)? {
        let slot = note(response)
        let known = ResponseNote(self[slot])
        guard known.word == 0 else { return (slot, known) }
        self[slot] = mine.word
        return nil
    }

    /// Replaces what is noted of an answer's id.
    mutating func replaceResponse(_ slot: Int, with mine: ResponseNote) { self[slot] = mine.word }

    /// Notes the call that an answer's id is counted for, whatever was noted before.
    mutating func setResponse(_ response: UInt64, _ mine: ResponseNote) {
        let slot = note(response)
        self[slot] = mine.word
    }

    /// Replaces what is noted of an answer's id if it is a call's; `nil` forgets it.
    mutating func replaceResponse(_ response: UInt64, of old: UInt32, with other: ResponseNote?) {
        let slot = note(response)
        if ResponseNote(self[slot]).number == old { self[slot] = other?.word ?? 0 }
    }

    // MARK: Ends of ways up

    /// Notes where the way up from a call with usage begins, unless that is noted of its trace already.
    ///
    /// - Parameters:
    ///   - top: The key of the first end of the trace's ways up.
    ///   - parent: The call's parent.
    /// - Returns: Whether this parent is noted now; most traces have one such call.
    @inline(__always)
    mutating func noteTop(_ top: UInt64, _ parent: UInt64) -> Bool {
        let slot = note(top)
        if self[slot] == 0 { self[slot] = parent }
        return self[slot] == parent
    }

    /// Remembers where the way up from a decided call with usage ends, for aggregates of the trace that come later.
    @inline(never)
    mutating func rememberTop(of trace: UInt64, from parent: UInt64, _ waiting: inout WaitingSpans) {
        var mine: UInt64?
        for rank in 0..<Self.tops {
            let slot = note(topKey(rank, of: trace))
            let there = self[slot]
            if there == 0 {
                self[slot] = mine ?? parent
                return
            }
            if there == parent || there == mine { return }
            let end = mine ?? end(from: parent, &waiting)
            guard end != 0 else { return }
            mine = end
            // What was an end then may be known further up by now.
            let theirs = self.end(from: there & ~1, &waiting)
            self[slot] = theirs == 0 ? end : theirs | there & 1
            if theirs == 0 || theirs == end { return }
            // More ends than are remembered: the trace counts as unknown from now on.
            if rank == Self.tops - 1 { self[slot] |= 1 }
        }
    }

    /// The number of ends of ways up that are remembered of a trace.
    static var tops: Int { 4 }
}
