// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Ledger

@Suite struct TraceSweepTests {
    /// Ten traces with one call each, all within one minute.
    private func differences(most: Int) -> (told: [String], isCutShort: Bool) {
        var sweep = TraceSweep(firstKept: 0, most: most)
        var told: [String] = []
        for number in 0..<10 as Range<Int64> {
            let id = 100 << 22 | number
            var sums = CheckedSums(CallColumns.sums.count + 1)
            sums.counts[0] = 1
            sweep.state(id, lowest: 0, highest: 0, sums)
            var call = CheckedCall()
            (call.id, call.trace) = (id, id)
            sweep.add(call) { told.append($0) }
        }
        sweep.finish { told.append($0) }
        return (told, sweep.isCutShort)
    }

    @Test func `more traces at a time than can be compared are not called wrong`() {
        let all = differences(most: 10)
        #expect(all.told.isEmpty && !all.isCutShort)
        let some = differences(most: 4)
        #expect(some.told.isEmpty && some.isCutShort)
    }
}
