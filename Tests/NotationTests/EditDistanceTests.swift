// SPDX-License-Identifier: Apache-2.0
import Notation
import TestData
import Testing

@Suite struct EditDistanceTests {
    @Test(
        arguments: [
            ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("settle", "settel", 2),
            ("gpt-4o", "gpt-4o", 0), ("flaw", "lawn", 2),
        ] as [(String, String, Int)])
    func `a distance counts added, dropped and changed bytes`(left: String, right: String, expected: Int) {
        #expect(distance(left, right, below: 100) == expected)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a bound hides larger distances and changes none`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let left = word(&random)
            let right = word(&random)
            let expected = plainDistance(Array(left.utf8), Array(right.utf8))
            for bound in 1...12 {
                #expect(distance(left, right, below: bound) == (expected < bound ? expected : nil), "\(left) \(right)")
            }
        }
    }

    @Test func `only the first 64 bytes count`() {
        let front = String(repeating: "x", count: EditDistance.limit)
        #expect(distance(front + "abc", front + "other", below: 100) == 0)
    }

    @Test func `the first of equally near texts is the nearest`() {
        let known = ["settle", "listen_address", "max_spans", "max_span"]
        #expect(EditDistance.nearest(to: "max_spam", among: known) == "max_span")
        #expect(EditDistance.nearest(to: "max_spa", among: ["max_spab", "max_spac"]) == "max_spab")
        #expect(EditDistance.nearest(to: "setle", among: known, atMost: 1) == "settle")
        #expect(EditDistance.nearest(to: "stle", among: known, atMost: 1) == nil)
        #expect(EditDistance.nearest(to: "settle", among: []) == nil)
    }

    private func distance(_ left: String, _ right: String, below bound: Int) -> Int? {
        let bytes = Array(right.utf8)
        var distance = EditDistance(from: left)
        return distance.distance(to: bytes.span, in: 0..<bytes.count, below: bound)
    }

    private func word(_ random: inout SeededGenerator) -> String {
        String((0..<Int.random(in: 0...10, using: &random)).compactMap { _ in "abc".randomElement(using: &random) })
    }

    /// The definition: the shortest of the three ways to deal with the first letters.
    private func plainDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for leftIndex in left.indices {
            var next = [leftIndex + 1]
            for rightIndex in right.indices {
                let changed = row[rightIndex] + (left[leftIndex] == right[rightIndex] ? 0 : 1)
                next.append(min(changed, row[rightIndex + 1] + 1, next[rightIndex] + 1))
            }
            row = next
        }
        return row[right.count]
    }
}
