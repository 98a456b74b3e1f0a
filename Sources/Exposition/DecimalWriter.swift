// SPDX-License-Identifier: Apache-2.0

/// Writes integers with a decimal scale as exact decimal text: no exponent, no trailing zeros.
struct DecimalWriter: Sendable {
    /// The largest length of a number in bytes: a sign, 39 digits, a point, and a zero in front of it.
    static let maximumLength = 42

    private let scale: Int
    /// 10^scale: the integer that means 1.
    private let unit: UInt64

    /// - Parameter scale: The number of an integer's digits behind the point, 0 to 18.
    init(scale: Int) {
        self.scale = scale
        unit = (0..<scale).reduce(1) { power, _ in power * 10 }
    }

    /// Writes a number in units of 10^-scale; the output must have room for ``maximumLength`` bytes.
    func write(_ value: Int128, to output: inout OutputSpan<UInt8>) {
        if value < 0 { output.append(UInt8(ascii: "-")) }
        let magnitude = value.magnitude
        let high = UInt64(truncatingIfNeeded: magnitude >> 64)
        let low = UInt64(truncatingIfNeeded: magnitude)
        let fraction: UInt64
        if high == 0 {
            let (whole, rest) = low.quotientAndRemainder(dividingBy: unit)
            Self.write(whole, to: &output)
            fraction = rest
        } else if high < unit {
            // One machine instruction: amounts from 18,446 dollars need more than 64 bits in units of 1e-15, which is not rare.
            let (whole, rest) = unit.dividingFullWidth((high, low))
            Self.write(whole, to: &output)
            fraction = rest
        } else {
            let (whole, rest) = magnitude.quotientAndRemainder(dividingBy: UInt128(unit))
            Self.writeLarge(whole, to: &output)
            fraction = UInt64(rest)
        }
        writeFraction(fraction, to: &output)
    }

    /// Writes a whole number.
    static func write(_ value: UInt64, to output: inout OutputSpan<UInt8>) {
        var count = 1
        var rest = value
        while rest >= 10_000 {
            rest /= 10_000
            count += 4
        }
        count += rest >= 1_000 ? 3 : rest >= 100 ? 2 : rest >= 10 ? 1 : 0
        writeDigits(value, count: count, to: &output)
    }

    private static func writeLarge(_ value: UInt128, to output: inout OutputSpan<UInt8>) {
        guard value > UInt128(UInt64.max) else { return write(UInt64(value), to: &output) }
        let (front, back) = value.quotientAndRemainder(dividingBy: 1_000_000_000_000_000_000)
        writeLarge(front, to: &output)
        writeDigits(UInt64(back), count: 18, to: &output)
    }

    /// Writes the point and the digits behind it; nothing if they are zero.
    private func writeFraction(_ fraction: UInt64, to output: inout OutputSpan<UInt8>) {
        guard fraction != 0 else { return }
        var digits = fraction
        var count = scale
        while digits.isMultiple(of: 10_000) {
            digits /= 10_000
            count -= 4
        }
        while digits.isMultiple(of: 10) {
            digits /= 10
            count -= 1
        }
        output.append(UInt8(ascii: "."))
        Self.writeDigits(digits, count: count, to: &output)
    }

    /// Writes the last `count` digits of a number, with zeros in front.
    private static func writeDigits(_ value: UInt64, count: Int, to output: inout OutputSpan<UInt8>) {
        let start = output.count
        output.append(repeating: UInt8(ascii: "0"), count: count)
        var index = output.count - 1
        var rest = value
        while index > start {
            let pair = UInt32(truncatingIfNeeded: rest % 100)
            rest /= 100
            output[index - 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: pair / 10)
            output[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: pair % 10)
            index -= 2
        }
        if index == start { output[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10) }
    }
}
