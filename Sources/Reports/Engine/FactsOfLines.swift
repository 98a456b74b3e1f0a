// SPDX-License-Identifier: Apache-2.0

/// The number of the facts of each line, without a hash for each look: the ids of lines are small.
struct FactsOfLines {
    private var numbers: [Int32] = []
    private let others: [Int64: Int32]

    init(_ facts: [Int64: Int32]) {
        let last = facts.keys.filter { (0..<Self.most).contains($0) }.max() ?? 0
        numbers = [Int32](repeating: -1, count: Int(last) + 1)
        for (line, number) in facts where numbers.indices.contains(Int(clamping: line)) {
            numbers[Int(line)] = number
        }
        others = facts.filter { !(0..<Self.most).contains($0.key) }
    }

    private static let most: Int64 = 65_536

    /// The number of a line; -1 for one that the filter refuses, or that there is not.
    subscript(line: Int64) -> Int32 {
        line >= 0 && line < numbers.count ? numbers[Int(line)] : others[line] ?? -1
    }
}
