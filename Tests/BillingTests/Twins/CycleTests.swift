// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import TestData
import Testing

/// Spans that are each other's ancestors.
@Suite struct CycleTests {
    static let rows: [AggregateTests.Row] = [
        .init("two calls", [.call(1, below: 2), .call(2, below: 1, 200)], counts: [1, 2]),
        .init(
            "three calls", [.call(1, below: 2), .call(2, below: 3, 200), .call(3, below: 1, 400)], counts: [1, 2, 3]),
        .init("a call below its own step", [.call(1, below: 2), .passThrough(2, below: 1)], counts: [1]),
        .init(
            "two calls with steps between",
            [.call(1, below: 3), .passThrough(3, below: 2), .call(2, below: 4, 200), .passThrough(4, below: 1)],
            counts: [1, 2]),
        .init("a call and an agent", [.call(1, below: 2), .aggregate(2, below: 1)], counts: [1]),
        .init(
            "two calls and an agent", [.call(1, below: 2), .call(2, below: 3, 200), .aggregate(3, below: 1, 300, 20)],
            counts: [1, 2]),
        .init("a call and an agent without usage", [.call(1, below: 2), .aggregate(2, below: 1, nil)], counts: [1]),
        .init("an agent below its own step", [.aggregate(1, below: 2), .passThrough(2, below: 1)], counts: [1]),
        .init(
            "a call and what repeats it, which is on a cycle",
            [.call(1, below: 2), .call(2, below: 3, 101, scope: 2), .call(3, below: 2, 400)], counts: [1, 3]),
        .init(
            "a call below an agent on a cycle",
            [.call(1, below: 2), .aggregate(2, below: 3), .aggregate(3, below: 2)], counts: [1]),
        .init("a call and one without usage", [.call(1, below: 2), .call(2, below: 1, nil)], counts: [1]),
        .init(
            "two calls that nothing marks", [.unmarked(1, below: 2), .unmarked(2, below: 1, 200)], counts: [1, 2]),
        .init("a call and a note about it", [.call(1, below: 2), .unmarked(2, below: 1, 40, 0)], counts: [1]),
    ]

    @Test(arguments: rows)
    func `each call on a cycle of parents is counted once, in whichever order spans come`(row: AggregateTests.Row) {
        for order in row.spans.orders {
            let billed = Biller.bill(order)
            #expect(Set(billed.ids) == row.counted)
            #expect(billed.ids.count == row.counted.count)
            #expect(billed.report.decided == row.spans.count)
            #expect(Biller.billByClock(order).ids == billed.ids)
        }
    }

    @Test func `of two calls with equal counts on a cycle one is counted, and of two agents`() {
        #expect(Biller.bill([.call(1, below: 2), .call(2, below: 1)]).ids.count == 1)
        let agents: [TestSpan] = [.aggregate(1, below: 2), .aggregate(2, below: 1, 300)]
        for order in agents.orders { #expect(Biller.bill(order).ids.count == 1) }
    }

    @Test(arguments: 0..<20)
    func `calls are counted as in a plain search, whatever the parents are`(part: UInt64) {
        for seed in part * 200..<(part + 1) * 200 {
            var graph = Graph(seed: seed)
            for _ in 0..<3 {
                let spans = graph.shuffled()
                #expect(Set(Biller.bill(spans).ids) == graph.counted, "seed \(seed)")
            }
        }
    }

    /// Some spans of one trace with any parents: mostly among themselves, so that there are cycles and what hangs below them.
    struct Graph {
        private enum Kind { case call, agent, step }

        private var random: SeededGenerator
        private var kinds: [Kind] = []
        /// The place of the span above; `nil` for a root, and one past the end for a span that never comes.
        private var parents: [Int?] = []

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
            let count = Int.random(in: 2...9, using: &random)
            for place in 0..<count {
                kinds.append([.call, .call, .agent, .step].randomElement(using: &random) ?? .call)
                // A span that names itself as its parent is read as a root.
                var parent = Int.random(in: 0...count, using: &random)
                while parent == place { parent = Int.random(in: 0...count, using: &random) }
                parents.append(Int.random(in: 0..<8, using: &random) == 0 ? nil : parent)
            }
            // Whether an agent without calls is counted is no question of cycles.
            for place in 0..<count where kinds[place] == .agent && calls(below: place).isEmpty { kinds[place] = .step }
        }

        /// The places above a span in turn, until the way ends or comes to a place again.
        private func way(from place: Int) -> [Int] {
            var (way, next) = ([Int](), parents[place])
            while let above = next, above < parents.count, !way.contains(above) {
                way.append(above)
                next = parents[above]
            }
            return way
        }

        private func calls(below place: Int) -> [Int] {
            kinds.indices.filter { kinds[$0] == .call && way(from: $0).contains(place) }
        }

        /// The calls that are not above another one, where the links of a cycle say nothing.
        var counted: Set<UInt64> {
            Set(
                kinds.indices.filter { place in
                    guard kinds[place] == .call else { return false }
                    let cycle = way(from: place).contains(place) ? way(from: place) : []
                    return !calls(below: place).contains { other in
                        guard other != place, !cycle.contains(other) else { return false }
                        return cycle.isEmpty || way(from: other).first(where: cycle.contains) == place
                    }
                }.map { UInt64($0 + 1) })
        }

        mutating func shuffled() -> [TestSpan] {
            kinds.indices.map { place in
                let (id, parent) = (UInt64(place + 1), parents[place].map { UInt64($0 + 1) } ?? 0)
                return switch kinds[place] {
                // No counts are equal, so that no two calls are taken for one.
                case .call: .call(id, below: parent, 1_000 + 1 << Int64(place))
                case .agent: .aggregate(id, below: parent, 5_000)
                case .step: .passThrough(id, below: parent)
                }
            }.shuffled(using: &random)
        }
    }
}
