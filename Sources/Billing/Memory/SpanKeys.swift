// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// Turns ids into the 64-bit keys by which spans, answers and traces are remembered.
///
/// Senders choose the ids, so they are mixed with secrets: no sender can aim at one slot of a table. The lowest four bits of
/// a key are 0 and left to notes that are keys; a key is never 0. With half a million keys remembered and a thousand calls a
/// second, two different ids are taken for one about once in fifteen years.
struct SpanKeys {
    private let salts: InlineArray<10, UInt64>

    /// - Parameter secret: The source of the secrets, if a later process must make the same keys; `nil` makes random secrets.
    init(secret: UInt64? = nil) {
        salts = InlineArray { index in
            secret.map { mix64($0 ^ UInt64(index), 0x9E37_79B9_7F4A_7C15) } ?? .random(in: .min ... .max)
        }
    }

    /// The key of a trace.
    @inline(__always)
    func trace(_ identity: SpanIdentity) -> UInt64 {
        mix64(identity.traceIDHigh ^ salts[0], identity.traceIDLow ^ salts[1])
    }

    /// The key of a span of a trace.
    @inline(__always)
    func span(_ id: UInt64, in trace: UInt64) -> UInt64 { Self.trimmed(mix64(trace ^ salts[2], id ^ salts[3])) }

    /// The key of the span above another; 0 for the span above a root.
    @inline(__always)
    func parent(_ id: UInt64, in trace: UInt64) -> UInt64 { id == 0 ? 0 : span(id, in: trace) }

    /// The key of an answer's id; 0 when there is none.
    @inline(__always)
    func response(_ id: UInt64) -> UInt64 { id == 0 ? 0 : Self.trimmed(mix64(id ^ salts[4], salts[5])) }

    /// The key under which the end of a trace's ways up is remembered.
    @inline(__always)
    func top(_ number: Int, of trace: UInt64) -> UInt64 {
        Self.trimmed(mix64(trace ^ salts[6], salts[7] &+ UInt64(truncatingIfNeeded: number)))
    }

    /// The hash of what a call says without its ids, by which ``SentRecords`` knows it.
    @inline(__always)
    func record(_ arriving: CallReference) -> UInt64 {
        let (start, end) = (arriving.call.startNanoseconds.asSent, arriving.call.endNanoseconds.asSent)
        let who = mix64(arriving.call.resource ^ salts[8], arriving.call.scope ^ UInt64(arriving.call.spanName) << 32)
        return mix64(mix64(start ^ salts[9], end), who)
    }

    /// The key of the parent of a span, in a memory that also holds the marks of the span itself.
    @inline(__always)
    func stepAbove(_ span: UInt64) -> UInt64 { Self.trimmed(mix64(span ^ salts[5], salts[7])) }

    /// A number for the calls that may be seen twice: of one process and with equal counts.
    @inline(__always)
    func counts(resource: UInt64, trace: UInt64, _ line: borrowing WaitingLine) -> UInt64 {
        let counts = UInt64(line.input) << 32 | UInt64(line.output)
        var kind = UInt64(line.state.intersection([.usage, .failed]).rawValue)
        if line.needsSameTrace { kind ^= trace }
        return mix64(mix64(counts ^ salts[6], resource ^ salts[4]), kind ^ salts[1])
    }

    /// A number for a process.
    @inline(__always)
    func resource(_ resource: UInt64) -> UInt64 { mix64(resource ^ salts[3], salts[0]) }

    /// A number for those whose calls are counted in one manner: a process, a scope, a provider, an operation, streamed or not;
    /// never 0.
    func sender(_ call: borrowing ModelCall) -> UInt64 { sender(EvidentSender(call)) }

    /// The same for a sender of an earlier process.
    @inline(__always)
    func sender(_ who: EvidentSender) -> UInt64 {
        let names = UInt64(who.provider.number) << 32 | UInt64(who.operation.number)
        // Behind a gateway, one name covers several providers, each with its own manner of counting.
        let manner = UInt64(who.counting) << 1 | (who.isStream ? 1 : 0)
        let sender = mix64(
            mix64(who.resource ^ salts[2], who.scope ^ salts[5]), mix64(names ^ salts[6], manner ^ salts[0]))
        return sender == 0 ? 1 : sender
    }

    /// A number for the counts of a call, never 0.
    func pair(input: Int64, output: UInt32, cached: Int64) -> UInt16 {
        let counts = UInt64(truncatingIfNeeded: input) << 32 ^ UInt64(output)
        return UInt16(truncatingIfNeeded: mix64(counts ^ salts[1], UInt64(truncatingIfNeeded: cached) ^ salts[7])) | 1
    }

    private static var freeBits: UInt64 { 15 }

    @inline(__always)
    private static func trimmed(_ word: UInt64) -> UInt64 {
        let key = word & ~freeBits
        return key == 0 ? freeBits + 1 : key
    }
}

/// The keys of a call or aggregate that arrives, made before the window's lock is taken.
struct ArrivalKeys: BitwiseCopyable {
    let trace: UInt64
    let span: UInt64
    /// That of the span above; 0 for a root.
    let parent: UInt64
    /// That of the answer's id; 0 when there is none.
    let response: UInt64
    /// That of the first end of the trace's ways up; 0 for a root, which has none.
    let top: UInt64
    /// That of what the span says without its ids.
    let record: UInt64

    @inline(__always)
    init(_ keys: borrowing SpanKeys, _ arriving: CallReference) {
        trace = keys.trace(arriving.call.identity)
        span = keys.span(arriving.call.identity.spanID, in: trace)
        parent = keys.parent(arriving.call.parentSpanID, in: trace)
        response = keys.response(arriving.call.responseID)
        top = parent == 0 ? 0 : keys.top(0, of: trace)
        record = keys.record(arriving)
    }
}

/// The keys of a pass-through span that arrives, made before the window's lock is taken.
struct PassingKeys: BitwiseCopyable {
    let span: UInt64
    /// That of the span above; 0 for a root.
    let parent: UInt64

    @inline(__always)
    init(_ keys: borrowing SpanKeys, _ passing: borrowing PassThroughSpan) {
        let trace = keys.trace(passing.identity)
        span = keys.span(passing.identity.spanID, in: trace)
        parent = keys.parent(passing.parentSpanID, in: trace)
    }
}

extension SpanKeys {
    /// Makes the keys of spans.
    ///
    /// - Parameters:
    ///   - calls: Calls and aggregates.
    ///   - passThrough: Pass-through spans.
    ///   - work: Gets the keys of both, in their order.
    func withKeys(
        of calls: Span<ModelCall>, _ passThrough: Span<PassThroughSpan>,
        _ work: (Span<ArrivalKeys>, Span<PassingKeys>) -> Void
    ) {
        // Sound: both blocks have an element for each span, each is written before the blocks are lent, and the references
        // to calls are used within the closure that lends these.
        unsafe withUnsafeTemporaryAllocation(of: ArrivalKeys.self, capacity: calls.count) { callKeys in
            unsafe calls.withUnsafeBufferPointer { calls in
                guard let start = calls.baseAddress else { return }
                for index in 0..<calls.count {
                    unsafe callKeys.initializeElement(at: index, to: ArrivalKeys(self, CallReference(start + index)))
                }
            }
            unsafe withUnsafeTemporaryAllocation(of: PassingKeys.self, capacity: passThrough.count) { passingKeys in
                for index in 0..<passThrough.count {
                    unsafe passingKeys.initializeElement(at: index, to: PassingKeys(self, passThrough[index]))
                }
                unsafe work(callKeys.span, passingKeys.span)
            }
        }
    }
}
