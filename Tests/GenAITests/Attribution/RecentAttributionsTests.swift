// SPDX-License-Identifier: Apache-2.0
@testable import GenAI
import TestData
import Testing

@Suite struct RecentAttributionsTests {
    private func attribution(_ number: Int) -> Attribution {
        Attribution(
            number: UInt32(number), seeksAncestors: number.isMultiple(of: 3),
            offersToDescendants: number.isMultiple(of: 5))
    }

    @Test(arguments: [1, 2, 5, 32])
    func `a label set that is remembered has the attribution that it was remembered with`(width: Int) {
        var generator = SeededGenerator(seed: UInt64(width))
        var recent = RecentAttributions(width: width, most: 128, salt: generator.next())
        // Words from a small range, so that label sets differ in one word.
        let sets = (0..<300).map { number in
            (0..<width).map { word in
                word == number % width ? UInt64(number) : UInt64.random(in: 0..<3, using: &generator)
            }
        }
        var numbers: [[UInt64]: Int] = [:]
        var hits = 0
        for _ in 0..<5_000 {
            let index = Int.random(in: 0..<sets.count, using: &generator)
            let number = numbers[sets[index], default: index]
            numbers[sets[index]] = number
            if let known = recent.attribution(of: sets[index]) {
                #expect(known == attribution(number))
                hits += 1
            } else {
                recent.remember(sets[index], as: attribution(number))
            }
            #expect(recent.count <= 128)
        }
        #expect(hits > 1_000)
    }

    @Test func `at the ceiling the label sets of the older half are forgotten, except those that came again`() {
        var recent = RecentAttributions(width: 1, most: 8, salt: 9)
        for number in 0..<4 { recent.remember([UInt64(number)], as: attribution(number)) }
        recent.remember([4], as: attribution(4))
        #expect(recent.attribution(of: [1]) == attribution(1))
        for number in 5..<7 { recent.remember([UInt64(number)], as: attribution(number)) }
        recent.remember([7], as: attribution(7))
        #expect(recent.attribution(of: [0]) == nil)
        #expect(recent.attribution(of: [1]) == attribution(1))
        #expect(recent.attribution(of: [7]) == attribution(7))
    }
}

extension RecentAttributions {
    fileprivate mutating func attribution(of set: [UInt64]) -> Attribution? {
        let hash = hash(of: set.span)
        fetchSlot(hash)
        fetchSet(hash)
        return attribution(of: set.span, hash: hash)
    }

    fileprivate mutating func remember(_ set: [UInt64], as attribution: Attribution) {
        remember(set.span, hash: hash(of: set.span), as: attribution)
    }
}
