// SPDX-License-Identifier: Apache-2.0
@testable import Billing
import Testing

/// What the notebook knows of keys, whatever became of the tables that hold them.
@Suite struct NotebookTests {
    /// A key of a number, as they are mixed: the lowest four bits are free.
    private static func key(_ number: UInt64) -> UInt64 {
        var word = number &* 0x9E37_79B9_7F4A_7C15
        word ^= word >> 29
        word = word &* 0xBF58_476D_1CE4_E5B9
        word ^= word >> 32
        return max(word & ~15, 16)
    }

    private static func note(_ number: UInt64, _ value: UInt64, in notebook: inout Notebook, at now: UInt64) {
        if notebook.isFull {
            if notebook.forgetsNext {
                notebook.turn(notebook.plan(at: now).turn, at: (now, UInt32(number)))
            } else {
                notebook.grow()
            }
        }
        let slot = notebook.note(key(number))
        notebook[slot] = value
    }

    /// How many keys of a range do not have the value that was noted last, the number itself.
    private static func forgotten(_ numbers: ClosedRange<UInt64>, in notebook: inout Notebook) -> Int {
        var forgotten = 0
        for number in numbers where notebook.value(of: key(number)) != number || !notebook.mayKnow(key(number)) {
            forgotten += 1
        }
        return forgotten
    }

    private static func note(_ numbers: ClosedRange<UInt64>, in notebook: inout Notebook) {
        for number in numbers { note(number, number, in: &notebook, at: number) }
    }

    /// Through growth, the older generation and an archive of six.
    @Test(arguments: [2, 3, 8]) func `a key keeps its value while its generation is remembered`(generations: Int) {
        // Old enough to be forgotten is what came before that many generations.
        let horizon = UInt64(generations - 2) * 1_024 + 512
        var notebook = Notebook(capacity: 1_024, bytes: generations * 28 * 1_024, horizon: horizon, first: 1)
        notebook.begin(at: 0)
        let kept = UInt64(generations - 1) * 1_024
        var (number, wrong) = (UInt64(0), 0)
        while number < 20_000 {
            Self.note(number + 1...number + 997, in: &notebook)
            number += 997
            wrong += Self.forgotten(max(number, kept) - kept + 1...number, in: &notebook)
            if notebook.value(of: Self.key(number + 1)) != nil { wrong += 1 }
        }
        #expect(wrong == 0)
        let total = notebook.forgotten.total
        #expect(total > 0)
    }

    /// A table that grew beyond a generation, and is then an older one and in the archive.
    @Test func `what was noted without a bound is known when there is one again`() {
        var notebook = Notebook(capacity: 1_024, bytes: 8 * 28 * 1_024, horizon: 1_000_000, first: 1)
        notebook.begin(at: 0)
        Self.note(1...500, in: &notebook)
        notebook.isUnbounded = true
        Self.note(501...9_000, in: &notebook)
        notebook.isUnbounded = false
        Self.note(9_001...14_000, in: &notebook)
        let forgotten = Self.forgotten(1...14_000, in: &notebook)
        #expect(forgotten == 0)
    }

    @Test func `the filters tell of most keys that they were never noted`() {
        var notebook = Notebook(capacity: 4_096, horizon: 1_000_000, first: 1)
        notebook.begin(at: 0)
        Self.note(1...12_000, in: &notebook)
        var mistaken = 0
        for number in 100_000...110_000 as ClosedRange<UInt64> where notebook.mayKnow(Self.key(number)) {
            mistaken += 1
        }
        #expect(mistaken < 1_000)
    }

    @Test func `a key that is noted again has the value that an older generation has of it`() {
        var notebook = Notebook(capacity: 1_024, horizon: 1_000_000, first: 1)
        notebook.begin(at: 0)
        Self.note(1, 77, in: &notebook, at: 0)
        Self.note(2...1_500, in: &notebook)
        let slot = notebook.note(Self.key(1))
        let value = notebook[slot]
        #expect(value == 77)
        Self.note(1_501...2_500, in: &notebook)
        let later = notebook.value(of: Self.key(1))
        #expect(later == 77)
    }
}
