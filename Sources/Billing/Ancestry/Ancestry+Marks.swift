// SPDX-License-Identifier: Apache-2.0
import GenAI

/// The ways from spans up to those above them.
extension SettleWindow {
    /// How many steps a way up has at most.
    static var mostSteps: Int { 64 }

    /// The span above one, by what waits and by what is remembered.
    ///
    /// - Returns: Its key, 0 when the span is a root, `nil` when that is not known.
    @inline(__always)
    mutating func parent(of span: UInt64) -> UInt64? { step(from: span).map { $0 & ~Self.tool } }

    /// The span above one of which one below it may be a part.
    ///
    /// - Returns: Its key, 0 when the span is a root; `nil` when the parent is not known, or when the span runs a tool: what is
    ///   below a tool is no part of what is above it.
    @inline(__always)
    mutating func whole(of span: UInt64) -> UInt64? {
        guard let step = step(from: span), step & Self.tool == 0 else { return nil }
        return step
    }

    @inline(__always)
    private mutating func step(from span: UInt64) -> UInt64? {
        if let note = recentKeys.value(of: span), let number = waitingNumber(of: span, SpanNote(note)) {
            return ring[number].parent
        }
        return rememberedStep(from: span)
    }

    /// The key of the span above one that does not wait, with ``tool``.
    @inline(__always)
    private mutating func rememberedStep(from span: UInt64) -> UInt64? {
        if let step = parents.step(from: span) { return step }
        return notesParents && (isClockless || recentKeys.isUnbounded) ? notedStep(from: span) : nil
    }

    /// The span above one by the parents that a world without a clock notes.
    @inline(never)
    private mutating func notedStep(from span: UInt64) -> UInt64? {
        recentKeys.value(of: keys.stepAbove(span)).map { $0 & ~3 | $0 >> 1 & Self.tool }
    }

    /// The bit of a step that says that the span below runs a tool.
    private static var tool: UInt64 { 1 }

    /// The number of a span that waits, from what is noted of it.
    @inline(__always)
    mutating func waitingNumber(of span: UInt64, _ note: SpanNote) -> UInt32? {
        guard note.has(SpanNote.arrived), ring.waits(note.number), ring[note.number].span == span else { return nil }
        return note.number
    }

    /// Where the way up from a span ends, the span itself included.
    ///
    /// - Returns: 0 for a root, else the key of the first span that is not known.
    mutating func end(from span: UInt64) -> UInt64 {
        var span = span
        for _ in 0..<Self.mostSteps {
            waySteps &+= 1
            guard span != 0, let parent = parent(of: span) else { return span }
            span = parent
        }
        return span
    }

    /// Marks the spans above one.
    ///
    /// - Parameters:
    ///   - line: What it is.
    ///   - number: Its number, if it waits.
    @inline(__always)
    mutating func markAbove(_ line: WaitingLine, _ number: UInt32?) {
        guard line.parent != 0 else { return }
        var marks = line.state.contains(.aggregate) ? 0 : SpanNote.callBelow
        if line.state.contains(.usage) { marks |= SpanNote.usageBelow }
        if line.state.contains(.unmarked) {
            marks = marks == SpanNote.callBelow ? SpanNote.unmarkedCallBelow : SpanNote.unmarkedMarks
        }
        if !line.state.isDisjoint(with: [.below, .unmarkedBelow]) { marks |= Self.marks(line.state) }
        let slot = recentKeys.note(line.parent)
        // Of most parents nothing is known: what `mark` would do about them is done here.
        if let number, recentKeys[slot] == 0, rememberedStep(from: line.parent) == nil {
            recentKeys[slot] = line.state.contains(.aggregate) ? marks : marks | SpanNote.leaf | UInt64(number)
        } else {
            mark(from: line.parent, slot, marks, number)
        }
    }

    /// The marks of what lies below a span.
    private static func marks(_ state: SpanState) -> UInt64 {
        var marks: UInt64 = 0
        if state.contains(.usageBelow) { marks |= SpanNote.usageBelow }
        if state.contains(.callBelow) { marks |= SpanNote.callBelow }
        if state.contains(.unmarkedUsageBelow) { marks |= SpanNote.unmarkedUsageBelow }
        if state.contains(.unmarkedCallBelow) { marks |= SpanNote.unmarkedCallBelow }
        return marks
    }

    /// Hands on the marks of a span that is only a step.
    mutating func passOn(_ known: SpanNote, to parent: UInt64) {
        guard parent != 0 else {
            if known.has(SpanNote.leaf), ring.waits(known.number) { ring[known.number].state.insert(.wayKnown) }
            return
        }
        let leaf = known.has(SpanNote.leaf) && ring.waits(known.number) ? known.number : nil
        mark(from: parent, recentKeys.note(parent), known.word & SpanNote.marks, leaf)
    }

    /// Marks upwards until all marks are there already, the way ends, or a counted span above covers what is below.
    ///
    /// - Parameters:
    ///   - parent: The first span to be marked.
    ///   - slot: The slot of what is noted of it.
    ///   - marks: What lies below.
    ///   - number: The span from which the marks come, where it is known and waits.
    private mutating func mark(from parent: UInt64, _ slot: Int, _ marks: UInt64, _ number: UInt32?) {
        let state = number.map { ring[$0].state } ?? []
        let hasUsage = state.contains(.usage)
        let isCall = number != nil && !state.contains(.aggregate)
        // Of what is met on the way the first with usage decides for a span with usage, and the first call for another.
        var (span, slot, marks, seeks, isCovered) = (parent, slot, marks, hasUsage || isCall, false)
        var steps = 0
        way: while true {
            steps += 1
            let note = SpanNote(recentKeys[slot])
            let isMarked = note.has(marks)
            var next: UInt64?
            if note.has(SpanNote.arrived) {
                let waiting = waitingNumber(of: span, note)
                if seeks, note.has(hasUsage ? SpanNote.usage : SpanNote.call), let number {
                    seeks = false
                    if let waiting {
                        joinLeaf(number, to: waiting)
                    } else if hasUsage, !note.has(SpanNote.dropped) {
                        isCovered = true
                        break way
                    }
                }
                recentKeys[slot] = note.word | marks
                if let waiting {
                    ring[waiting].state.heed(SpanNote(marks))
                    next = ring[waiting].parent
                }
            } else {
                if seeks, hasUsage, note.has(SpanNote.covered) {
                    isCovered = true
                    break way
                }
                var word = note.word | marks
                if seeks, isCall, let number, hasUsage || !note.has(SpanNote.leaf),
                    !isMarked || !note.has(SpanNote.leaf)
                {
                    word = word & ~0xFFFF_FFFF | SpanNote.leaf | UInt64(number)
                }
                recentKeys[slot] = word
            }
            if isMarked { break }
            guard var above = next ?? rememberedStep(from: span) else { break }
            if above & Self.tool != 0 {
                above &= ~Self.tool
                (marks, seeks) = (SpanNote.aboveTool(marks), false)
            }
            guard above != 0 else {
                if let number { ring[number].state.insert(.wayKnown) }
                break
            }
            guard steps < Self.mostSteps else { break }
            (span, slot) = (above, recentKeys.note(above))
        }
        if isCovered, let number { cover(number, from: parent, steps: steps - 1) }
    }

    /// Drops a span that lies below one that was counted, with what comes later on the same way.
    ///
    /// - Parameters:
    ///   - number: The span.
    ///   - parent: The span above it.
    ///   - steps: How many spans lie between it and the counted one. That one itself, and what is above, stay as they are.
    private mutating func cover(_ number: UInt32, from parent: UInt64, steps: Int) {
        // When a pass-through span has made the way known, there may be others below that span.
        if number != ring.next &- 1 { coveredLate = ring.next }
        ring[number].state.insert([.barred, .wayKnown])
        var span = parent
        for _ in 0..<steps {
            let slot = recentKeys.note(span)
            recentKeys[slot] |= SpanNote.covered
            guard let above = self.parent(of: span), above != 0 else { return }
            span = above
        }
    }

    /// Makes an outer call and a call below it twins when the one repeats the other.
    mutating func joinLeaf(_ leaf: UInt32, to outer: UInt32) {
        guard ring.waits(leaf), leaf != outer else { return }
        guard ring[leaf].state.isDisjoint(with: .aggregate),
            ring[outer].state.isDisjoint(with: [.aggregate, .leafFound])
        else { return }
        compareSides(leaf, outer)
        guard ring[leaf].hasEqualCounts(ring[outer]), join(outer, leaf) else { return }
        ring[outer].state.insert(.leafFound)
    }

    /// Whether a span that is about to be decided lies below one that was counted, by parents that became known after it arrived.
    @inline(__always)
    mutating func isCoveredLate(_ number: UInt32) -> Bool {
        guard number &- ring.oldest < coveredLate &- ring.oldest, coveredLate &- ring.oldest <= ring.next &- ring.oldest
        else { return false }
        return liesBelowCounted(number)
    }

    private mutating func liesBelowCounted(_ number: UInt32) -> Bool {
        var span = ring[number].parent
        for _ in 0..<Self.mostSteps where span != 0 {
            if let word = recentKeys.value(of: span) {
                let note = SpanNote(word)
                if note.has(SpanNote.arrived | SpanNote.usage) {
                    return waitingNumber(of: span, note) == nil && !note.has(SpanNote.dropped)
                }
            }
            guard let above = whole(of: span) else { return false }
            span = above
        }
        return false
    }
}
