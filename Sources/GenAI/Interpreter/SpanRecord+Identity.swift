// SPDX-License-Identifier: Apache-2.0
import OTLP

extension SpanRecord {
    /// The time from the span's start to an event; `nil` if the span has no start or the event is before it.
    func nanoseconds(until time: Outside<UInt64>) -> Int64? {
        guard startNanoseconds > 0 else { return nil }
        return time.subtracting(startNanoseconds).map { Int64(clamping: $0.asSent) }
    }

    @inline(__always)
    var identity: SpanIdentity {
        SpanIdentity(traceIDHigh: traceIDHigh, traceIDLow: traceIDLow, spanID: spanID)
    }

    /// The id of the span above; 0 for a root, and for a span that names itself.
    @inline(__always)
    var parent: UInt64 { parentSpanID == spanID ? 0 : parentSpanID }
}
