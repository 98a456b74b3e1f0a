// SPDX-License-Identifier: Apache-2.0

/// An amount as two columns: whole 1e-6 dollars, and the rest in 1e-15 dollars, from 0 to 999,999,999.
struct RowMoney: Equatable {
    let micros: Int64
    let rest: Int64

    /// Splits an amount; what does not fit becomes the largest amount that does, and its negative.
    init(femtodollars: Int128) {
        let clamped = min(max(femtodollars, -Self.largest), Self.largest)
        var (quotient, remainder) = clamped.quotientAndRemainder(dividingBy: 1_000_000_000)
        if remainder < 0 { (quotient, remainder) = (quotient - 1, remainder + 1_000_000_000) }
        (micros, rest) = (Int64(quotient), Int64(remainder))
    }

    init(micros: Int64, rest: Int64) { (self.micros, self.rest) = (micros, rest) }

    var femtodollars: Int128 { Int128(micros) * 1_000_000_000 + Int128(rest) }

    /// The largest cost of a call, some 4.5 billion dollars: 2,000 such costs can be added up before a sum of SQL overflows.
    static let largestOfCall: Int128 = 1 << 52 * 1_000_000_000
    /// The cost of a call, cut down to ``largestOfCall``.
    static func ofCall(_ cost: Int128) -> Int128 { min(max(cost, -largestOfCall), largestOfCall) }

    /// The largest amount, some 1.1e12 dollars.
    private static let largest: Int128 = 1 << 60 * 1_000_000_000

    /// The assignments of SQL that add an amount to columns, exact and without overflow.
    ///
    /// - Parameters:
    ///   - micros: The column of the whole part.
    ///   - rest: The column of the rest.
    ///   - addedMicros: What is added to the former, as SQL.
    ///   - addedRest: What is added to the latter, as SQL.
    /// - Returns: The SQL behind `SET`.
    static func adding(_ micros: String, _ rest: String, _ addedMicros: String, _ addedRest: String) -> String {
        let sum = "\(micros) + \(addedMicros) + (\(rest) + \(addedRest)) / 1000000000"
        // Beyond 64 bits SQLite goes on in floating point.
        return "\(micros) = max(-2305843009213693952, min(2305843009213693952, \(sum))), "
            + "\(rest) = (\(rest) + \(addedRest)) % 1000000000"
    }
}
