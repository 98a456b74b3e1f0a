// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import llm_cost_exporter

@Suite struct LogLimiterTests {
    @Test func `each kind of line has its own limit in a window`() {
        var limiter = LogLimiter(linesPerWindow: 2, windowNanoseconds: 100, mostKinds: 10)
        #expect(limiter.decide("a: 1", at: 10) == .write)
        #expect(limiter.decide("a: 2", at: 20) == .write)
        #expect(limiter.decide("a: 3", at: 30) == .leaveOutFirst(kind: "a", nanoseconds: 80))
        #expect(limiter.decide("a: 4", at: 40) == .leaveOut)
        #expect(limiter.decide("b", at: 40) == .write)
        #expect(limiter.leftOut == 2)
    }

    @Test func `a new window begins with the line that says how many were left out`() {
        var limiter = LogLimiter(linesPerWindow: 1, windowNanoseconds: 100, mostKinds: 10)
        _ = limiter.decide("a", at: 0)
        _ = limiter.decide("a", at: 1)
        #expect(limiter.decide("a", at: 150) == .leaveOut)
        #expect(limiter.endWindow(of: "a") == 2)
        #expect(limiter.decide("a", at: 160) == .write)
        #expect(limiter.endWindow(of: "a") == 0)
    }

    @Test func `slow lines are all written`() {
        var limiter = LogLimiter(linesPerWindow: 1, windowNanoseconds: 100, mostKinds: 10)
        for time in stride(from: 0, to: 1000, by: 100) {
            #expect(limiter.decide("a", at: UInt64(time)) == .write)
        }
    }

    @Test func `kinds beyond the bound share one, until the windows of others end`() {
        var limiter = LogLimiter(linesPerWindow: 1, windowNanoseconds: 100, mostKinds: 2)
        #expect(limiter.decide("a", at: 0) == .write)
        #expect(limiter.decide("b", at: 0) == .write)
        #expect(limiter.decide("c", at: 0) == .write)
        #expect(limiter.decide("d", at: 0) == .leaveOutFirst(kind: "others", nanoseconds: 100))
        #expect(limiter.decide("e", at: 200) == .write)
        #expect(limiter.decide("f", at: 200) == .leaveOut)
    }
}
