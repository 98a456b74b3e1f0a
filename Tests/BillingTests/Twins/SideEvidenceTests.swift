// SPDX-License-Identifier: Apache-2.0
@testable import Billing
@testable import GenAI
import TestData
import Testing

/// Cached tokens and reasoning of which one span alone does not tell whether they lie inside the input and output.
@Suite struct SideEvidenceTests {
    /// The counts of a call as its span reports them.
    struct Counts: Sendable {
        var input: Int64 = 9_000
        var cached: Int64 = 6_000
        var output: Int64 = 200
        var reasoning: Int64 = 0
        var total: Int64?
        /// Whether the call's provider leaves parts out of its own counts.
        var counting: ProviderCounting = []
    }

    /// A call with the tokens that its counts come to.
    static func call(
        _ id: UInt64, _ counts: Counts, in trace: UInt64 = 1, scope: UInt64 = 1, process: UInt64 = 1,
        time: ClosedRange<UInt64>? = nil, _ change: (inout ModelCall) -> Void = { _ in }
    ) -> TestSpan {
        var report = ReportedUsage()
        report.counting = counts.counting
        report[.input] = counts.input
        report[.cacheRead] = counts.cached
        report[.output] = counts.output
        report[.reasoning] = counts.reasoning
        report[.total] = counts.total
        return .call(id, in: trace, scope: scope, process: process, time: time ?? id * 100...id * 100 + 50) {
            var anomalies = UsageAnomalies()
            $0.usage = CallUsage()
            report.classify(into: &$0.usage, &anomalies)
            $0.sides = report.sides
            $0.sides.counting = report.counting
            change(&$0)
        }
    }

    static let open = Counts()
    static let excess = Counts(input: 3, cached: 14_000, output: 100)
    static let excessInPlainSum = Counts(input: 3, cached: 14_000, output: 100, total: 103)
    static let totalBeside = Counts(input: 500, cached: 100, output: 5, total: 605)
    static let totalInside = Counts(input: 500, cached: 100, output: 5, total: 505)

    @Test func `whatever may place parts has a bit by which it is looked for`() {
        var missed = 0
        for bits in 0...UInt16.max {
            var sides = UsageSides()
            sides.cache = PartSide(rawValue: UInt8(truncatingIfNeeded: bits))
            sides.reasoning = PartSide(rawValue: UInt8(truncatingIfNeeded: bits >> 8))
            let isLookedFor = (sides.cache.rawValue | sides.reasoning.rawValue) & SideCounts.placingBits != 0
            if sides.mayPlace, !isLookedFor { missed += 1 }
        }
        #expect(missed == 0)
    }

    @Test func `a waiting call lies on four cache lines wherever it begins`() {
        #expect(MemoryLayout<ModelCall>.stride == 224)
        #expect(MemoryLayout<WaitingLine>.stride == 64)
        #expect(TokenClass.allCases.allSatisfy { WaitingLine.topBit & 1 << $0.index == 0 })
    }

    /// Calls of one sender, and where the cached tokens lie of one more that does not tell.
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var calls: [Counts]
        var counting: ProviderCounting
        var isBeside: Bool

        init(_ name: String, _ calls: [Counts], _ counting: ProviderCounting = [], beside isBeside: Bool) {
            testDescription = name
            self.calls = calls
            self.counting = counting
            self.isBeside = isBeside
        }
    }

    static let rows = [
        Row("nothing else", [], beside: false),
        Row("others that do not tell", [open, open], beside: false),
        Row("one with more cache than input", [excess], beside: false),
        Row("two with more cache than input", [excess, excess], beside: true),
        Row("one of a provider that counts so itself", [excess], .cacheBesideInput, beside: true),
        Row("one total with the cache beside", [totalBeside], beside: true),
        Row("one total with the cache inside", [totalInside], .cacheBesideInput, beside: false),
        Row("proofs and one total to the contrary", [excess, excess, totalInside], beside: false),
        Row("totals of both kinds", [totalBeside, totalBeside, totalInside], .cacheBesideInput, beside: false),
        Row("totals that are plain sums", [excessInPlainSum, totalInside], .cacheBesideInput, beside: true),
        Row("plain sums, once", [excessInPlainSum, totalInside], beside: false),
        Row("plain sums that may be miscounts", [excessInPlainSum, excessInPlainSum, totalInside], beside: false),
    ]

    @Test(arguments: rows)
    func `what other spans of the sender prove places the cached tokens, in whatever order they come`(row: Row) {
        var spans = [Self.call(1, Counts(counting: row.counting))]
        for (index, counts) in row.calls.enumerated() {
            var counts = counts
            counts.counting = row.counting
            spans.append(Self.call(UInt64(index) + 2, counts))
        }
        for order in spans.orders {
            let billed = Biller.bill(order)
            #expect(billed.calls.count == spans.count)
            let usage = billed.calls.first { $0.identity.spanID == 1 }?.usage
            #expect(usage?.totalInput == (row.isBeside ? 15_000 : 9_000))
            #expect(usage?[.cacheRead] == 6_000)
        }
    }

    @Test func `the total of a span ranks before what others prove, unless totals are plain sums`() {
        var own = Self.totalInside
        own.counting = .cacheBesideInput
        var excess = Self.excess
        excess.counting = .cacheBesideInput
        var plain = Self.excessInPlainSum
        plain.counting = .cacheBesideInput
        for (proof, input) in [(excess, 500), (plain, 600)] as [(Counts, Int64)] {
            for order in [Self.call(1, own), Self.call(2, proof)].orders {
                #expect(Biller.bill(order).calls.first { $0.identity.spanID == 1 }?.usage.totalInput == input)
            }
        }
    }

    /// What makes another sender.
    static let differences: [@Sendable (inout ModelCall) -> Void] = [
        { $0.resource = 2 }, { $0.scope = 2 }, { $0.provider = Symbol(number: 9) },
        { $0.operation = Symbol(number: 9) },
        { $0.isStream = true }, { $0.sides.counting = .cacheBesideInput },
    ]

    @Test(arguments: differences.indices)
    func `proofs are those of one process, scope, provider, operation and manner of answering`(index: Int) {
        let spans = [Self.call(1, Self.open), Self.call(2, Self.totalBeside, Self.differences[index])]
        #expect(Biller.bill(spans).calls.first { $0.identity.spanID == 1 }?.usage.totalInput == 9_000)
    }

    @Test func `reasoning is placed by totals of other spans`() {
        let open = Counts(cached: 0, output: 200, reasoning: 150)
        let beside = Counts(input: 10, cached: 0, output: 20, reasoning: 15, total: 45)
        let inside = Counts(input: 10, cached: 0, output: 20, reasoning: 15, total: 30)
        for (others, output) in [([], 200), ([beside], 350), ([inside], 200), ([beside, inside], 200)]
            as [([Counts], Int64)]
        {
            let spans = ([open] + others).enumerated().map { Self.call(UInt64($0) + 1, $1) }
            for order in spans.orders {
                let usage = Biller.bill(order).calls.first { $0.identity.spanID == 1 }?.usage
                #expect(usage?.totalOutput == output)
                #expect(usage?[.reasoning] == 150)
            }
        }
    }

    @Test func `thoughts that lie beside the output by definition come back inside when totals of other spans say so`()
    {
        let open = Counts(
            cached: 0, output: 200, reasoning: 150, counting: [.reasoningBesideOutput, .reasoningByDefinition])
        var (inside, excess) = (open, open)
        inside.total = 9_200
        excess.reasoning = 300
        for (others, output) in [([], 350), ([inside], 200), ([excess], 350), ([inside, excess], 200)]
            as [([Counts], Int64)]
        {
            let spans = ([open] + others).enumerated().map { Self.call(UInt64($0) + 1, $1) }
            for order in spans.orders {
                let usage = Biller.bill(order).calls.first { $0.identity.spanID == 1 }?.usage
                #expect(usage?.totalOutput == output)
            }
        }
    }

    @Test func `calls counted before a proof stay, and those that wait are counted by it`() {
        let biller = Biller()
        var billed = Billed()
        biller.take([Self.call(1, Self.open)], now: 0, into: &billed)
        biller.settle(now: 11 * second, into: &billed)
        biller.take([Self.call(2, Self.open)], now: 12 * second, into: &billed)
        biller.take([Self.call(3, Self.totalBeside)], now: 20 * second, into: &billed)
        biller.settle(now: 23 * second, into: &billed)
        biller.take([Self.call(4, Self.open)], now: 40 * second, into: &billed)
        biller.settle(now: 51 * second, into: &billed)
        #expect(billed.calls.map(\.usage.totalInput) == [9_000, 15_000, 600, 15_000])
        #expect(biller.levels.callsByEvidence == 2)
        #expect(biller.levels.evidentSenders == 1)
    }

    @Test func `two spans of one call are twins although only one scope leaves cached tokens out`() {
        // The call of the outer scope counts 15,000 with the cache inside, that of the inner one 9,000 beside 6,000.
        let spans = [
            Self.call(1, Self.open, in: 1, scope: 1, time: 10...20),
            Self.call(2, Counts(input: 15_000), in: 2, scope: 2, time: 9...21),
            Self.call(3, Self.totalBeside, in: 3, scope: 1, time: 100...110),
        ]
        for order in spans.orders {
            let billed = Biller.bill(order)
            #expect(billed.input == 15_000 + 600)
            #expect(billed.report.twins == 1)
        }
    }

    /// Two spans of one call, and whether the counts of the one that leaves cached tokens out are known to do so.
    @Test(arguments: [
        (Counts(input: 15_000), true), (Counts(input: 14_000), false), (Counts(input: 15_000, cached: 0), true),
    ])
    func `two spans of one call whose inputs differ by the cached tokens prove where these lie`(
        _ counts: Counts, _ isProof: Bool
    ) {
        let pairs: [[TestSpan]] = [
            // One answer's id.
            [
                Self.call(1, Self.open, in: 1, scope: 1) { ($0.responseID, $0.responseIDScheme) = (5, 1) },
                Self.call(2, counts, in: 2, scope: 2) { ($0.responseID, $0.responseIDScheme) = (5, 1) },
            ],
            // One below the other.
            [Self.call(1, Self.open, scope: 1) { $0.parentSpanID = 2 }, Self.call(2, counts, scope: 2)],
        ]
        for pair in pairs {
            for order in (pair + [Self.call(3, Self.open, in: 3, scope: 1)]).orders {
                let billed = Biller.bill(order)
                #expect(billed.calls.count == 2)
                #expect(billed.calls.first { $0.identity.spanID == 3 }?.usage.totalInput == (isProof ? 15_000 : 9_000))
                if isProof { #expect(billed.input == 30_000) }
            }
        }
    }

    /// How a span of a call stands to the one that leaves cached tokens out, whose process is 1.
    struct Pair: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// How many such pairs there are, and whether their counts differ.
        var count = 1
        var areDifferent = true
        var process: UInt64 = 2
        var isUnmarked = false
        /// A span of the sender with a total to the contrary.
        var contrary: Counts?
        /// Whether other spans of the sender are counted so, too.
        var teaches: Bool
    }

    static let pairsOfSenders = [
        Pair(testDescription: "one of another process", teaches: false),
        Pair(testDescription: "two of another process", count: 2, teaches: true),
        Pair(testDescription: "two with the same counts", count: 2, areDifferent: false, teaches: false),
        Pair(testDescription: "two, and a total to the contrary", count: 2, contrary: totalInside, teaches: false),
        Pair(testDescription: "one of the same process", process: 1, teaches: true),
        Pair(testDescription: "one that nothing marks", process: 1, isUnmarked: true, teaches: false),
    ]

    @Test(arguments: pairsOfSenders, [false, true])
    func `one span of somebody else changes its own call alone`(pair: Pair, byAnswer: Bool) {
        var spans = [Self.call(90, Self.open, in: 90, scope: 1)]
        for number in 0..<UInt64(pair.count) {
            let more = pair.areDifferent ? Int64(number) : 0
            spans.append(
                Self.call(
                    10 + number, Counts(input: 15_000 + more), in: 10 + number, scope: 2, process: pair.process,
                    time: 10 * second * (number + 1)...10 * second * (number + 1) + 100
                ) {
                    $0.isUnmarked = pair.isUnmarked
                    if byAnswer { ($0.responseID, $0.responseIDScheme) = (5 + number, 1) }
                })
            spans.append(
                Self.call(
                    20 + number, Counts(input: 9_000 + more), in: (byAnswer ? 20 : 10) + number, scope: 1,
                    time: 10 * second * (number + 1) + 5...10 * second * (number + 1) + 90
                ) {
                    if byAnswer {
                        ($0.responseID, $0.responseIDScheme) = (5 + number, 1)
                    } else {
                        $0.parentSpanID = 10 + number
                    }
                })
        }
        if let contrary = pair.contrary { spans.append(Self.call(80, contrary, in: 80)) }
        for order in spans.orders {
            let billed = Biller.bill(order)
            let others = billed.calls.filter { $0.identity.spanID == 90 }
            #expect(others.map(\.usage.totalInput) == [pair.teaches ? 15_000 : 9_000])
            let own = billed.calls.filter { $0.identity.spanID < 80 }
            #expect(own.count == pair.count)
            #expect(own.allSatisfy { $0.usage.totalInput >= 15_000 })
        }
    }

    @Test func `a total of the call itself ranks before its twin`() {
        var own = Self.open
        own.total = 9_200
        let spans = [
            Self.call(1, own, scope: 1) { $0.parentSpanID = 2 },
            Self.call(2, Counts(input: 15_000), scope: 2, process: 2),
        ]
        for order in spans.orders { #expect(Biller.bill(order).input == 9_000) }
    }

    @Test func `a copy of a span with more usage stays in its place though the first was moved`() {
        let spans = [
            Self.call(3, Self.totalBeside), Self.call(1, Self.open), Self.call(1, Counts(input: 10_000)),
        ]
        for order in spans.orders { #expect(Biller.bill(order).input == 16_000 + 600) }
    }

    @Test func `copies of one span prove one thing once`() {
        var more = Self.excess
        more.cached += 1
        let spans = [Self.call(1, Self.open), Self.call(2, Self.excess), Self.call(2, more)]
        for order in spans.orders { #expect(Biller.bill(order).input == 9_000 + 14_004) }
    }

    /// Calls of several senders, some of which tell where their cached tokens lie.
    @Test func `the sum of any calls does not depend on their order`() {
        for seed in 0..<300 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var forms = [
                Self.open, Self.excess, Self.totalBeside, Self.excessInPlainSum, Counts(output: 200, reasoning: 90),
            ]
            if seed % 2 == 0 { forms.append(Self.totalInside) }
            let spans = (1...UInt64.random(in: 3...12, using: &random)).map { id in
                var counts = forms.randomElement(using: &random) ?? Self.open
                counts.input += Int64(id)
                if let total = counts.total { counts.total = total + Int64(id) }
                if Bool.random(using: &random) { counts.counting = .cacheBesideInput }
                return Self.call(
                    id, counts, in: id, scope: .random(in: 1...2, using: &random),
                    process: .random(in: 1...2, using: &random))
            }
            let sums = [spans, spans.reversed(), spans.shuffled(using: &random), spans.shuffled(using: &random)].map {
                Biller.bill($0)
            }
            #expect(Set(sums.map(\.input)).count == 1, "seed \(seed)")
            #expect(Set(sums.map(\.output)).count == 1, "seed \(seed)")
        }
    }

    @Test func `more senders than are remembered forget the one that asked longest ago`() {
        var evidence = SideEvidence()
        var sides = UsageSides()
        sides.cache = .besideByTotal
        #expect(evidence.isEmpty)
        let most = UInt64(SideEvidence.most)
        // Four senders come into each place of the table.
        for number in 1...most { _ = evidence.note(sides, of: number << 32 | number, EvidentSender()) }
        #expect(evidence.count == SideEvidence.most)
        #expect(evidence.forgotten == 0)
        let (old, new) = (4 << 32 | 4 as UInt64, (most + 4) << 32 | 4)
        // Asking for a sender lets another of its place be forgotten.
        let before = evidence.proofs(of: old).cache
        #expect(before.placesBeside)
        let isNew = evidence.note(sides, of: new, EvidentSender())
        let (kept, added) = (evidence.proofs(of: old).cache, evidence.proofs(of: new).cache)
        #expect(isNew && kept.placesBeside && added.placesBeside)
        #expect(evidence.forgotten == 1)
        #expect(evidence.count == SideEvidence.most)
    }

    @Test func `a total to the contrary of a sender that proved nothing is not remembered`() {
        var evidence = SideEvidence()
        var sides = UsageSides()
        sides.cache = [.isMovable, .insideByTotal]
        let changes = evidence.note(sides, of: 1, EvidentSender())
        #expect(!changes && evidence.isEmpty)
    }
}
