// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import TestData

/// What a provider would bill for.
struct Ledger: Equatable, Sendable {
    var calls = 0
    var failed = 0
    var withoutUsage = 0
    var input: Int64 = 0
    var output: Int64 = 0

    mutating func add(_ call: GeneratedWorld.TrueCall) {
        calls += 1
        if call.failed {
            failed += 1
        } else if call.hasUsage {
            input += call.input
            output += call.output
        } else {
            withoutUsage += 1
        }
    }

    init() {}

    /// The ledger that counted calls amount to.
    init(_ calls: [ModelCall]) {
        for call in calls {
            self.calls += 1
            if call.hasFailed {
                failed += 1
            } else if !call.reportsUsage {
                withoutUsage += 1
            }
            input += call.usage.totalInput
            output += call.usage.totalOutput
        }
    }
}

/// Some processes, instrumented in all the ways that are known, with the spans they send and what is true of them.
///
/// Counts come from few values, so that different calls often look alike.
struct GeneratedWorld {
    /// One request that a provider answered, or not.
    struct TrueCall {
        var input: Int64
        var output: Int64
        var failed: Bool
        var hasUsage: Bool
        var start: UInt64
        var end: UInt64
    }

    /// Which spans show a call.
    enum Manner: CaseIterable {
        case library, framework, frameworkInOtherTrace, nested, twoCounts, threeLayers
    }

    private(set) var spans: [TestSpan] = []
    private(set) var ledger = Ledger()
    private var random: SeededGenerator
    private var lastID: UInt64 = 0
    private var lastTrace: UInt64 = 0
    private var process: UInt64 = 0
    private var manner = Manner.library
    private var clock: UInt64 = 1_000_000

    /// Makes the world of a seed.
    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        for number in 1...(1 + random.next() % 2) {
            process = number
            manner = Manner.allCases[Int(random.next() % 6)]
            for _ in 0...(random.next() % 3) { addTrace() }
        }
        resend()
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

    private mutating func addTrace() {
        let trace = newTrace()
        switch random.next() % 4 {
        case 0: addCall(trace, below: 0)
        case 1:
            let root = newID()
            for _ in 0...(random.next() % 2) { addCall(trace, below: passThrough(trace, below: root)) }
            spans.append(.passThrough(root, in: trace))
        default: _ = addAgent(trace, below: 0, depth: 0)
        }
    }

    /// Zero to two spans that are no calls; returns the lowest.
    private mutating func passThrough(_ trace: UInt64, below parent: UInt64) -> UInt64 {
        var parent = parent
        for _ in 0..<(random.next() % 3) {
            let id = newID()
            spans.append(.passThrough(id, in: trace, below: parent))
            parent = id
        }
        return parent
    }

    /// An agent with what it does; returns the usage of its calls, or `nil` when none told any.
    private mutating func addAgent(_ trace: UInt64, below parent: UInt64, depth: Int) -> (Int64, Int64)? {
        let (id, start) = (newID(), clock)
        clock += 10
        var sum: (Int64, Int64)?
        func add(_ usage: (Int64, Int64)?) {
            guard let usage else { return }
            sum = ((sum?.0 ?? 0) + usage.0, (sum?.1 ?? 0) + usage.1)
        }
        let isHosted = chance(12)
        if !isHosted {
            let isParallel = chance(30)
            let begin = clock
            var latest = clock
            for _ in 0...(random.next() % 3) {
                if isParallel { clock = begin + random.next() % 5 }
                let above = passThrough(trace, below: id)
                add(
                    depth < 2 && chance(25)
                        ? addAgent(trace, below: above, depth: depth + 1) : addCall(trace, below: above))
                latest = max(latest, clock)
            }
            clock = latest
        }
        clock += 10
        if isHosted {
            let call = trueCall(start: start, end: clock, failed: false, hasUsage: true)
            ledger.add(call)
            sum = (call.input, call.output)
        }
        var told = sum
        if !isHosted, let usage = sum {
            switch random.next() % 4 {
            case 0: told = nil
            case 1: told = (usage.0 * 3, usage.1 * 3)
            default: break
            }
        }
        spans.append(
            .aggregate(id, in: trace, below: parent, told?.0, told?.1 ?? 0, scope: 9, time: start...clock) {
                [process] in $0.resource = process
            })
        clock += 1
        return sum
    }

    private mutating func trueCall(start: UInt64, end: UInt64, failed: Bool, hasUsage: Bool) -> TrueCall {
        TrueCall(
            input: 20 * Int64(1 + random.next() % 6), output: 3 * Int64(1 + random.next() % 6), failed: failed,
            hasUsage: hasUsage, start: start, end: end)
    }

    /// A call as its process shows it, with a failed attempt before it at times; returns its usage, if it told any.
    @discardableResult
    private mutating func addCall(_ trace: UInt64, below parent: UInt64) -> (Int64, Int64)? {
        let isRetried = manner != .library && manner != .framework && chance(10)
        let begin = clock
        clock += 3
        var attempts: [TrueCall] = []
        for attempt in 0...(isRetried ? 1 : 0) {
            let isFirstOfTwo = isRetried && attempt == 0
            let start = clock
            clock += 5 + random.next() % 20
            let call = trueCall(
                start: start, end: clock, failed: isFirstOfTwo || chance(10), hasUsage: !chance(5))
            attempts.append(call)
            ledger.add(call)
            clock += 1
        }
        clock += 3
        show(attempts, begin...clock, trace, below: parent)
        clock += 1 + random.next() % 3
        guard let last = attempts.last, !last.failed, last.hasUsage else { return nil }
        return (last.input, last.output)
    }

    private mutating func show(
        _ attempts: [TrueCall], _ time: ClosedRange<UInt64>, _ trace: UInt64, below parent: UInt64
    ) {
        guard let last = attempts.last else { return }
        // An answer's id comes with the answer; the framework passes it on at times.
        let answer = last.failed || chance(30) ? 0 : 1_000 + newID()
        let shared = chance(50) ? answer : 0
        let outer = time.lowerBound + 1...time.upperBound - 1
        switch manner {
        case .library, .framework:
            for attempt in attempts { append(attempt, trace, parent, 1, answer, attempt.start...attempt.end) }
        case .frameworkInOtherTrace:
            append(last, trace, parent, 2, shared, outer)
            for attempt in attempts { library(attempt, newTrace(), 0, attempt.failed ? 0 : answer) }
        case .nested:
            let above = newID()
            append(last, trace, parent, 2, shared, outer, id: above)
            for attempt in attempts {
                library(attempt, trace, passThrough(trace, below: above), attempt.failed ? 0 : answer)
            }
        case .twoCounts:
            let above = newID()
            var counted = last
            counted.input += 1
            append(counted, trace, parent, 2, answer, outer, id: above)
            for attempt in attempts { library(attempt, trace, above, attempt.failed ? 0 : answer) }
        case .threeLayers:
            append(last, trace, parent, 3, shared, time)
            let (other, above) = (newTrace(), newID())
            append(last, other, 0, 2, 0, outer, id: above)
            for attempt in attempts {
                library(attempt, other, passThrough(other, below: above), attempt.failed ? 0 : answer)
            }
        }
    }

    private mutating func library(_ call: TrueCall, _ trace: UInt64, _ parent: UInt64, _ answer: UInt64) {
        append(call, trace, parent, 1, answer, call.start...call.end, detailed: true)
    }

    private mutating func append(
        _ call: TrueCall, _ trace: UInt64, _ parent: UInt64, _ scope: UInt64, _ answer: UInt64,
        _ time: ClosedRange<UInt64>, id: UInt64? = nil, detailed: Bool = false
    ) {
        let tells = call.hasUsage && !call.failed
        spans.append(
            .call(
                id ?? newID(), in: trace, below: parent, tells ? call.input : nil, call.output, scope: scope,
                process: process, response: call.failed ? 0 : answer, time: time, failed: call.failed
            ) {
                guard detailed, tells else { return }
                $0.usage[.input] = call.input - 4
                $0.usage[.cacheRead] = 4
            })
    }

    /// Sends some spans twice; of some the first copy tells less.
    private mutating func resend() {
        for span in spans where chance(6) {
            guard case .call(var call) = span, call.reportsUsage, chance(40) else {
                spans.append(span)
                continue
            }
            call.usage[.input] -= 1
            spans.append(.call(call))
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
}
