// SPDX-License-Identifier: Apache-2.0
import Pricing
import Testing

@Suite struct DollarsTests {
    @Test(arguments: [
        (0, "0"), (1, "0.000000000000001"), (1_000_000_000_000_000, "1"), (1_500_000_000_000_000, "1.5"),
        (-1, "-0.000000000000001"), (-12_000_000_000_000_000, "-12"), (146_016_000_000_000, "0.146016"),
        (100_000_000_000_000_000, "100"), (999_999_999_999_999, "0.999999999999999"),
    ])
    func `an amount is written as the shortest exact decimal`(_ femtodollars: Int, _ text: String) {
        #expect(Dollars(femtodollars: Int128(femtodollars)).description == text)
    }

    @Test func `an amount beyond 64 bits is written exactly`() {
        let amount = Dollars(femtodollars: Int128(Int64.max) * 1_000_000 + 1)
        #expect(amount.description == "9223372036.854775807000001")
    }

    @Test(arguments: ["0", "0.01", "12.5", "0.000000000000001", "9223.372036854775807"])
    func `a text read and written again is the same`(_ text: String) throws {
        #expect(try Dollars(text).description == text)
    }

    @Test(arguments: [
        (5, 1, 2, 2), (7, 1, 2, 4), (15, 1, 10, 2), (25, 1, 10, 2), (26, 1, 10, 3), (-5, 1, 2, -2), (-7, 1, 2, -4),
        (10, 3, 4, 8), (1, 1, 3, 0), (2, 1, 3, 1),
    ])
    func `a fraction of an amount is rounded half-even`(
        _ amount: Int, _ numerator: Int64, _ denominator: Int64, _ expected: Int
    ) {
        let scaled = Dollars(femtodollars: Int128(amount)).scaled(by: numerator, over: denominator)
        #expect(scaled == Dollars(femtodollars: Int128(expected)))
    }
}
