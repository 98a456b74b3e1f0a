// SPDX-License-Identifier: Apache-2.0
import GenAI

/// The ways from spans up to those above them.
extension Ancestry {
    /// The largest number of steps of a way up.
    static var mostSteps: Int { 64 }

    /// The span above one, by what waits and by what is remembered.
    ///
    /// - Returns: Its key, 0 if the span is a root, `nil` if that is not known.
    @inline(__always)
    mutating func parent(of span: UInt64, _ waiting: inout WaitingSpans) -> UInt64? {
        step(from: span, &waiting).map { $0 & ~Self.tool }
    }

    /// The span above one of which one below it may be a part.
    ///
    /// - Returns: Its key, 0 if the span is a root; `nil` if the parent is not known, or if the span runs a tool: what is
    ///   below a tool is no part of what is above it.
    @inline(__always)
    mutating func whole(of span: UInt64, _ waiting: inout WaitingSpans) -> UInt64? {
        guard let step = step(from: span, &waiting), step & Self.tool == 0 else { return nil }
        return step
    }

    @inline(__always)
    private mutating func step(from span: UInt64, _ waiting: inout WaitingSpans) -> UInt64? {
        if let note = value(of: span), let number = waiting.number(of: span, SpanNote(note)) {
            return waiting[number].parent
        }
        return rememberedStep(from: span)
    }

    /// The spans on the cycle of parents that a span is on.
    ///
    /// - Returns: Their keys; `nil` if the way up from the span does not lead back to it in ``mostSteps``.
    mutating func cycle(through span: UInt64, _ waiting: inout WaitingSpans) -> [UInt64]? {
        // Most ways up end after a few steps, and take no memory.
        var above = span
        for count in 1...Self.mostSteps {
            guard let next = parent(of: above, &waiting), next != 0 else { return nil }
            above = next
            guard above == span else { continue }
            var cycle = [span]
            while cycle.count < count, let next = parent(of: cycle[cycle.count - 1], &waiting) { cycle.append(next) }
            return cycle
        }
        return nil
    }

    /// The first span of a cycle of parents that the way up from a span leads to, the span itself included; `nil` if none.
    mutating func entry(into cycle: [UInt64], from span: UInt64, _ waiting: inout WaitingSpans) -> UInt64? {
        var span = span
        // A way that goes round another cycle would take all steps that a search may take: it is left at a span that comes again.
        var (earlier, taken, most) = (span, 0, 1)
        for _ in 0..<Self.mostSteps {
            waySteps &+= 1
            if cycle.contains(span) { return span }
            guard span != 0, let parent = parent(of: span, &waiting), parent != earlier else { return nil }
            span = parent
            taken += 1
            if taken == most { (earlier, taken, most) = (span, 0, most * 2) }
        }
        return nil
    }

    /// A call above a span.
    enum CallAbove {
        case none
        case waiting(UInt32)
        case decided(SpanNote)
    }

    /// The nearest call above a span that something marks as one, and that is not counted by other calls below it.
    mutating func markedAbove(_ number: UInt32, _ waiting: inout WaitingSpans) -> CallAbove {
        var span = waiting[number].parent
        for _ in 0..<Self.mostSteps where span != 0 {
            if let word = value(of: span) {
                let note = SpanNote(word)
                if note.has(SpanNote.arrived | SpanNote.call), !note.has(SpanNote.unmarked) {
                    if let above = waiting.number(of: span, note) {
                        if !waiting[above].state.isOuter { return .waiting(above) }
                    } else if !note.has(SpanNote.dropped) {
                        return .decided(note)
                    }
                }
            }
            guard let above = whole(of: span, &waiting) else { return .none }
            span = above
        }
        return .none
    }

    /// The nearest call above a span that has usage.
    mutating func usageAbove(_ number: UInt32, _ waiting: inout WaitingSpans) -> CallAbove {
        var span = waiting[number].parent
        for _ in 0..<Self.mostSteps where span != 0 {
            if let word = value(of: span) {
                let note = SpanNote(word)
                if note.has(SpanNote.arrived | SpanNote.call | SpanNote.usage) {
                    return waiting.number(of: span, note).map { .waiting($0) } ?? .decided(note)
                }
            }
            guard let above = whole(of: span, &waiting) else { return .none }
            span = above
        }
        return .none
    }

    /// Whether a span that is about to be decided is below one that was counted, by parents that became known after it arrived.
    @inline(__always)
    mutating func isCoveredLate(_ number: UInt32, _ waiting: inout WaitingSpans) -> Bool {
        guard number &- waiting.oldest < coveredLate &- waiting.oldest,
            coveredLate &- waiting.oldest <= waiting.next &- waiting.oldest
        else { return false }
        // All that is above a span on a cycle of parents is on the cycle as well, where each call is counted.
        return isBelowCounted(number, &waiting) && cycle(through: waiting[number].span, &waiting) == nil
    }

    private mutating func isBelowCounted(_ number: UInt32, _ waiting: inout WaitingSpans) -> Bool {
        var span = waiting[number].parent
        for _ in 0..<Self.mostSteps where span != 0 {
            if let word = value(of: span) {
                let note = SpanNote(word)
                if note.has(SpanNote.arrived | SpanNote.usage) {
                    return waiting.number(of: span, note) == nil && !note.has(SpanNote.dropped)
                }
            }
            guard let above = whole(of: span, &waiting) else { return false }
            span = above
        }
        return false
    }

    /// The nearest name of a model above a call, or above one of its twins.
    mutating func nameAbove(_ number: UInt32, _ waiting: inout WaitingSpans) -> SpanOffer? {
        var twin = number
        repeat {
            var span = waiting[twin].parent
            for _ in 0..<Self.mostSteps where span != 0 {
                let note = SpanNote(value(of: span) ?? 0)
                if let above = waiting.number(of: span, note) {
                    let offer = SpanOffer(waiting[call: above])
                    if offer.model != .absent { return offer }
                    span = waiting[above].parent
                } else {
                    if let offer = offer(of: span), offer.model != .absent { return offer }
                    guard let above = parent(of: span, &waiting) else { break }
                    span = above
                }
            }
            twin = waiting[twin].nextTwin
        } while twin != number
        return nil
    }
}
