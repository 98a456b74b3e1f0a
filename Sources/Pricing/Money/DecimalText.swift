// SPDX-License-Identifier: Apache-2.0

/// The reason for which a text is not an exact amount.
package enum DecimalError: Error, Equatable, Sendable {
    /// The text is not digits with at most one point between them.
    case notDecimal
    /// The text has more digits after the point than the unit.
    case tooManyDecimals(limit: Int)
    /// The number does not fit into 64 bits.
    case tooLarge
}

/// Converts decimal text to whole numbers of a small unit and back, without floating point.
package enum DecimalText {
    /// Reads a number in units of 10^-`decimals`; further digits are accepted if they are zeros.
    static func parse(_ text: String, decimals: Int) throws(DecimalError) -> Int64 {
        var value: Int64 = 0
        var decimalsSeen: Int?
        var digits = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "."), decimalsSeen == nil, digits > 0 {
                decimalsSeen = 0
                continue
            }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { throw .notDecimal }
            digits += 1
            if let seen = decimalsSeen {
                decimalsSeen = seen + 1
                guard seen < decimals else {
                    if byte == UInt8(ascii: "0") { continue }
                    throw .tooManyDecimals(limit: decimals)
                }
            }
            value = try append(Int64(byte - UInt8(ascii: "0")), to: value)
        }
        guard digits > 0, decimalsSeen != 0 else { throw .notDecimal }
        for _ in min(decimalsSeen ?? 0, decimals)..<decimals { value = try append(0, to: value) }
        return value
    }

    /// Writes a number of units as the shortest exact text, without an exponent or trailing zeros.
    ///
    /// - Parameters:
    ///   - units: The number.
    ///   - decimals: The unit is 10^-`decimals`.
    /// - Returns: The text.
    package static func text(of units: Int128, decimals: Int) -> String {
        var digits = String(units.magnitude)
        if digits.utf8.count <= decimals {
            digits = String(repeating: "0", count: decimals + 1 - digits.utf8.count) + digits
        }
        let whole = digits.dropLast(decimals)
        var fraction = digits.suffix(decimals)
        while fraction.last == "0" { fraction.removeLast() }
        let sign = units < 0 ? "-" : ""
        return fraction.isEmpty ? sign + whole : "\(sign)\(whole).\(fraction)"
    }

    private static func append(_ digit: Int64, to value: Int64) throws(DecimalError) -> Int64 {
        let (shifted, shiftOverflows) = value.multipliedReportingOverflow(by: 10)
        let (sum, sumOverflows) = shifted.addingReportingOverflow(digit)
        guard !shiftOverflows, !sumOverflows else { throw .tooLarge }
        return sum
    }
}
