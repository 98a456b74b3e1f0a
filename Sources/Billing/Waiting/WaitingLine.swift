// SPDX-License-Identifier: Apache-2.0
import OTLP

/// What the decisions ask of a waiting span: one cache line.
struct WaitingLine {
    var span: UInt64
    /// The span above; 0 for a root.
    var parent: UInt64
    /// The answer's id; 0 when none was sent.
    var response: UInt64
    /// When it arrived, in monotonic nanoseconds.
    var arrival: UInt64
    var start: Outside<UInt64>
    var end: Outside<UInt64>
    /// All tokens of the input and of the output, as far as 32 bits hold them.
    var input: UInt32
    var output: UInt32
    /// The next of its twins, around; its own number when it has none.
    var nextTwin: UInt32
    var state: SpanState
    /// A bit for each class of tokens that it states, as it was read, and ``topBit``.
    var classesAndTop: UInt16

    /// A bit for each class of tokens that it states, as it was read.
    @inline(__always)
    var classes: UInt16 { classesAndTop & ~Self.topBit }

    /// Whether its parent was noted for its trace when it arrived, so that nothing has to be noted later.
    @inline(__always)
    var isTop: Bool { classesAndTop & Self.topBit != 0 }

    /// Whether the way up from a call with usage is not known to its end, nor its beginning noted for its trace.
    @inline(__always)
    var hasTopToNote: Bool { state.contains(.inTrace) && state.isDisjoint(with: .wayKnown) && !isTop }

    /// The only bit that no class of tokens has.
    static let topBit: UInt16 = 1 << 15

    /// All its tokens.
    @inline(__always)
    var tokens: UInt64 { UInt64(input) + UInt64(output) }

    /// How long the span ran, in nanoseconds; its end is never before its start.
    var duration: UInt64 { end.subtracting(start)?.asSent ?? 0 }

    /// Whether the time of another is within this one's.
    @inline(__always)
    func contains(_ other: WaitingLine) -> Bool { start <= other.start && other.end <= end }

    /// Whether the times of both overlap or meet.
    @inline(__always)
    func touches(_ other: WaitingLine) -> Bool { start <= other.end && other.start <= end }

    /// Whether its counts say so little that a twin must be of its trace.
    @inline(__always)
    var needsSameTrace: Bool { state.contains(.usage) && output == 0 }

    /// Whether both have the same counts; absent and failed are counts too.
    @inline(__always)
    func hasEqualCounts(_ other: WaitingLine) -> Bool {
        input == other.input && output == other.output
            && state.intersection([.usage, .failed]) == other.state.intersection([.usage, .failed])
    }
}

/// What the decisions ask of it less often.
struct WaitingTies {
    var trace: UInt64
    /// The twin that represents the group; its own number if it has no twins.
    var lead: UInt32
    /// The number of twins; only that of the lead is kept up to date.
    var twins: UInt32 = 1
    /// The next newer span whose counts may be equal; 0 when there is none.
    var sameCounts: UInt32 = 0
    /// An older one whose trace may be the same.
    var sameTrace: UInt32 = 0
    /// Bits of the hash of its counts; spans with other bits have other counts.
    var countsTag: UInt32 = 0
    /// The newest span of its chain when the call was last compared with the whole chain; at first its own number.
    var comparedUpTo: UInt32

    init(trace: UInt64, number: UInt32) {
        self.trace = trace
        lead = number
        comparedUpTo = number
    }
}

/// What a waiting span is, and what is known of it.
struct SpanState: OptionSet {
    let rawValue: UInt16

    /// It was decided; its slot is not free yet.
    static let settled = SpanState(rawValue: 1 << 0)
    static let aggregate = SpanState(rawValue: 1 << 1)
    static let usage = SpanState(rawValue: 1 << 2)
    static let failed = SpanState(rawValue: 1 << 3)
    /// A span below has usage.
    static let usageBelow = SpanState(rawValue: 1 << 4)
    /// A span below is a call.
    static let callBelow = SpanState(rawValue: 1 << 5)
    /// Its call was counted already: neither it nor its twins are counted.
    static let barred = SpanState(rawValue: 1 << 6)
    /// It waits for the second time.
    static let deferred = SpanState(rawValue: 1 << 7)
    /// The spans above it are known up to a root.
    static let wayKnown = SpanState(rawValue: 1 << 8)
    /// Nothing marks it as a call except its usage, or a model and an error.
    static let unmarked = SpanState(rawValue: 1 << 9)
    /// A call below that repeats it was found already.
    static let leafFound = SpanState(rawValue: 1 << 10)
    /// It is in the chain of its trace: not the first call there whose way up is not known.
    static let inTrace = SpanState(rawValue: 1 << 11)
    /// It is in the chain of its counts: its process shows calls through several scopes.
    static let inCounts = SpanState(rawValue: 1 << 12)
    /// A span below that nothing marks as a call has usage.
    static let unmarkedUsageBelow = SpanState(rawValue: 1 << 13)
    /// A span below may be a call, and nothing marks it as one.
    static let unmarkedCallBelow = SpanState(rawValue: 1 << 14)
    /// It has usage and names no model.
    static let nameless = SpanState(rawValue: 1 << 15)
    /// The marks of calls below it.
    static let below: SpanState = [.usageBelow, .callBelow]
    /// The marks of spans below it that nothing marks as calls.
    static let unmarkedBelow: SpanState = [.unmarkedUsageBelow, .unmarkedCallBelow]
    /// What makes a decision depend on more than the spans that arrived before it.
    static let special: SpanState = [.unmarked, .unmarkedUsageBelow, .unmarkedCallBelow, .nameless]

    /// Whether it is a call with usage, whose other bits say only whether it failed and how it was looked for.
    @inline(__always)
    var isPlain: Bool { subtracting([.failed, .wayKnown, .inTrace, .deferred, .leafFound]) == .usage }

    /// Takes what is noted of the spans below.
    ///
    /// Calls below a tool are no parts of a marked call. But only agents run tools, so that usage above one that nothing marks
    /// sums what is below.
    @inline(__always)
    mutating func heed(_ note: SpanNote) {
        formUnion(note.below)
        if note.word & SpanNote.toolMarks != 0, !isDisjoint(with: [.unmarked, .aggregate]) {
            if note.has(SpanNote.toolUsageBelow) { insert(.usageBelow) }
            if note.has(SpanNote.toolCallBelow) { insert(.callBelow) }
        }
    }

    /// A call that others below it are counted for.
    ///
    /// What nothing marks as a call is only a part of a marked call above it, and hides what nothing marks either.
    @inline(__always)
    var isOuter: Bool {
        if isDisjoint(with: .unmarked) {
            return !isDisjoint(with: .usageBelow) || (!isDisjoint(with: .callBelow) && isDisjoint(with: .usage))
        }
        return !isDisjoint(with: [.usageBelow, .unmarkedUsageBelow])
            || (!isDisjoint(with: [.callBelow, .unmarkedCallBelow]) && isDisjoint(with: .usage))
    }
}
