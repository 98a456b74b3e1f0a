// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Reads the reported cost of a call as an integer of 1e-15 US dollars.
enum ReportedCost {
    /// The largest cost of one call that is accepted; in 1e-15 dollars it just fits 64 bits.
    static let largestDollars: Int64 = 9_000
    static let largest: Int64 = largestDollars * 1_000_000_000_000_000

    /// Reads a cost.
    ///
    /// - Parameters:
    ///   - value: A number of units, or one as decimal text.
    ///   - decimals: The decimals of the unit in dollars, 0 to 15: 0 for dollars, 9 for units of 1e-9 dollars.
    ///   - body: The bytes that the value refers to.
    /// - Returns: 1e-15 dollars, rounded half-even; `nil` for a negative or too large number, and for anything else.
    static func read(_ value: AttributeValue, decimals: Int = 0, body: Span<UInt8>) -> Int64? {
        let factor = powersOfTen[15 - decimals]
        return switch value {
        case .int(let units): units.multiplied(by: factor)?.checked(in: 0...largest)
        case .double(let units):
            units.checked(in: 0...Double(largest) / Double(factor)).map { rounded($0, times: Double(factor)) }
        case .string(let range): decimal(at: body.unquoted(range), scale: 15 - decimals, in: body)
        default: nil
        }
    }

    static let powersOfTen: [Int64] = (0...15).map { exponent in (0..<exponent).reduce(1) { power, _ in power * 10 } }

    /// Whether a text begins like a number, valid as a cost or not.
    static func beginsAsNumber(at range: ByteRange, in body: Span<UInt8>) -> Bool {
        let range = body.unquoted(range)
        guard range.length > 0 else { return false }
        switch body[Int(range.offset)] {
        case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."): return true
        default: return false
        }
    }

    /// Converts units, between 0 and ``largest``, to 1e-15 dollars.
    private static func rounded(_ units: Double, times factor: Double) -> Int64 {
        let product = units * factor
        let whole = product.rounded(.toNearestOrEven)
        // What the multiplication lost decides where the product itself no longer has a fraction.
        let rest = (product - whole) + (-product).addingProduct(units, factor)
        return Int64(whole) + Int64(rest.rounded(.toNearestOrEven))
    }

    /// Reads decimal text, `0.0121338` or `7.5e-05`, exactly.
    private static func decimal(at range: ByteRange, scale: Int, in body: Span<UInt8>) -> Int64? {
        guard range.length >= 1, range.length <= 64 else { return nil }
        var digits: UInt64 = 0
        var scale = scale
        var hasDigits = false
        var isFraction = false
        var index = range.indices.lowerBound
        let end = range.indices.upperBound
        scan: while index < end {
            switch body[index] {
            case 0x30...0x39:
                hasDigits = true
                // More than 18 digits of a cost are noise; dropped ones of the integer part still count.
                if digits < 100_000_000_000_000_000 {
                    digits = digits * 10 + UInt64(body[index] - 0x30)
                    if isFraction { scale -= 1 }
                } else if !isFraction {
                    scale += 1
                }
            case UInt8(ascii: ".") where !isFraction: isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard let exponent = exponent(from: index + 1, to: end, in: body) else { return nil }
                scale += exponent
                break scan
            case UInt8(ascii: "+") where index == range.indices.lowerBound: break
            default: return nil
            }
            index += 1
        }
        return hasDigits ? scaled(digits, by: scale) : nil
    }

    private static func exponent(from start: Int, to end: Int, in body: Span<UInt8>) -> Int? {
        var index = start
        let isNegative = index < end && body[index] == UInt8(ascii: "-")
        if index < end, isNegative || body[index] == UInt8(ascii: "+") { index += 1 }
        guard index < end, end - index <= 3 else { return nil }
        var exponent = 0
        while index < end {
            guard body[index] >= 0x30, body[index] <= 0x39 else { return nil }
            exponent = exponent * 10 + Int(body[index] - 0x30)
            index += 1
        }
        return isNegative ? -exponent : exponent
    }

    /// Digits times a power of ten, ties to the even integer.
    private static func scaled(_ digits: UInt64, by scale: Int) -> Int64? {
        guard digits > 0 else { return 0 }
        if scale >= 0 {
            var result = Outside(digits)
            for _ in 0..<scale {
                guard let product = result.multiplied(by: 10), product <= Outside(UInt64(largest)) else { return nil }
                result = product
            }
            return result.checked(in: 0...UInt64(largest)).map(Int64.init)
        }
        guard scale >= -19 else { return 0 }
        var divisor: UInt64 = 1
        for _ in 0..<(-scale) { divisor *= 10 }
        let (quotient, rest) = digits.quotientAndRemainder(dividingBy: divisor)
        let isUp = rest > divisor / 2 || (rest == divisor / 2 && !quotient.isMultiple(of: 2))
        return Outside(quotient + (isUp ? 1 : 0)).checked(in: 0...UInt64(largest)).map(Int64.init)
    }
}

/// The sum of a cost's parts, for a cost that came without a total.
///
/// If one part or the sum is refused, no cost is known.
struct CostOfParts {
    /// The sum in 1e-15 US dollars; `nil` if there are no parts or the sum was refused.
    private(set) var sum: Int64?
    private(set) var isRefused = false

    /// Whether there was any part.
    var isStated: Bool { sum != nil || isRefused }

    /// Adds a part that is itself an accepted cost.
    mutating func add(_ part: Int64) {
        guard !isRefused else { return }
        sum = Outside(sum ?? 0).adding(Outside(part))?.checked(in: 0...ReportedCost.largest)
        isRefused = sum == nil
    }

    /// Notes that a part was refused, so that the sum is unknown.
    mutating func refuse() {
        sum = nil
        isRefused = true
    }
}
