// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

extension WaitingLine {
    @inline(__always)
    init(_ place: CallPlace, _ keys: borrowing ArrivalKeys, arrival: UInt64, number: UInt32) {
        span = keys.span
        parent = keys.parent
        response = keys.response
        self.arrival = arrival
        start = place.call.startNanoseconds
        end = max(place.call.startNanoseconds, place.call.endNanoseconds)
        // Read once, since its counts are read from a copy of them.
        let usage = place.call.usage
        let totals = usage.totals
        input = UInt32(clamping: totals.input)
        output = UInt32(clamping: totals.output)
        classesAndTop = usage.classBits
        nextTwin = number
        state = []
        if place.call.isAggregate { state.insert(.aggregate) }
        if place.call.reportsUsage { state.insert(.usage) }
        if place.call.hasFailed { state.insert(.failed) }
        if place.call.parentSpanID == 0 { state.insert(.wayKnown) }
        if place.call.isUnmarked || Self.isBare(place) { state.insert(.unmarked) }
        if place.call.reportsUsage, place.call.responseModel.or(place.call.requestModel) == .absent {
            state.insert(.nameless)
        }
    }

    /// Whether a call says nothing but that it is one; beside a call above it, it is no call of its own.
    @inline(__always)
    private static func isBare(_ place: CallPlace) -> Bool {
        !place.call.reportsUsage && !place.call.hasFailed && !place.call.isAggregate && place.call.responseID == 0
            && place.call.responseModel.or(place.call.requestModel) == .absent
    }

    /// How much detail a span has; of twins, the more detailed one is kept.
    ///
    /// - Parameter call: Its call, which has not learned from its twins yet.
    /// - Returns: First of all how finely it splits its tokens.
    func detail(_ call: borrowing ModelCall) -> Int {
        var detail = classes.nonzeroBitCount * 8
        if call.responseModel != .absent { detail += 1 }
        if call.responseID != 0 { detail += 1 }
        if call.timeToFirstTokenNanoseconds != nil { detail += 1 }
        if call.tier != .absent { detail += 1 }
        if call.inferenceGeo != .absent { detail += 1 }
        if call.units.word != 0 { detail += 1 }
        if call.reportedFemtodollars != nil { detail += 1 }
        return detail
    }
}
