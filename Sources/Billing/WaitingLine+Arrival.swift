// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

extension WaitingLine {
    @inline(__always)
    init(_ place: CallPlace, _ keys: borrowing ArrivalKeys, arrival: UInt64) {
        span = keys.span
        parent = keys.parent
        response = keys.response
        self.arrival = arrival
        start = place.call.startNanoseconds
        end = max(place.call.startNanoseconds, place.call.endNanoseconds)
        // Read once, since its counts are read from a copy of them.
        let usage = place.call.usage
        input = UInt32(clamping: usage.totalInput)
        output = UInt32(clamping: usage.totalOutput)
        nextTwin = 0
        state = []
        if place.call.isAggregate { state.insert(.aggregate) }
        if place.call.reportsUsage { state.insert(.usage) }
        if place.call.hasFailed { state.insert(.failed) }
        if place.call.parentSpanID == 0 { state.insert(.wayKnown) }
        if place.call.isUnmarked || Self.isBare(place) { state.insert(.unmarked) }
        if place.call.reportsUsage, place.call.responseModel.or(place.call.requestModel) == .absent {
            state.insert(.nameless)
        }
        detail = Self.detail(of: place, classes: usage.classBits)
        responseScheme = place.call.responseIDScheme
    }

    /// Whether a call says nothing but that it is one; beside a call above it, it is no call of its own.
    @inline(__always)
    private static func isBare(_ place: CallPlace) -> Bool {
        !place.call.reportsUsage && !place.call.hasFailed && !place.call.isAggregate && place.call.responseID == 0
            && place.call.responseModel.or(place.call.requestModel) == .absent
    }

    /// How much a span tells: first of all how finely it splits its tokens.
    @inline(__always)
    private static func detail(of place: CallPlace, classes: UInt16) -> UInt8 {
        var detail = classes.nonzeroBitCount * 8
        if place.call.responseModel != .absent { detail += 1 }
        if place.call.responseID != 0 { detail += 1 }
        if place.call.timeToFirstTokenNanoseconds != nil { detail += 1 }
        if place.call.tier != .absent { detail += 1 }
        if place.call.inferenceGeo != .absent { detail += 1 }
        if place.call.units.word != 0 { detail += 1 }
        if place.call.reportedFemtodollars != nil { detail += 1 }
        return UInt8(truncatingIfNeeded: detail)
    }
}
