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
        var first = [Self.call(1), Self.call(2), Self.call(1), Self.call(4)]
        var second = [Self.call(2), Self.call(3), Self.call(4)]
        #expect(biller.arrive(&first).duplicates == 1)
        #expect(biller.arrive(&second).duplicates == 2)
        #expect(first.map(\.identity.spanID) == [1, 2, 4])
        #expect(second.map(\.identity.spanID) == [3])
    }

    @Test(arguments: 0..<64)
    func `ids that differ in one bit are different spans`(bit: Int) {
        let biller = Biller()
        var calls = [Self.call(5), Self.call(5 ^ 1 << UInt64(bit)), Self.call(5, trace: 1 ^ 1 << UInt64(bit))]
        calls.append(ModelCall(identity: SpanIdentity(traceIDHigh: 1 << UInt64(bit), traceIDLow: 1, spanID: 5)))
        #expect(biller.arrive(&calls).duplicates == 0)
    }

    @Test func `the same span id in another trace is another span`() {
        let biller = Biller()
        var calls = [Self.call(1, trace: 1), Self.call(1, trace: 2)]
        #expect(biller.arrive(&calls).duplicates == 0)
        #expect(calls.count == 2)
    }

    @Test func `at least the newest spans are remembered, and no more than twice as many`() {
        var configuration = BillingConfiguration()
        configuration.rememberedSpans = 64
        let biller = Biller(configuration: configuration)
        for number in 1...1_000 as ClosedRange<UInt64> {
            var new = [Self.call(number)]
            #expect(biller.arrive(&new).duplicates == 0)
            #expect(biller.memory.rememberedSpans <= 128)
            let oldest = max(1, Int64(number) - 63)
            var again = (UInt64(oldest)...number).map { Self.call($0) }
            #expect(biller.arrive(&again).duplicates == min(64, Int(number)))
            #expect(again.isEmpty)
        }
        #expect(biller.memory.forgottenSpans == 1_000 - UInt64(biller.memory.rememberedSpans))
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `within the memory the result is that of a set`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let biller = Biller()
        var seen: Set<SpanIdentity> = []
        for _ in 0..<200 {
            var calls = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                Self.call(.random(in: 0...500, using: &random), trace: .random(in: 0...3, using: &random))
            }
            let expected = calls.map(\.identity).filter { seen.insert($0).inserted }
            let sent = calls.count
            #expect(biller.arrive(&calls).duplicates == sent - expected.count)
            #expect(calls.map(\.identity) == expected)
        }
    }
}
