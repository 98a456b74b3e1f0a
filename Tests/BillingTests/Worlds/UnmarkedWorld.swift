// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import OTLP
import TestData

/// Random trees of marked and unmarked spans, with what is true of them.
///
/// Calls are shown by a marked span, an unmarked one, or several of both, or by pieces below a span without counts; notes
/// about them are written beside them, and tools of calls make calls of their own. Sums of calls are marked aggregates or
/// unmarked spans, above their calls or beside them; steps between them are missing at times, where what arrives still tells
/// the truth. Counts are drawn from many values, so that different calls are not alike by chance.
struct UnmarkedWorld {
    private(set) var spans: [TestSpan] = []
    private(set) var ledger = Ledger()
    private var random: SeededGenerator
    private var lastID: UInt64 = 0
    private var lastTrace: UInt64 = 0
    /// In nanoseconds.
    private var clock: UInt64 = 5 * second
    /// How many sums that nothing marks the next call is in.
    private var sums = 0

    /// Makes the world of a seed.
    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        for _ in 0...(random.next() % 2) {
            let trace = newTrace()
            let root = chance(50) ? newID() : 0
            for _ in 0...(random.next() % 3) { add(trace, below: root, depth: 0) }
            if root != 0, chance(60) { spans.append(.passThrough(root, in: trace)) }
        }
    }

    /// The spans in one of four orders.
    mutating func spans(order: Int) -> [TestSpan] {
        switch order {
        case 0: spans
        case 1: spans.reversed()
        default: spans.shuffled(using: &random)
        }
    }

    /// The same spans with some more that are no calls, below spans that there are, and that there are not.
    mutating func spansWithSteps() -> [TestSpan] {
        var more = spans
        for span in spans where chance(40) {
            let identity = span.identity
            more.append(.passThrough(newID(), in: identity.traceIDLow, below: chance(80) ? identity.spanID : newID()))
        }
        return more.shuffled(using: &random)
    }

    private mutating func chance(_ percent: UInt64) -> Bool { random.next() % 100 < percent }

    private mutating func newID() -> UInt64 {
        lastID += 1
        return lastID
    }

    private mutating func newTrace() -> UInt64 {
        lastTrace += 1
        return lastTrace
    }

    /// Counts of one call or of several.
    private struct Counts {
        var input: Int64 = 0
        var output: Int64 = 0

        mutating func add(_ other: Counts) {
            input += other.input
            output += other.output
        }
    }

    @discardableResult
    private mutating func add(_ trace: UInt64, below parent: UInt64, depth: Int) -> Counts {
        switch depth < 3 ? random.next() % 8 : 0 {
        case 0, 1, 2: addCall(trace, below: parent)
        case 3, 4: addSteps(trace, below: parent, depth)
        case 5: addAggregate(trace, below: parent, depth)
        default: addSum(trace, below: parent, depth)
        }
    }

    private mutating func addChildren(_ trace: UInt64, below parent: UInt64, _ depth: Int) -> Counts {
        var sum = Counts()
        for _ in 0...(random.next() % 3) { sum.add(add(trace, below: parent, depth: depth + 1)) }
        return sum
    }

    /// A step, which is missing at times, with what lies below it.
    private mutating func addSteps(_ trace: UInt64, below parent: UInt64, _ depth: Int) -> Counts {
        let id = newID()
        let sum = addChildren(trace, below: id, depth)
        if chance(70) { spans.append(.passThrough(id, in: trace, below: parent)) }
        return sum
    }

    private mutating func addAggregate(_ trace: UInt64, below parent: UInt64, _ depth: Int) -> Counts {
        let (id, start) = (newID(), clock)
        clock += 1_000
        let sum = addChildren(trace, below: id, depth)
        clock += 1_000
        let factor = Int64(random.next() % 3)
        spans.append(
            .aggregate(
                id, in: trace, below: parent, factor == 0 ? nil : sum.input * factor, sum.output * factor, scope: 9,
                time: start...clock))
        clock += 1_000
        return sum
    }

    /// A sum that nothing marks as one.
    private mutating func addSum(_ trace: UInt64, below parent: UInt64, _ depth: Int) -> Counts {
        let (id, start) = (newID(), clock)
        clock += 1_000
        // The spans between it and its calls may all be missing, or they are beside it.
        let (isFiltered, isBeside) = (chance(40), chance(30))
        var sum = Counts()
        sums += 1
        defer { sums -= 1 }
        if isBeside {
            let branch = chance(50) || parent == 0 ? newID() : parent
            // Those that nothing marks alone would stay calls, for a sum of some of them is no proof.
            sum = addMarked(trace, below: branch)
            for _ in 0...(random.next() % 2) { sum.add(addCall(trace, below: branch)) }
            if branch != parent { spans.append(.passThrough(branch, in: trace, below: parent)) }
        } else if isFiltered {
            for _ in 0...(1 + random.next() % 2) { sum.add(addCall(trace, below: newID())) }
        } else {
            sum = addCall(trace, below: steps(trace, below: id))
            sum.add(addChildren(trace, below: id, depth))
        }
        clock += 1_000
        spans.append(
            .unmarked(id, in: trace, below: parent, sum.input, sum.output, scope: 8, time: start...clock))
        clock += 1_000
        return sum
    }

    private mutating func addMarked(_ trace: UInt64, below parent: UInt64) -> Counts {
        let counts = Counts(input: 1 + Int64(random.next() % 1_000_000), output: 20 + Int64(random.next() % 100_000))
        ledger.calls += 1
        ledger.input += counts.input
        ledger.output += counts.output
        mark(counts, trace, parent, clock...clock + 100_000_000)
        clock += 100_001_000
        return counts
    }

    /// A call in one of the ways in which calls are shown.
    private mutating func addCall(_ trace: UInt64, below parent: UInt64) -> Counts {
        let counts = Counts(input: 1 + Int64(random.next() % 1_000_000), output: 20 + Int64(random.next() % 100_000))
        let start = clock
        // More tokens take longer, so that no call is as short as a note about a larger one.
        let end = start + 100_000_000 + UInt64(counts.output) * 4_000 + random.next() % 20_000_000
        clock = end + 1_000
        ledger.calls += 1
        ledger.input += counts.input
        ledger.output += counts.output
        let inner = start + 1_000...end - 1_000
        let whole = start...end
        switch random.next() % 15 {
        case 0: mark(counts, trace, parent, whole)
        case 1: unmark(counts, trace, parent, whole)
        case 2:
            // A server below its client.
            let id = newID()
            mark(counts, trace, parent, whole, id: id)
            unmark(counts, trace, steps(trace, below: id), inner, process: 2)
        case 3:
            // A client that knows no tokens, over a server that does.
            let id = newID()
            spans.append(
                .call(id, in: trace, below: parent, nil, time: whole) { $0.requestModel = Symbol(number: 5) })
            unmark(counts, trace, steps(trace, below: id), inner, process: 2)
        case 4:
            let id = newID()
            unmark(counts, trace, parent, whole, id: id)
            mark(counts, trace, steps(trace, below: id), inner)
        case 5:
            // A note of the call beside it.
            mark(counts, trace, parent, whole)
            clock = end + 30_000_000
            unmark(counts, trace, parent, clock...clock + 20_000, scope: 1)
            clock += 50_000
        case 6:
            // The client library's own tracer.
            mark(counts, trace, parent, whole)
            unmark(counts, newTrace(), 0, inner)
        case 7:
            // A framework over a library.
            mark(counts, trace, parent, whole, scope: 2)
            mark(counts, newTrace(), 0, inner)
        case 8, 9: parent == 0 ? mark(counts, trace, parent, whole) : addNoted(counts, trace, parent, whole)
        case 10: addPrompt(counts, trace, parent, whole)
        case 11:
            let id = newID()
            spans.append(
                .call(id, in: trace, below: parent, nil, time: whole) { $0.requestModel = Symbol(number: 5) })
            addPieces(counts, trace, id, start)
        case 12, 13:
            // A tool of the call makes a call of its own.
            let (id, tool) = (newID(), newID())
            mark(counts, trace, parent, whole, id: id)
            var sum = counts
            sum.add(addCall(trace, below: tool))
            if chance(90) { spans.append(.passThrough(tool, in: trace, below: id, isTool: true)) }
            return sum
        default: unmark(counts, trace, parent, whole)
        }
        return counts
    }

    /// A call and what is written down about it: a row, a message, the total of a conversation.
    private mutating func addNoted(
        _ counts: Counts, _ trace: UInt64, _ parent: UInt64, _ time: ClosedRange<UInt64>
    ) {
        mark(counts, trace, parent, time)
        clock = time.upperBound + 3_000_000
        for scope in 5...(5 + random.next() % 2) {
            unmark(counts, trace, chance(50) ? parent : newID(), clock...clock + 15_000_000, scope: scope)
            clock += 1_000_000
        }
        if sums == 0, chance(30) {
            let total = Counts(input: counts.input * 3, output: counts.output * 4 + 7)
            unmark(total, trace, parent, clock...clock + 10_000_000, scope: 4)
        }
        clock += 40_000_000
    }

    /// A call whose prompt is counted before.
    private mutating func addPrompt(
        _ counts: Counts, _ trace: UInt64, _ parent: UInt64, _ time: ClosedRange<UInt64>
    ) {
        if parent != 0 {
            unmark(
                Counts(input: counts.input + 4), trace, parent, time.lowerBound...time.lowerBound + 5_000_000, scope: 6)
        }
        mark(counts, trace, parent, time.lowerBound + 6_000_000...time.upperBound)
    }

    /// The pieces of an answer: each with its own tokens, or all tokens so far.
    private mutating func addPieces(_ counts: Counts, _ trace: UInt64, _ parent: UInt64, _ start: UInt64) {
        let isSoFar = sums == 0 && chance(50)
        let parts = [counts.output / 5, counts.output / 5, counts.output - counts.output / 5 * 2]
        var told: Int64 = 0
        for (number, part) in parts.enumerated() {
            told += part
            let begin = start + 2_000 + UInt64(number) * 20_000_000
            let input = number == 0 || isSoFar ? counts.input : 0
            unmark(
                Counts(input: input, output: isSoFar ? told : part), trace, parent, begin...begin + 19_000_000)
        }
    }

    /// Steps that all arrive; returns the lowest.
    private mutating func steps(_ trace: UInt64, below parent: UInt64) -> UInt64 {
        var parent = parent
        for _ in 0..<(random.next() % 3) {
            let id = newID()
            spans.append(.passThrough(id, in: trace, below: parent))
            parent = id
        }
        return parent
    }

    private mutating func mark(
        _ counts: Counts, _ trace: UInt64, _ parent: UInt64, _ time: ClosedRange<UInt64>, scope: UInt64 = 1,
        id: UInt64? = nil
    ) {
        spans.append(
            .call(id ?? newID(), in: trace, below: parent, counts.input, counts.output, scope: scope, time: time))
    }

    private mutating func unmark(
        _ counts: Counts, _ trace: UInt64, _ parent: UInt64, _ time: ClosedRange<UInt64>, scope: UInt64 = 7,
        process: UInt64 = 1, id: UInt64? = nil
    ) {
        spans.append(
            .unmarked(
                id ?? newID(), in: trace, below: parent, counts.input, counts.output, scope: scope, process: process,
                time: time))
    }
}

extension TestSpan {
    var identity: SpanIdentity {
        switch self {
        case .call(let call): call.identity
        case .passThrough(let span): span.identity
        }
    }

    /// When a call ended; steps have no time of their own.
    var end: UInt64? {
        guard case .call(let call) = self else { return nil }
        return call.endNanoseconds.asSent
    }
}
