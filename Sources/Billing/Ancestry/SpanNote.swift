// SPDX-License-Identifier: Apache-2.0
import OTLP

/// What is noted of a span, arrived or not, in one word.
struct SpanNote {
    var word: UInt64

    static let usageBelow: UInt64 = 1 << 32
    static let callBelow: UInt64 = 1 << 33
    /// Spans below are contained in a counted span above.
    static let covered: UInt64 = 1 << 34
    static let arrived: UInt64 = 1 << 35
    /// Settled without being counted; spans below may still be counted.
    static let dropped: UInt64 = 1 << 36
    static let usage: UInt64 = 1 << 37
    static let call: UInt64 = 1 << 38
    /// The number is that of a call below with usage, not the span's own.
    static let leaf: UInt64 = 1 << 39
    /// The same as ``usageBelow`` and ``callBelow``, of spans that nothing marks as calls.
    static let unmarkedUsageBelow: UInt64 = 1 << 40
    static let unmarkedCallBelow: UInt64 = 1 << 41
    /// Nothing marks the span as a call.
    static let unmarked: UInt64 = 1 << 42
    static let unmarkedMarks = unmarkedUsageBelow | unmarkedCallBelow
    /// What is below a tool below it, marked or not: no part of the span if this is a call.
    static let toolUsageBelow: UInt64 = 1 << 43
    static let toolCallBelow: UInt64 = 1 << 44
    static let toolMarks = toolUsageBelow | toolCallBelow
    static let marks = usageBelow | callBelow | unmarkedMarks | toolMarks

    /// The note of a span that arrives, with what was known of it.
    ///
    /// - Parameters:
    ///   - marks: What was noted before.
    ///   - number: Its number in the ring.
    ///   - state: What it is.
    ///   - tokens: All its tokens.
    @inline(__always)
    init(marks: UInt64, number: UInt32, state: SpanState, tokens: UInt64) {
        word = marks & (Self.marks | Self.covered) | Self.arrived | UInt64(number)
        if state.contains(.usage) { word |= Self.usage }
        if !state.contains(.aggregate) { word |= Self.call }
        if state.contains(.unmarked) { word |= Self.unmarked }
        word |= min(tokens, Self.mostTokens) << 45
    }

    @inline(__always)
    init(_ word: UInt64) { self.word = word }

    @inline(__always)
    func has(_ bits: UInt64) -> Bool { word & bits == bits }

    /// The marks of what is below a tool, for the spans above that.
    static func aboveTool(_ marks: UInt64) -> UInt64 {
        (marks & (usageBelow | unmarkedUsageBelow | toolUsageBelow) == 0 ? 0 : toolUsageBelow)
            | (marks & (callBelow | unmarkedCallBelow | toolCallBelow) == 0 ? 0 : toolCallBelow)
    }

    /// What is below the span without a tool between, as its state has it.
    var below: SpanState {
        var state: SpanState = []
        if has(Self.usageBelow) { state.insert(.usageBelow) }
        if has(Self.callBelow) { state.insert(.callBelow) }
        if has(Self.unmarkedUsageBelow) { state.insert(.unmarkedUsageBelow) }
        if has(Self.unmarkedCallBelow) { state.insert(.unmarkedCallBelow) }
        return state
    }

    /// The span's number in the ring, or that of a call below it.
    @inline(__always)
    var number: UInt32 { UInt32(truncatingIfNeeded: word) }

    /// All its tokens, up to ``mostTokens``.
    @inline(__always)
    var tokens: UInt64 { word >> 45 }

    /// The largest number of tokens that is noted, about half a million.
    static let mostTokens: UInt64 = 0x7_FFFF
}

/// What is noted of an answer's id: the call that brought it last, and enough to recognise an id that is used repeatedly.
struct ResponseNote {
    let word: UInt64

    @inline(__always)
    init(_ word: UInt64) { self.word = word }

    @inline(__always)
    init(number: UInt32, scope: UInt64, reportsUsage: Bool, end: Outside<UInt64>) {
        word =
            UInt64(number) | (reportsUsage ? 1 << 32 : 0) | (scope & 0xFF) << 33 | Self.moment(end) << 41
    }

    /// The number in the ring of the call that brought the id.
    @inline(__always)
    var number: UInt32 { UInt32(truncatingIfNeeded: word) }

    /// Whether a call that brings the id again is another call, after the one noted here.
    ///
    /// Some test servers give each answer the same id; then one scope reports calls one after the other.
    func isReused(by scope: UInt64, reportsUsage: Bool, start: Outside<UInt64>) -> Bool {
        guard reportsUsage, word >> 32 & 1 == 1, word >> 33 & 0xFF == scope & 0xFF else { return false }
        let distance = Self.moment(start) &- word >> 41 & Self.moments
        return distance != 0 && distance < Self.moments / 2
    }

    /// In steps of 67 ms, over six days.
    private static func moment(_ time: Outside<UInt64>) -> UInt64 { time.asSent >> 26 & moments }
    private static let moments: UInt64 = 0x7F_FFFF
}
