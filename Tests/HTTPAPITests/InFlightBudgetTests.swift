// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HTTPAPI

@Suite struct InFlightBudgetTests {
    @Test func `shares fill the budget to its limit and no further`() {
        let budget = InFlightBudget(limit: 100)
        let (first, second) = (InFlightShare(of: budget), InFlightShare(of: budget))
        #expect(first.grow(to: 60))
        #expect(!second.grow(to: 41))
        #expect(second.grow(to: 40))
        #expect(budget.reservedBytes == 100)
        first.release()
        first.release()
        #expect(budget.reservedBytes == 40)
        second.release()
        #expect(budget.reservedBytes == 0)
    }

    @Test func `a share never shrinks before it is released`() {
        let budget = InFlightBudget(limit: 100)
        let share = InFlightShare(of: budget)
        #expect(share.grow(to: 60))
        #expect(share.grow(to: 10))
        #expect(budget.reservedBytes == 60)
    }

    @Test func `absurd sizes are refused without overflow`() {
        let budget = InFlightBudget(limit: 100)
        let share = InFlightShare(of: budget)
        #expect(share.grow(to: 1))
        #expect(!share.grow(to: .max))
        #expect(budget.reservedBytes == 1)
    }
}
