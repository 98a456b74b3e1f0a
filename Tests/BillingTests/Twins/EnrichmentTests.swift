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

    @Test(
        arguments: [
            // A 0 is the mark of a cost that is not known, unless it comes from a gateway's cache.
            (0, false, 11, false, 11), (0, false, nil, false, 0), (nil, false, 0, false, 0), (0, true, 11, false, 0),
            (11, false, 0, true, 0), (nil, false, 0, true, 0),
        ] as [(Int64?, Bool, Int64?, Bool, Int64?)])
    func `the cost of one call is the one that some span knows`(
        _ first: Int64?, _ isFirstCached: Bool, _ second: Int64?, _ isSecondCached: Bool, _ cost: Int64?
    ) throws {
        let spans = [
            Self.twin(1, scope: 1) {
                $0.usage[.input] = 60
                $0.usage[.cacheRead] = 40
                $0.reportedFemtodollars = first
                $0.isFromCache = isFirstCached
            },
            Self.twin(2, scope: 2) {
                $0.reportedFemtodollars = second
                $0.isFromCache = isSecondCached
            },
        ]
        for order in spans.orders {
            let call = try #require(Biller.bill(order).calls.first)
            #expect(call.reportedFemtodollars == cost)
            #expect(call.isFromCache == (isFirstCached || isSecondCached))
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

    @Test func `what is billed by the piece is taken over once`() throws {
        let spans = [
            Self.twin(1, scope: 1) { $0.units[.webSearch] = 2 },
            Self.twin(2, scope: 2) {
                $0.units[.webSearch] = 2
                $0.units[.fileSearch] = 3
                $0.inferenceGeo = Symbol(number: 9)
            },
            Self.twin(3, scope: 3) { $0.usage[.cacheRead] = 0 },
        ]
        for order in spans.orders {
            let billed = Biller.bill(order)
            #expect(billed.calls.count == 1)
            let call = try #require(billed.calls.first)
            #expect(call.units[.webSearch] == 2 && call.units[.fileSearch] == 3)
            #expect(call.inferenceGeo.number == 9)
        }
    }

    @Test func `of two twins that tell as much the one with searches counts`() throws {
        let spans = [Self.twin(1, scope: 1) { _ in }, Self.twin(2, scope: 2) { $0.units[.webSearch] = 2 }]
        for order in spans.orders { #expect(Biller.bill(order).ids == [2]) }
    }

    @Test func `searches of an aggregate count if it does`() throws {
        let agent = TestSpan.aggregate(1) { $0.units[.webSearch] = 5 }
        let call = TestSpan.call(2, below: 1) { $0.units[.webSearch] = 2 }
        for order in [agent, call].orders {
            #expect(Biller.bill(order).calls.map { $0.units[.webSearch] } == [2])
        }
        #expect(Biller.bill([agent]).calls.map { $0.units[.webSearch] } == [5])
    }

    @Test func `the kind of a failure is taken over by a failed call`() throws {
        let spans: [TestSpan] = [
            .call(1, nil, scope: 1, failed: true),
            .call(2, in: 2, nil, scope: 2, time: 9...21, failed: true) { $0.errorType = Symbol(number: 4) },
        ]
        #expect(try #require(Biller.bill(spans).calls.first).errorType.number == 4)
    }
}
