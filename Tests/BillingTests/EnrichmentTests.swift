// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Testing

/// What the counted one of several spans takes over from the others.
@Suite struct EnrichmentTests {
    private static func twin(_ id: UInt64, scope: UInt64, _ change: (inout ModelCall) -> Void) -> TestSpan {
        .call(id, in: id, scope: scope, response: 5, time: (20 - id)...(20 + id), change)
    }

    @Test func `what only the dropped span told is kept, and no token is added`() throws {
        let kept = Self.twin(1, scope: 1) {
            $0.usage[.input] = 60
            $0.usage[.cacheRead] = 40
        }
        let dropped = Self.twin(2, scope: 2) {
            $0.usage[.output] = 4
            $0.usage[.reasoning] = 6
            $0.timeToFirstTokenNanoseconds = 9
            $0.responseModel = Symbol(number: 7)
            $0.tier = Symbol(number: 8)
            $0.reportedFemtodollars = 11
            $0.isStream = true
        }
        for order in [kept, dropped].orders {
            let call = try #require(Biller.bill(order).calls.first)
            #expect(call.usage[.input] == 60 && call.usage[.cacheRead] == 40)
            #expect(call.usage[.output] == 4 && call.usage[.reasoning] == 6)
            #expect(call.usage.totalInput == 100 && call.usage.totalOutput == 10)
            #expect(call.timeToFirstTokenNanoseconds == 9 && call.isStream)
            #expect(call.responseModel.number == 7 && call.tier.number == 8 && call.reportedFemtodollars == 11)
        }
    }

    @Test func `a split of another sum is not taken over`() throws {
        let kept = Self.twin(1, scope: 1) {
            $0.usage[.cacheRead] = 5
            $0.usage[.cacheWrite] = 5
        }
        let dropped = Self.twin(2, scope: 2) { $0.usage[.reasoning] = 6 }
        let call = try #require(Biller.bill([kept, dropped]).calls.first)
        #expect(call.identity.spanID == 1)
        #expect(call.usage.totalOutput == 10 && call.usage[.reasoning] == 0)
    }

    @Test func `the kind of a failure is taken over by a failed call`() throws {
        let spans: [TestSpan] = [
            .call(1, nil, scope: 1, failed: true),
            .call(2, in: 2, nil, scope: 2, time: 9...21, failed: true) { $0.errorType = Symbol(number: 4) },
        ]
        #expect(try #require(Biller.bill(spans).calls.first).errorType.number == 4)
    }
}
