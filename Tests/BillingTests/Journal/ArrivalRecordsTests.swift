// SPDX-License-Identifier: Apache-2.0
import TestData
import Testing

@testable import Billing

/// What the window still needs of a journal is known, whatever arrives without taking a slot.
@Suite struct ArrivalRecordsTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `no record of a span that waits, or is remembered, is older than the needed ones`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        // Running numbers pass the largest one.
        var next = UInt32.max - 200
        var records = ArrivalRecords(first: next)
        var waiting: [(number: UInt32, record: UInt64, isDeferred: Bool)] = []
        var taken: [UInt64] = []
        var record: UInt64 = 0
        for _ in 0..<2_000 {
            record += .random(in: 1...3, using: &generator)
            records.arrive(in: record, oldest: waiting.first?.number ?? next, next: next)
            for _ in 0..<Int.random(in: 0...9, using: &generator) {
                waiting.append((next, record, false))
                taken.append(record)
                next &+= 1
            }
            for _ in 0..<Int.random(in: 0...9, using: &generator) where !waiting.isEmpty {
                let oldest = waiting.removeFirst()
                guard !oldest.isDeferred, Bool.random(using: &generator) else { continue }
                waiting.append((next, oldest.record, true))
                taken.append(oldest.record)
                next &+= 1
            }
            guard Int.random(in: 0..<20, using: &generator) == 0 else { continue }
            let needed = records.needed(oldest: waiting.first?.number ?? next, next: next, remembering: 100)
            let least = waiting.map(\.record).min()
            #expect((needed.waiting == nil) == (least == nil))
            if let first = needed.waiting, let least {
                #expect(first <= least)
                // The steps are narrow, and a deferred span is no older than those that waited when it was deferred.
                #expect(first + 400 > least, "\(first) is far before \(least)")
            }
            if let first = needed.remembered { #expect(first <= taken.suffix(100).min() ?? 0 || taken.count < 100) }
        }
    }
}
