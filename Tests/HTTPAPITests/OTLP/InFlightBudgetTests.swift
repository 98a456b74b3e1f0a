// SPDX-License-Identifier: Apache-2.0
import Synchronization
import TestData
import Testing

@testable import HTTPAPI

@Suite struct InFlightBudgetTests {
    /// A share that notes whether it had to give way.
    private final class Sender: Sendable {
        let share: InFlightShare
        private let timesGivenWay: Counter

        private final class Counter: Sendable { let value = Atomic<Int>(0) }

        init(_ budget: InFlightBudget, from peer: UInt64 = 0) {
            let counter = Counter()
            timesGivenWay = counter
            share = InFlightShare(of: budget, from: peer) { counter.value.add(1, ordering: .relaxed) }
        }

        var gaveWay: Int { timesGivenWay.value.load(ordering: .relaxed) }
    }

    @Test func `shares fill the budget to its limit, and small bodies have a share of their own`() {
        // Small is what holds 100 at most; 200 are kept for such.
        let budget = InFlightBudget(limit: 1_600, largestBody: 0)
        let senders = (0..<6).map { _ in Sender(budget) }
        #expect(senders[0].share.grow(to: 900))
        #expect(!senders[1].share.grow(to: 501))
        #expect(!senders[1].share.hasRoom(for: 501))
        #expect(senders[1].share.hasRoom(for: 500))
        #expect(senders[1].share.grow(to: 500))
        #expect(!senders[2].share.grow(to: 101))
        #expect(senders[2].share.grow(to: 100))
        #expect(senders[3].share.grow(to: 100))
        #expect(!senders[4].share.grow(to: 1))
        #expect(budget.reservedBytes == 1_600)
        #expect(senders[0].share.release() == 900)
        #expect(senders[0].share.release() == 0)
        #expect(budget.reservedBytes == 700)
        #expect(senders[4].share.grow(to: 800))
        for sender in senders { sender.share.release() }
        #expect(budget.reservedBytes == 0)
        #expect(senders.allSatisfy { $0.gaveWay == 0 })
    }

    @Test func `what is only declared takes no room`() {
        let budget = InFlightBudget(limit: 1_600, largestBody: 0)
        let idle = (0..<100).map { _ in Sender(budget) }
        for sender in idle { #expect(sender.share.hasRoom(for: 1_000)) }
        #expect(budget.reservedBytes == 0)
        #expect(Sender(budget).share.grow(to: 1_000))
    }

    @Test func `a share never shrinks before it is released`() {
        let budget = InFlightBudget(limit: 100, largestBody: 0)
        let share = InFlightShare(of: budget)
        #expect(share.grow(to: 60))
        #expect(share.grow(to: 10))
        #expect(budget.reservedBytes == 60)
    }

    @Test func `absurd sizes are refused without overflow`() {
        let budget = InFlightBudget(limit: 100, largestBody: 1_000)
        let shares = (0..<2).map { _ in InFlightShare(of: budget) }
        for share in shares {
            #expect(share.grow(to: 1))
            #expect(!share.grow(to: .max))
        }
        #expect(budget.reservedBytes == 2)
    }

    @Test func `room for the largest body is kept for the oldest one`() {
        let budget = InFlightBudget(limit: 1_600, largestBody: 800)
        let (oldest, other, small) = (Sender(budget), Sender(budget), Sender(budget))
        #expect(!other.share.grow(to: 601))
        #expect(other.share.grow(to: 600))
        #expect(small.share.grow(to: 100))
        #expect(oldest.share.grow(to: 800))
        #expect(budget.reservedBytes == 1_500)
        oldest.share.release()
        // The next one is the oldest now.
        #expect(!small.share.grow(to: 900))
        #expect(other.share.grow(to: 1_500))
        #expect(small.gaveWay == 0)
    }

    @Test func `where a body may be larger than the limit the oldest is taken alone`() {
        let budget = InFlightBudget(limit: 1_000, largestBody: 3_000)
        let (oldest, other) = (Sender(budget), Sender(budget))
        #expect(other.share.grow(to: 300))
        #expect(other.share.beginWork())
        #expect(oldest.share.grow(to: 3_000))
        #expect(!oldest.share.grow(to: 3_001))
        #expect(!other.share.grow(to: 301))
        #expect(!Sender(budget).share.grow(to: 1))
        oldest.share.release()
        #expect(other.share.grow(to: 3_000))
        #expect(other.gaveWay == 0)
    }

    @Test func `at the limit the youngest body that is still received gives way, unless it is small`() {
        let budget = InFlightBudget(limit: 1_600, largestBody: 0)
        let senders = (0..<5).map { _ in Sender(budget) }
        for (sender, size) in zip(senders, [500, 300, 200, 200, 100]) { #expect(sender.share.grow(to: size)) }
        // Two hundred more than there is room for: the youngest that is not small.
        #expect(senders[1].share.grow(to: 700))
        #expect(senders.map(\.gaveWay) == [0, 0, 0, 1, 0])
        #expect(!senders[3].share.grow(to: 1))
        #expect(!senders[3].share.beginWork())
        senders[3].share.release()
        #expect(budget.reservedBytes == 1_500)
        // The younger one asks: no older one gives way to it.
        #expect(!senders[2].share.grow(to: 400))
        #expect(senders.map(\.gaveWay) == [0, 0, 0, 1, 0])
        #expect(budget.reservedBytes == 1_500)
    }

    @Test func `the peer that holds the most makes room for bodies of others, the oldest body excepted`() {
        let budget = InFlightBudget(limit: 1_600, largestBody: 0)
        let greedy = (0..<7).map { _ in Sender(budget, from: 1) }
        for sender in greedy { #expect(sender.share.grow(to: 200)) }
        // Its own next body finds no room.
        #expect(!Sender(budget, from: 1).share.hasRoom(for: 300))
        let other = Sender(budget, from: 2)
        #expect(other.share.hasRoom(for: 300))
        #expect(greedy.allSatisfy { $0.gaveWay == 0 })
        #expect(other.share.grow(to: 300))
        #expect(greedy.map(\.gaveWay) == [0, 0, 0, 0, 0, 1, 1])
        #expect(greedy[4].share.beginWork())
        #expect(other.share.grow(to: 600))
        #expect(greedy.map(\.gaveWay) == [0, 0, 0, 1, 0, 1, 1])
        // It holds 800 now, of which it may keep as much as another gets.
        #expect(!Sender(budget, from: 3).share.grow(to: 700))
        #expect(greedy[3].share.release() == 0)
        #expect(!greedy[3].share.beginWork())
        #expect(greedy[0].share.grow(to: 300))
        #expect(budget.reservedBytes == 1_500)
    }

    @Test func `a body of a peer that holds little does not give way because it is younger`() {
        let budget = InFlightBudget(limit: 1_600, largestBody: 0)
        // Bodies that are small so far and go on arriving, like large ones at their beginning.
        let greedy = (0..<16).map { _ in Sender(budget, from: 1) }
        for sender in greedy { #expect(sender.share.grow(to: 99)) }
        let steady = Sender(budget, from: 2)
        #expect(steady.share.grow(to: 5))
        for sender in greedy { _ = sender.share.grow(to: 100) }
        #expect(steady.gaveWay == 0)
        #expect(greedy.map(\.gaveWay).reduce(0, +) == 1)
        #expect(greedy[15].gaveWay == 1)
    }

    @Test func `a new sender does not end the only body of another`() {
        let budget = InFlightBudget(limit: 1_600, largestBody: 0)
        let senders = (0..<7).map { Sender(budget, from: $0) }
        for sender in senders { #expect(sender.share.grow(to: 200)) }
        let new = Sender(budget, from: 7)
        #expect(!new.share.hasRoom(for: 101))
        #expect(!new.share.grow(to: 101))
        #expect(new.share.grow(to: 100))
        #expect(senders.allSatisfy { $0.gaveWay == 0 })
    }

    @Test func `small bodies of one peer do not keep small ones of others out`() {
        let budget = InFlightBudget(limit: 1_600, largestBody: 0)
        let greedy = (0..<16).map { _ in Sender(budget, from: 1) }
        for sender in greedy { #expect(sender.share.grow(to: 100)) }
        let other = Sender(budget, from: 2)
        #expect(other.share.hasRoom(for: 50))
        #expect(other.share.grow(to: 50))
        #expect(greedy.map(\.gaveWay).reduce(0, +) == 1)
        #expect(greedy[15].gaveWay == 1)
    }

    @Test func `a body that is worked on does not give way, and none does where that is not enough`() {
        let budget = InFlightBudget(limit: 1_600, largestBody: 0)
        let senders = (0..<4).map { _ in Sender(budget) }
        for (sender, size) in zip(senders, [200, 500, 500, 200]) { #expect(sender.share.grow(to: size)) }
        #expect(senders[2].share.beginWork())
        #expect(!senders[1].share.grow(to: 900))
        #expect(senders.allSatisfy { $0.gaveWay == 0 })
        #expect(senders[1].share.grow(to: 700))
        #expect(senders.map(\.gaveWay) == [0, 0, 0, 1])
        // The oldest goes on in any case.
        #expect(senders[0].share.grow(to: 1_600))
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `bodies that grow side by side come to an end, and never hold more than the limit`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let (limit, largest) = (2_000, 900)
        let budget = InFlightBudget(limit: limit, largestBody: largest)
        var senders: [(sender: Sender, held: Int, wanted: Int)] = (0..<40).map { _ in
            (Sender(budget), 0, Int.random(in: 1...largest, using: &random))
        }
        var (finished, refused) = (0, 0)
        while let index = senders.indices.randomElement(using: &random) {
            let oldest = index == 0
            let (sender, held, wanted) = senders[index]
            let next = min(wanted, held + Int.random(in: 1...200, using: &random))
            if sender.share.grow(to: next) {
                senders[index].held = next
                if next == wanted, sender.share.beginWork() {
                    sender.share.release()
                    finished += 1
                    senders.remove(at: index)
                }
            } else {
                #expect(!oldest || sender.gaveWay == 1)
                sender.share.release()
                refused += 1
                senders.remove(at: index)
            }
            #expect(budget.reservedBytes <= limit)
        }
        #expect(finished + refused == 40)
        #expect(finished >= 2)
        #expect(budget.reservedBytes == 0)
    }
}
