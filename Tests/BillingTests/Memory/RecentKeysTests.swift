// SPDX-License-Identifier: Apache-2.0
@testable import Billing
import Testing

/// What is remembered of keys, whatever became of the tables that hold them.
@Suite struct RecentKeysTests {
    /// A key of a number, as they are mixed: the lowest four bits are free.
    private static func key(_ number: UInt64) -> UInt64 {
        var word = number &* 0x9E37_79B9_7F4A_7C15
        word ^= word >> 29
        word = word &* 0xBF58_476D_1CE4_E5B9
        word ^= word >> 32
        return max(word & ~15, 16)
    }

    private static func note(_ number: UInt64, _ value: UInt64, in recentKeys: inout RecentKeys, at now: UInt64) {
        if recentKeys.isFull {
            if recentKeys.forgetsNext {
                recentKeys.turn(recentKeys.plan(at: now).turn, at: (now, UInt32(number)))
            } else {
                recentKeys.grow()
            }
        }
        let slot = recentKeys.note(key(number))
        recentKeys[slot] = value
    }

    /// How many keys of a range do not have the value that was noted last, the number itself.
    private static func forgotten(_ numbers: ClosedRange<UInt64>, in recentKeys: inout RecentKeys) -> Int {
        var forgotten = 0
        for number in numbers where recentKeys.value(of: key(number)) != number || !recentKeys.mayKnow(key(number)) {
            forgotten += 1
        }
        return forgotten
    }

    private static func note(_ numbers: ClosedRange<UInt64>, in recentKeys: inout RecentKeys) {
        for number in numbers { note(number, number, in: &recentKeys, at: number) }
    }

    /// Through growth, the older generation and an archive of six.
    @Test(arguments: [2, 3, 8]) func `a key keeps its value while its generation is remembered`(generations: Int) {
        // Old enough to be forgotten is what came before that many generations.
        let horizon = UInt64(generations - 2) * 1_024 + 512
        var recentKeys = RecentKeys(capacity: 1_024, bytes: generations * 28 * 1_024, horizon: horizon, first: 1)
        recentKeys.begin(at: 0)
        let kept = UInt64(generations - 1) * 1_024
        var (number, wrong) = (UInt64(0), 0)
        while number < 20_000 {
            Self.note(number + 1...number + 997, in: &recentKeys)
            number += 997
            wrong += Self.forgotten(max(number, kept) - kept + 1...number, in: &recentKeys)
            if recentKeys.value(of: Self.key(number + 1)) != nil { wrong += 1 }
        }
        #expect(wrong == 0)
        let total = recentKeys.forgotten.total
        #expect(total > 0)
    }

    /// A table that grew beyond a generation, and is then an older one and in the archive.
    @Test func `what was noted without a bound is known when there is one again`() {
        var recentKeys = RecentKeys(capacity: 1_024, bytes: 8 * 28 * 1_024, horizon: 1_000_000, first: 1)
        recentKeys.begin(at: 0)
        Self.note(1...500, in: &recentKeys)
        recentKeys.isUnbounded = true
        Self.note(501...9_000, in: &recentKeys)
        recentKeys.isUnbounded = false
        Self.note(9_001...14_000, in: &recentKeys)
        let forgotten = Self.forgotten(1...14_000, in: &recentKeys)
        #expect(forgotten == 0)
    }

    @Test func `the filters tell of most keys that they were never noted`() {
        var recentKeys = RecentKeys(capacity: 4_096, horizon: 1_000_000, first: 1)
        recentKeys.begin(at: 0)
        Self.note(1...12_000, in: &recentKeys)
        var mistaken = 0
        for number in 100_000...110_000 as ClosedRange<UInt64> where recentKeys.mayKnow(Self.key(number)) {
            mistaken += 1
        }
        #expect(mistaken < 1_000)
    }

    @Test func `a key that is noted again has the value that an older generation has of it`() {
        var recentKeys = RecentKeys(capacity: 1_024, horizon: 1_000_000, first: 1)
        recentKeys.begin(at: 0)
        Self.note(1, 77, in: &recentKeys, at: 0)
        Self.note(2...1_500, in: &recentKeys)
        let slot = recentKeys.note(Self.key(1))
        let value = recentKeys[slot]
        #expect(value == 77)
        Self.note(1_501...2_500, in: &recentKeys)
        let later = recentKeys.value(of: Self.key(1))
        #expect(later == 77)
    }
}
