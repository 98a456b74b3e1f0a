// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Marks go up from a span: "below you is a call", "below you is usage".
extension Ancestry {
    /// Marks the spans above one.
    ///
    /// - Parameters:
    ///   - line: What it is.
    ///   - number: Its number, if it waits.
    ///   - waiting: The waiting spans.
    @inline(__always)
    mutating func markAbove(_ line: WaitingLine, _ number: UInt32?, _ waiting: inout WaitingSpans) {
        guard line.parent != 0 else { return }
        var marks = line.state.contains(.aggregate) ? 0 : SpanNote.callBelow
        if line.state.contains(.usage) { marks |= SpanNote.usageBelow }
        if line.state.contains(.unmarked) {
            marks = marks == SpanNote.callBelow ? SpanNote.unmarkedCallBelow : SpanNote.unmarkedMarks
        }
        if !line.state.isDisjoint(with: [.below, .unmarkedBelow]) { marks |= Self.marks(line.state) }
        let slot = note(line.parent)
        // Of most parents nothing is known: what `mark` would do about them is done here.
        if let number, self[slot] == 0, rememberedStep(from: line.parent) == nil {
            self[slot] = line.state.contains(.aggregate) ? marks : marks | SpanNote.leaf | UInt64(number)
        } else {
            mark(from: line.parent, slot, marks, number, &waiting)
        }
    }

    /// The marks of what is below a span.
    private static func marks(_ state: SpanState) -> UInt64 {
        var marks: UInt64 = 0
        if state.contains(.usageBelow) { marks |= SpanNote.usageBelow }
        if state.contains(.callBelow) { marks |= SpanNote.callBelow }
        if state.contains(.unmarkedUsageBelow) { marks |= SpanNote.unmarkedUsageBelow }
        if state.contains(.unmarkedCallBelow) { marks |= SpanNote.unmarkedCallBelow }
        return marks
    }

    /// Hands on the marks of a span that is only a step.
    mutating func passOn(_ known: SpanNote, to parent: UInt64, _ waiting: inout WaitingSpans) {
        guard parent != 0 else {
            if known.has(SpanNote.leaf), waiting.waits(known.number) { waiting.noteWay(known.number) }
            return
        }
        let leaf = known.has(SpanNote.leaf) && waiting.waits(known.number) ? known.number : nil
        mark(from: parent, note(parent), known.word & SpanNote.marks, leaf, &waiting)
    }

    /// Marks upwards until all marks are there already, the way ends, or a counted span above covers what is below.
    ///
    /// - Parameters:
    ///   - parent: The first span to be marked.
    ///   - slot: The slot of what is noted of it.
    ///   - marks: What is below.
    ///   - number: The span from which the marks come, if it is known and waits.
    ///   - waiting: The waiting spans.
    private mutating func mark(
        from parent: UInt64, _ slot: Int, _ marks: UInt64, _ number: UInt32?, _ waiting: inout WaitingSpans
    ) {
        let state = number.map { waiting[$0].state } ?? []
        let hasUsage = state.contains(.usage)
        let isCall = number != nil && !state.contains(.aggregate)
        let beginsAboveTool = marks & SpanNote.toolMarks != 0
        // Of what is met on the way the first with usage decides for a span with usage, and the first call for another.
        var (span, slot, marks, seeks, isCovered) = (parent, slot, marks, hasUsage || isCall, false)
        var steps = 0
        var meetsSpanAboveTool = false
        way: while true {
            steps += 1
            let note = SpanNote(self[slot])
            let isMarked = note.has(marks)
            var next: UInt64?
            if note.has(SpanNote.arrived) {
                let above = waiting.number(of: span, note)
                if seeks, note.has(hasUsage ? SpanNote.usage : SpanNote.call), let number {
                    seeks = false
                    if let above {
                        waiting.joinLeaf(number, to: above)
                    } else if hasUsage, !note.has(SpanNote.dropped) {
                        isCovered = true
                        break way
                    }
                }
                self[slot] = note.word | marks
                if let above {
                    waiting.heed(above, SpanNote(marks))
                    if !offersDimensions { heedDimensions(waiting[call: above].dimensions) }
                    next = waiting[above].parent
                    if marks & SpanNote.toolMarks != 0 { meetsSpanAboveTool = true }
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
                self[slot] = word
            }
            if isMarked { break }
            guard var above = next ?? rememberedStep(from: span) else { break }
            if above & Self.tool != 0 {
                above &= ~Self.tool
                (marks, seeks) = (SpanNote.aboveTool(marks), false)
            }
            guard above != 0 else {
                if let number { waiting.noteWay(number) }
                break
            }
            guard steps < Self.mostSteps else { break }
            (span, slot) = (above, self.note(above))
        }
        if isCovered, let number { cover(number, from: parent, steps: steps - 1, &waiting) }
        if meetsSpanAboveTool { rememberStepsAboveTools(from: parent, beginsAboveTool, &waiting) }
    }

    /// Remembers the waiting spans above a tool as steps on the way up from the calls that the tool makes.
    ///
    /// A walk of its own: remembering may move what is noted of spans, and few ways have such a step.
    @inline(never)
    private mutating func rememberStepsAboveTools(
        from parent: UInt64, _ beginsAboveTool: Bool, _ waiting: inout WaitingSpans
    ) {
        var (span, isAboveTool) = (parent, beginsAboveTool)
        for _ in 0..<Self.mostSteps {
            let note = SpanNote(self[self.note(span)])
            let number = note.has(SpanNote.arrived) ? waiting.number(of: span, note) : nil
            if isAboveTool, let number { rememberStep(number, &waiting) }
            guard let step = number.map({ waiting[$0].parent }) ?? rememberedStep(from: span) else { return }
            if step & Self.tool != 0 { isAboveTool = true }
            span = step & ~Self.tool
            guard span != 0 else { return }
        }
    }

    /// Remembers a waiting span as a step on the way up from others, which may be decided later than it is.
    mutating func rememberStep(_ number: UInt32, _ waiting: inout WaitingSpans) {
        let line = waiting[number]
        remember(line.span, offer: SpanOffer(waiting[call: number]))
        remember(line.span, below: line.parent, &waiting)
    }

    /// Drops a span that is below one that was counted, with what comes later on the same way.
    ///
    /// - Parameters:
    ///   - number: The span.
    ///   - parent: The span above it.
    ///   - steps: The number of spans between it and the counted one. That one itself, and what is above, stay as they are.
    ///   - waiting: The waiting spans.
    private mutating func cover(
        _ number: UInt32, from parent: UInt64, steps: Int, _ waiting: inout WaitingSpans
    ) {
        // When a pass-through span has made the way known, there may be others below that span.
        if number != waiting.next &- 1 { coverLate(before: waiting.next) }
        waiting.bar(number)
        waiting.noteWay(number)
        var span = parent
        for _ in 0..<steps {
            let slot = note(span)
            self[slot] |= SpanNote.covered
            guard let above = self.parent(of: span, &waiting), above != 0 else { return }
            span = above
        }
    }

    /// Remembers a pass-through span, or an aggregate without usage, and hands the marks on that waited for it.
    @inline(__always)
    mutating func step(
        _ span: UInt64, _ parent: UInt64, _ offer: SpanOffer, _ known: SpanNote, isTool: Bool = false,
        _ waiting: inout WaitingSpans
    ) {
        remember(span, offer: offer)
        remember(span, below: parent, isTool: isTool, &waiting)
        guard known.word & SpanNote.marks != 0 else { return }
        passOn(isTool ? SpanNote(SpanNote.aboveTool(known.word)) : known, to: parent, &waiting)
    }
}
