// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

extension WaitingLine {
    @inline(__always)
    init(_ arriving: CallReference, _ keys: borrowing ArrivalKeys, arrival: UInt64, number: UInt32) {
        span = keys.span
        parent = keys.parent
        response = keys.response
        self.arrival = arrival
        start = arriving.call.startNanoseconds
        end = max(arriving.call.startNanoseconds, arriving.call.endNanoseconds)
        // Read once, since its counts are read from a copy of them.
        let usage = arriving.call.usage
        let totals = usage.totals
        input = UInt32(clamping: totals.input)
        output = UInt32(clamping: totals.output)
        classesAndTop = usage.classBits
        nextTwin = number
        state = []
        if arriving.call.isAggregate { state.insert(.aggregate) }
        if arriving.call.reportsUsage { state.insert(.usage) }
        if arriving.call.hasFailed { state.insert(.failed) }
        if arriving.call.parentSpanID == 0 { state.insert(.wayKnown) }
        if arriving.call.isUnmarked || Self.isBare(arriving) { state.insert(.unmarked) }
        if arriving.call.reportsUsage, arriving.call.responseModel.or(arriving.call.requestModel) == .absent {
            state.insert(.nameless)
        }
    }

    /// Whether a call says nothing except that it is one; below another call, it is no call of its own.
    @inline(__always)
    private static func isBare(_ arriving: CallReference) -> Bool {
        !arriving.call.reportsUsage && !arriving.call.hasFailed && !arriving.call.isAggregate
            && arriving.call.responseID == 0
            && arriving.call.responseModel.or(arriving.call.requestModel) == .absent
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
