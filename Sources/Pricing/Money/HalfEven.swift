// SPDX-License-Identifier: Apache-2.0

extension Int128 {
    /// The quotient rounded half-even: to the nearest whole number, and a half to the even one.
    ///
    /// - Parameter divisor: Above zero.
    /// - Returns: The rounded quotient.
    func dividedHalfEven(by divisor: Int128) -> Int128 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        let twice = remainder.magnitude * 2
        let isUp = twice > divisor.magnitude || (twice == divisor.magnitude && quotient % 2 != 0)
        guard isUp else { return quotient }
        return self < 0 ? quotient - 1 : quotient + 1
    }
}
