// SPDX-License-Identifier: Apache-2.0

/// How much searches among waiting spans have cost, and how many ended at a bound.
struct SearchCosts {
    /// The number of steps; a step takes 30 to 100 ns.
    private(set) var steps: UInt64 = 0
    /// The number of searches that left some spans out because there were too many.
    private(set) var cut: UInt64 = 0

    mutating func add(steps: Int) { self.steps += UInt64(steps) }

    mutating func addCut() { cut += 1 }
}
