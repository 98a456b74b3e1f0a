// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// A ceiling on the bytes of all bodies that are being read or worked on.
final class InFlightBudget: Sendable {
    /// The ceiling in bytes.
    let limit: Int
    private let reserved = Atomic<Int>(0)

    /// - Parameter limit: The ceiling in bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// The bytes reserved now.
    var reservedBytes: Int { reserved.load(ordering: .relaxed) }

    /// Takes bytes from the budget, all or none.
    fileprivate func take(_ bytes: Int) -> Bool {
        var seen = reserved.load(ordering: .relaxed)
        while true {
            guard bytes <= limit - seen else { return false }
            let (exchanged, original) = reserved.compareExchange(
                expected: seen, desired: seen + bytes, ordering: .relaxed)
            if exchanged { return true }
            seen = original
        }
    }

    fileprivate func giveBack(_ bytes: Int) {
        reserved.subtract(bytes, ordering: .relaxed)
    }
}

/// One body's share of the budget: grown ahead of need, given back once.
final class InFlightShare: Sendable {
    private let budget: InFlightBudget
    private let held = Mutex(0)

    /// - Parameter budget: Where the bytes come from.
    init(of budget: InFlightBudget) {
        self.budget = budget
    }

    /// Makes the share at least so large.
    ///
    /// - Parameter total: The wanted size in bytes; a smaller one than is held changes nothing.
    /// - Returns: Whether the ceiling allows it. When not, the share stays as it was.
    func grow(to total: Int) -> Bool {
        held.withLock { held in
            guard total > held else { return true }
            guard budget.take(total - held) else { return false }
            held = total
            return true
        }
    }

    /// Gives everything back; further calls do nothing.
    func release() {
        let bytes = held.withLock { held in
            defer { held = 0 }
            return held
        }
        budget.giveBack(bytes)
    }
}
