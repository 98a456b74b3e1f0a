// SPDX-License-Identifier: Apache-2.0
@testable import Billing
import GenAI
import TestData
import Testing

@Suite struct BillerTests {
    private static func call(_ number: UInt64, trace: UInt64 = 1) -> ModelCall {
        ModelCall(identity: SpanIdentity(traceIDHigh: 0, traceIDLow: trace, spanID: number))
    }

    @Test func `a span is counted once, however often and in whichever body it comes`() {
        let biller = Biller()
        var counted: [ModelCall] = []
        let first = biller.arrive([Self.call(1), Self.call(2), Self.call(1)], counted: &counted)
        let second = biller.arrive([Self.call(2), Self.call(3)], counted: &counted)
        #expect(counted.map(\.identity.spanID) == [1, 2, 3])
        #expect(first.duplicates == 1)
        #expect(second.duplicates == 1)
    }

    @Test func `the same span id in another trace is another span`() {
        let biller = Biller()
        var counted: [ModelCall] = []
        let report = biller.arrive([Self.call(1, trace: 1), Self.call(1, trace: 2)], counted: &counted)
        #expect(counted.count == 2)
        #expect(report.duplicates == 0)
    }

    @Test func `at least the newest spans are remembered, and no more than twice as many`() {
        var configuration = BillingConfiguration()
        configuration.rememberedSpans = 64
        let biller = Biller(configuration: configuration)
        var counted: [ModelCall] = []
        for number in 1...1_000 as ClosedRange<UInt64> {
            _ = biller.arrive([Self.call(number)], counted: &counted)
            #expect(biller.memory.rememberedSpans <= 128)
            let oldest = max(1, Int64(number) - 63)
            let again = (UInt64(oldest)...number).map { Self.call($0) }
            let report = biller.arrive(again, counted: &counted)
            #expect(report.duplicates == again.count)
        }
        #expect(counted.count == 1_000)
        #expect(biller.memory.forgottenSpans == 1_000 - UInt64(biller.memory.rememberedSpans))
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `within the memory the result is that of a set`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let biller = Biller()
        var seen: Set<SpanIdentity> = []
        var counted: [ModelCall] = []
        for _ in 0..<2_000 {
            let call = Self.call(.random(in: 0...500, using: &random), trace: .random(in: 0...3, using: &random))
            let before = counted.count
            _ = biller.arrive([call], counted: &counted)
            #expect((counted.count > before) == seen.insert(call.identity).inserted)
        }
    }
}
