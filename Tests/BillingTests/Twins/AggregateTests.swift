// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Testing

/// Agents, workflows and chains: whether they repeat their calls.
@Suite struct AggregateTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var spans: [TestSpan]
        var counted: Set<UInt64>

        init(_ name: String, _ spans: [TestSpan], counts counted: Set<UInt64>) {
            testDescription = name
            self.spans = spans
            self.counted = counted
        }
    }

    static let rows: [Row] = [
        Row(
            "an agent that sums its calls", [.call(1, below: 2), .call(3, below: 2), .aggregate(2, 200, 20)],
            counts: [1, 3]),
        Row("an agent that repeats its last call", [.call(1, below: 2), .aggregate(2)], counts: [1]),
        Row(
            "an agent over steps",
            [.call(1, below: 3), .passThrough(3, below: 4), .passThrough(4, below: 2), .aggregate(2)],
            counts: [1]),
        Row("an agent without usage", [.call(1, below: 2), .aggregate(2, nil)], counts: [1]),
        Row(
            "an agent without usage over an agent with usage", [.aggregate(1, below: 2), .aggregate(2, nil)],
            counts: [1]),
        Row("an agent over an agent, no calls to be seen", [.aggregate(1, below: 2), .aggregate(2)], counts: [1]),
        Row(
            "agents over agents over a call", [.call(1, below: 2), .aggregate(2, below: 3), .aggregate(3)], counts: [1]),
        Row(
            "a workflow with the id of the last call, which lies elsewhere",
            [.call(1, in: 1, response: 5), .aggregate(2, in: 2, response: 5)], counts: [1]),
        Row("a hosted agent", [.aggregate(2)], counts: [2]),
        Row(
            "a hosted agent beside a busy one, all parents there",
            [.aggregate(2, below: 9), .call(1, below: 3), .aggregate(3, below: 9), .passThrough(9)], counts: [1, 2]),
        Row(
            "a hosted agent beside a busy one, both below a span that never comes",
            [.aggregate(2, below: 9), .call(1, below: 3), .aggregate(3, below: 9)], counts: [1, 2]),
        Row(
            "an agent whose steps never come", [.aggregate(2), .call(1, below: 8), .call(3, below: 9)], counts: [1, 3]),
        Row("an agent with usage over calls without", [.call(1, below: 2, nil), .aggregate(2)], counts: [1, 2]),
        Row(
            "an outer call that stays a step",
            [
                .aggregate(4, below: 9), .call(1, below: 2), .call(2, below: 3, scope: 2, time: 9...21),
                .aggregate(3, below: 9), .passThrough(9),
            ],
            counts: [1, 4]),
    ]

    @Test(arguments: rows)
    func `tokens are counted once, in whichever order spans come`(row: Row) {
        for order in row.spans.orders {
            let billed = Biller.bill(order)
            #expect(Set(billed.ids) == row.counted)
            #expect(billed.report.decided == row.spans.count)
        }
    }

    @Test func `a hosted agent does not count when the setting says so`() {
        var configuration = BillingConfiguration()
        configuration.countChildlessAgents = false
        #expect(Biller.bill([.aggregate(2)], configuration).report.repeatsChildren == 1)
    }

    @Test(arguments: [0, 10])
    func `an agent of three minutes is not counted beside calls that were sent at once`(steps: UInt64) {
        let (biller, agent) = (Biller(), UInt64(1_000))
        var billed = Billed()
        let time = 0...180 * second
        for number in 0..<36 as Range<UInt64> {
            let now = number * 5 * second
            biller.take(
                [.call(1 + number, below: steps == 0 ? agent : 100, time: now...now + second)], now: now, into: &billed)
            if number == 0 {
                for step in 0..<steps {
                    biller.take(
                        [.passThrough(100 + step, below: step == steps - 1 ? agent : 101 + step)], now: now,
                        into: &billed)
                }
            }
        }
        biller.take([.aggregate(agent, 3_600, 360, time: time)], now: 180 * second, into: &billed)
        biller.settle(now: 200 * second, into: &billed)
        #expect(billed.ids == Array(1...36))
        #expect(billed.report.repeatsChildren == 1)
        #expect(biller.levels.waitingSpans == 0)
    }

    @Test func `an agent waits a second time while its trace has calls without a known way up`() {
        let biller = Biller()
        var billed = Billed()
        biller.take([.aggregate(2), .call(1, below: 8)], now: 0, into: &billed)
        biller.settle(now: 10 * second, into: &billed)
        #expect(billed.ids == [1])
        #expect(biller.levels.waitingSpans == 1)
        biller.take([.passThrough(8, below: 9), .passThrough(9)], now: 11 * second, into: &billed)
        biller.settle(now: 20 * second, into: &billed)
        #expect(billed.ids == [1, 2])
    }

    @Test func `after the second wait it gives way to the calls`() {
        let biller = Biller()
        var billed = Billed()
        biller.take([.aggregate(2), .call(1, below: 8)], now: 0, into: &billed)
        biller.settle(now: 10 * second, into: &billed)
        biller.settle(now: 20 * second, into: &billed)
        #expect(billed.ids == [1])
        #expect(billed.report.repeatsChildren == 1)
    }

    @Test func `children of an agent that was counted are not counted, those of a dropped one are`() {
        let biller = Biller()
        var billed = Billed()
        biller.take([.aggregate(2, below: 9), .call(1, in: 2, below: 7), .aggregate(7, in: 2)], now: 0, into: &billed)
        biller.settle(now: 10 * second, into: &billed)
        #expect(billed.ids == [1, 2])
        let late: [TestSpan] = [
            .call(3, below: 2), .passThrough(5, below: 2), .call(4, below: 5), .call(6, below: 5),
            .call(8, in: 2, below: 7),
            .call(10, below: 9),
        ]
        biller.take(late, now: 11 * second, into: &billed)
        biller.settleAll(into: &billed)
        // What lies above the covering agent covers nothing: 10 is counted.
        #expect(billed.ids == [1, 2, 8, 10])
        #expect(billed.report.twins == 3)
    }

    @Test func `an agent that began before what is remembered is not counted`() {
        var configuration = BillingConfiguration()
        configuration.maxWaiting = 256
        configuration.rememberedKeys = 1_024
        configuration.rememberedBytes = 0
        let biller = Biller(configuration: configuration)
        var billed = Billed()
        for number in 0..<4_000 as Range<UInt64> {
            biller.take([.call(number + 1, in: 10 + number)], now: number * second, into: &billed)
        }
        biller.take([.aggregate(9_000, time: 0...3_999 * second)], now: 4_000 * second, into: &billed)
        biller.take([.aggregate(9_001, in: 2, time: 0...20 * second)], now: 4_000 * second, into: &billed)
        biller.settle(now: 4_020 * second, into: &billed)
        #expect(billed.report.unproven == 1)
        #expect(billed.ids.contains(9_001))
        #expect(biller.levels.oldestMemorySeconds > 100)
    }
}
