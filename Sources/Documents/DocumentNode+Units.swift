// SPDX-License-Identifier: Apache-2.0

extension DocumentNode {
    /// The value as a duration: whole numbers with `ms`, `s`, `m`, `h` or `d`, such as `10s` or `1h30m`.
    ///
    /// - Parameter days: The longest one, in days; by default 366, so that the sum of several fits into nanoseconds.
    /// - Returns: The duration.
    /// - Throws: ``DocumentError`` for any other text, and for a longer one.
    package func duration(atMost days: Int = longestDays) throws(DocumentError) -> Duration {
        guard case .scalar(let text, _) = content, let milliseconds = sum(of: text, units: timeUnits) else {
            throw unexpected("be a duration such as 500ms, 10s, 1h30m or 30d")
        }
        guard milliseconds <= days * millisecondsPerDay else { throw unexpected("be a duration of at most \(days)d") }
        return .milliseconds(milliseconds)
    }

    /// The value as a number of bytes: a whole number, alone or with `B`, `KB`, `MB`, `GB`, `KiB`, `MiB` or `GiB`.
    package func byteCount() throws(DocumentError) -> Int {
        guard case .scalar(let text, _) = content, let bytes = sum(of: text, units: byteUnits) else {
            throw unexpected("be a size such as 512KiB, 20MiB or 1GiB")
        }
        return bytes
    }
}

/// Durations as settings and flags have them.
package enum DurationText {
    /// Reads a duration such as `10s` or `1h30m`, in milliseconds; `nil` for any other text and for more than 366 days.
    package static func milliseconds(of text: String) -> Int? {
        sum(of: text, units: timeUnits).flatMap { $0 <= longestDays * millisecondsPerDay ? $0 : nil }
    }
}

private let timeUnits = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]

private let millisecondsPerDay = 86_400_000

/// The longest duration, in days, where a setting does not say otherwise.
package let longestDays = 366

private let byteUnits = [
    "": 1, "B": 1, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000,
    "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824,
]

/// The sum of numbers with units, or `nil` when the text is anything else or the sum is too large.
private func sum(of text: String, units: [String: Int]) -> Int? {
    guard !text.isEmpty else { return nil }
    if text == "0" { return 0 }
    var rest = Substring(text)
    var sum = 0
    while !rest.isEmpty {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        let unit = rest.prefix { !$0.isNumber }
        rest = rest.dropFirst(unit.count)
        guard let number = Int(digits), let factor = units[String(unit)] else { return nil }
        let (product, productOverflows) = number.multipliedReportingOverflow(by: factor)
        let (total, totalOverflows) = sum.addingReportingOverflow(product)
        guard !productOverflows, !totalOverflows else { return nil }
        sum = total
    }
    return sum
}
