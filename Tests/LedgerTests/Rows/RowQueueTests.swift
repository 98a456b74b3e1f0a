// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Ledger

/// The queue of calls that wait to be written.
@Suite struct RowQueueTests {
    @Test func `what was taken is not held any longer`() throws {
        let folder = try RowFolder()
        var queue = RowQueue(position: 0)
        for number in 1...900 as ClosedRange<UInt64> {
            let calls = folder.priced([folder.call(number), folder.call(number + 1_000)])
            queue.append(.calls(calls, arrivalNanoseconds: 1, number: number), number: number, now: 1)
        }
        var taken: UInt64 = 0
        while let batch = queue.take(most: 100, now: 2) {
            #expect(batch.position == taken + 50 && batch.spans == 100)
            taken = batch.position
            let held = try #require(Mirror(reflecting: queue).descendant("entries") as? [RowQueue.Entry])
            #expect(held.reduce(0) { $0 + $1.spans } == queue.spans)
        }
        #expect(taken == 900)
    }
}
