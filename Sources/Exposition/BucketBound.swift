// SPDX-License-Identifier: Apache-2.0

/// The upper bound of a bucket as the value of the label `le`.
///
/// Label values are compared as text, so all programs must write a number in the same way: like Go's `%g`, with `.0` if there is
/// neither a point nor an exponent.
///
/// - SeeAlso: OpenMetrics 1.0, section "Considerations: Canonical Numbers".
package enum BucketBound {
    /// The text of the last bucket, which has no bound.
    package static let infinity = "+Inf"

    /// The text of a bound.
    ///
    /// - Parameters:
    ///   - bound: Zero or more, in units of 10^-scale.
    ///   - scale: The number of the bound's decimal digits behind the point.
    /// - Returns: The shortest text, such as `0.5`, `30.0` or `1.048576e+06`.
    package static func text(_ bound: Int64, scale: Int) -> String {
        guard bound != 0 else { return "0.0" }
        let all = String(bound)
        let significant = String(all.reversed().drop { $0 == "0" }.reversed())
        // The number of digits in front of the point; zero or less for 0.x.
        let wholeDigits = all.count - scale
        let exponent = wholeDigits - 1
        if exponent < -4 || exponent >= 6 { return exponential(significant, exponent: exponent) }
        if wholeDigits <= 0 { return "0." + String(repeating: "0", count: -wholeDigits) + significant }
        let padded = significant + String(repeating: "0", count: max(0, wholeDigits - significant.count))
        let fraction = padded.dropFirst(wholeDigits)
        return padded.prefix(wholeDigits) + "." + (fraction.isEmpty ? "0" : fraction)
    }

    private static func exponential(_ significant: String, exponent: Int) -> String {
        let fraction = significant.dropFirst()
        let digits = String(exponent.magnitude)
        return significant.prefix(1) + (fraction.isEmpty ? "" : "." + fraction)
            + (exponent < 0 ? "e-" : "e+") + (digits.count < 2 ? "0" : "") + digits
    }
}
