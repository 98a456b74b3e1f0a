// SPDX-License-Identifier: Apache-2.0

/// A number as it is written: digits and a power of ten.
///
/// The caller then takes it as an integer or as a `Double`.
struct JSONNumber {
    var isNegative = false
    /// The leading digits, as many as fit.
    var digits: UInt64 = 0
    var exponent = 0
    /// Whether digits other than 0 had to be left out.
    var isCut = false

    /// The value without its sign; `nil` unless it is a whole number of 64 bits, in any notation.
    var magnitude: UInt64? {
        guard digits > 0, exponent != 0 else { return isCut ? nil : digits }
        guard !isCut else { return nil }
        var (value, rest) = (digits, exponent)
        while rest < 0 {
            guard value.isMultiple(of: 10) else { return nil }
            (value, rest) = (value / 10, rest + 1)
        }
        while rest > 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            (value, rest) = (product, rest - 1)
        }
        return value
    }

    /// The value if it is a whole number that is not negative.
    var unsigned: UInt64? {
        guard let magnitude, !isNegative || magnitude == 0 else { return nil }
        return magnitude
    }

    /// The value if it is a whole number of 64 bits.
    var signed: Int64? {
        guard let magnitude else { return nil }
        guard isNegative else { return Int64(exactly: magnitude) }
        return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
    }

    /// The nearest `Double`; one off at most if the number has more digits than 64 bits hold.
    var double: Double {
        let magnitude: Double
        // Both sides are exact, so the one rounding is that of the operation (Clinger, 1990).
        if digits <= 1 << 53, exponent.magnitude <= 22 {
            let power = Self.powers[Int(exponent.magnitude)]
            magnitude = exponent < 0 ? Double(digits) / power : Double(digits) * power
        } else {
            magnitude = Double("\(digits)e\(exponent)") ?? 0
        }
        return isNegative ? -magnitude : magnitude
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}

extension JSONCursor {
    /// The number at the cursor.
    mutating func number(in bytes: Span<UInt8>) throws(OTLPError) -> JSONNumber {
        var number = JSONNumber()
        if offset < end, bytes[offset] == JSONByte.minus {
            number.isNegative = true
            offset += 1
        }
        let first = offset
        try digits(of: &number, isFraction: false, in: bytes)
        if bytes[first] == JSONByte.zero, offset > first + 1 {
            throw .jsonUnexpected(.number, offset: first)
        }
        if offset < end, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            try digits(of: &number, isFraction: true, in: bytes)
        }
        if offset < end, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            var power = JSONNumber()
            if offset < end, bytes[offset] == JSONByte.minus || bytes[offset] == UInt8(ascii: "+") {
                power.isNegative = bytes[offset] == JSONByte.minus
                offset += 1
            }
            try digits(of: &power, isFraction: false, in: bytes)
            // Beyond every `Double`, and no sum with the length of a body overflows.
            let size = power.exponent == 0 ? Int(min(power.digits, 1 << 40)) : 1 << 40
            number.exponent += power.isNegative ? -size : size
        }
        return number
    }

    /// Reads digits, at least one, onto the end of a number.
    @inline(__always)
    private mutating func digits(
        of number: inout JSONNumber, isFraction: Bool, in bytes: Span<UInt8>
    ) throws(OTLPError) {
        let start = offset
        while offset <= end - 8, number.digits < 100_000_000_000 {
            // Sound: eight bytes lie between the offset and the end. Eight more digits fit behind eleven.
            guard let eight = unsafe eightDigits(bytes.uncheckedWord(at: offset)) else { break }
            number.digits = number.digits &* 100_000_000 &+ eight
            if isFraction { number.exponent -= 8 }
            offset += 8
        }
        while offset < end {
            let digit = bytes[offset] &- JSONByte.zero
            guard digit <= 9 else { break }
            let (ten, tooLarge) = number.digits.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = ten.addingReportingOverflow(UInt64(digit))
            // Once a digit did not fit, none behind it may.
            if tooLarge || overflow || number.exponent > 0 || number.isCut {
                number.isCut = number.isCut || digit > 0
                if !isFraction { number.exponent += 1 }
            } else {
                number.digits = sum
                if isFraction { number.exponent -= 1 }
            }
            offset += 1
        }
        guard offset > start else { throw failure(.number) }
    }
}

/// Eight decimal digits, the first in the lowest byte, as a number; `nil` when one of the bytes is none.
@inline(__always)
func eightDigits(_ word: UInt64) -> UInt64? {
    // A digit's upper half is 3, and still is when 6 are added.
    let upper: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
    let plusSix = (word &+ 0x0606_0606_0606_0606) & upper
    guard (word & upper) | (plusSix >> 4) == 0x3333_3333_3333_3333 else { return nil }
    // Neighbours are joined: digits to pairs, pairs to fours, fours to eight.
    let pairs = ((word & 0x0F0F_0F0F_0F0F_0F0F) &* 2_561) >> 8
    let fours = ((pairs & 0x00FF_00FF_00FF_00FF) &* 6_553_601) >> 16
    return ((fours & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) >> 32
}

/// The number that a word of text begins with, of at most seven decimal digits; `nil` if all eight bytes are digits.
///
/// - Parameter word: Eight bytes of text, the first one in the lowest byte.
/// - Returns: The number, and how many digits it has; 0 digits if the first byte is none.
@inline(__always)
func leadingDigits(_ word: UInt64) -> (value: UInt64, count: Int)? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // A digit becomes its value, and any other byte more than nine. In `others` the highest bit of each byte is set if the
    // byte is no digit.
    let values = word ^ (ones &* UInt64(JSONByte.zero))
    let others = (((values & (ones &* 0x7F)) &+ (ones &* (0x7F - 9))) | values) & (ones &* 0x80)
    guard others != 0 else { return nil }
    let bits = others.trailingZeroBitCount &- 7
    guard bits > 0 else { return (0, 0) }
    // The digits become the last of eight, behind zeros; then neighbours are joined.
    let pairs = ((values << UInt64(64 &- bits)) &* 2_561) >> 8
    let fours = ((pairs & 0x00FF_00FF_00FF_00FF) &* 6_553_601) >> 16
    return (((fours & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) >> 32, bits >> 3)
}
