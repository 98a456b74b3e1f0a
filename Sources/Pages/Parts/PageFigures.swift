// SPDX-License-Identifier: Apache-2.0
import Notation
package import Pricing

/// Writes figures for people: separators, and as many digits as matter.
package enum PageFigures {
    /// An amount of money: two decimals from a dollar on; up to four below it, and up to six below a cent.
    ///
    /// - Parameter amount: Any amount.
    /// - Returns: A text such as `$1,234.56`, `−$0.0123` or `under $0.000001`.
    package static func dollars(_ amount: Dollars) -> String {
        guard !amount.isSaturated else { return "more than can be counted" }
        let magnitude = amount < .zero ? -amount : amount
        if magnitude == .zero { return "$0.00" }
        let decimals = magnitude.femtodollars >= dollar ? 2 : magnitude.femtodollars >= dollar / 100 ? 4 : 6
        return text(amount, decimals, keepsZeros: false) ?? "under $0.000001"
    }

    /// An amount of money in large type: two decimals from ten cents on, and as ``dollars(_:)`` below.
    package static func headline(_ amount: Dollars) -> String {
        let magnitude = amount < .zero ? -amount : amount
        guard magnitude.femtodollars >= dollar / 10 else { return dollars(amount) }
        return dollars(amount, decimals: 2) ?? dollars(amount)
    }

    /// An amount of money with a fixed number of decimals.
    ///
    /// - Parameters:
    ///   - amount: Any amount.
    ///   - decimals: From 0 to 15.
    /// - Returns: A text such as `$1,234.5600`; `nil` for an amount that these decimals round to nothing.
    package static func dollars(_ amount: Dollars, decimals: Int) -> String? {
        guard !amount.isSaturated else { return "more than can be counted" }
        return text(amount, decimals, keepsZeros: true)
    }

    private static func text(_ amount: Dollars, _ decimals: Int, keepsZeros: Bool) -> String? {
        let isNegative = amount < .zero
        let magnitude = (isNegative ? -amount : amount).femtodollars
        let unit = dollar / (0..<decimals).reduce(1) { value, _ in value * 10 }
        let (whole, rest) = magnitude.quotientAndRemainder(dividingBy: unit)
        let units = whole + (rest >= unit / 2 ? 1 : 0)
        guard units > 0 else { return nil }
        let scale = dollar / unit
        let fraction = String(units % scale)
        let digits = String(repeating: "0", count: max(0, decimals - fraction.count)) + fraction
        return (isNegative ? "\u{2212}$" : "$") + separated(String(units / scale))
            + (decimals > 0 ? "." + (keepsZeros ? digits : cents(digits)) : "")
    }

    /// A price for a million tokens, exact, with two decimals at least: `$2.50`, `$0.075`.
    package static func price(_ rate: Rate) -> String { price(rate.dollarsPerMillion) }

    /// A price as decimal text with two decimals at least.
    package static func price(_ decimal: String) -> String {
        let parts = decimal.split(separator: ".", maxSplits: 1)
        return "$" + separated(String(parts[0])) + "." + cents(parts.count > 1 ? String(parts[1]) : "")
    }

    /// Decimals without zeros at the end, and two at least.
    private static func cents(_ decimals: String) -> String {
        let kept = max(2, decimals.utf8.count - decimals.utf8.reversed().prefix { $0 == 0x30 }.count)
        return decimals.prefix(kept) + String(repeating: "0", count: max(0, kept - decimals.utf8.count))
    }

    private static let dollar: Int128 = 1_000_000_000_000_000

    /// A count with separators: `1,234,567`.
    package static func count(_ count: Int64) -> String { separated(String(count)) }

    /// A count in short from ten million on, with the exact count as its title.
    ///
    /// - Parameter count: Not below zero.
    /// - Returns: HTML such as `1,234,567` or `<span title="12,345,678">12.3 M</span>`.
    package static func short(_ count: Int64) -> String {
        count >= 10_000_000 ? abbreviated(count) : self.count(count)
    }

    /// A count in short from ten thousand on, such as `12.3 k`, with the exact count as its title.
    ///
    /// - Parameter count: Not below zero.
    /// - Returns: HTML.
    package static func compact(_ count: Int64) -> String {
        count >= 10_000 ? abbreviated(count) : self.count(count)
    }

    /// A count in the largest unit that it reaches, rounded to tenths; from 100 M, 100 B and 100 T on, to whole units.
    private static func abbreviated(_ count: Int64) -> String {
        // What would be a thousand by rounding is one of the next unit.
        let (size, letter): (Int128, String) =
            switch count {
            case ..<999_950: (1_000, "k")
            case ..<999_500_000: (1_000_000, "M")
            case ..<999_500_000_000: (1_000_000_000, "B")
            default: (1_000_000_000_000, "T")
            }
        let tenths = rounded(Int128(count), of: size, scale: 10)
        let text =
            tenths >= 1_000 && letter != "k"
            ? self.count(Int64(rounded(Int128(count), of: size, scale: 1))) : "\(tenths / 10).\(tenths % 10)"
        return "<span title=\"\(self.count(count))\">\(text)\u{A0}\(letter)</span>"
    }

    /// How long something took, from microseconds.
    ///
    /// - Parameter microseconds: The time.
    /// - Returns: A text such as `850 ms`, `12.3 s`, `4 min 5 s` or `2 h 10 min`.
    package static func duration(_ microseconds: Int64) -> String {
        let milliseconds = max(0, microseconds) / 1_000
        let seconds = milliseconds / 1_000
        return switch milliseconds {
        case ..<1_000: "\(milliseconds)\u{A0}ms"
        case ..<120_000: "\(seconds).\(milliseconds % 1_000 / 100)\u{A0}s"
        case ..<7_200_000: "\(seconds / 60)\u{A0}min \(seconds % 60)\u{A0}s"
        case ..<172_800_000: "\(seconds / 3_600)\u{A0}h \(seconds % 3_600 / 60)\u{A0}min"
        default: "\(separated(String(seconds / 86_400)))\u{A0}days"
        }
    }

    /// A part of a whole, rounded: `12.3 %`; a part that is not zero is never `0.0 %`.
    package static func percent(_ part: Int128, of whole: Int128) -> String {
        guard whole > 0, part > 0 else { return "0\u{A0}%" }
        let tenths = permille(part, of: whole)
        if tenths == 0 { return "under 0.1\u{A0}%" }
        return tenths % 10 == 0 ? "\(tenths / 10)\u{A0}%" : "\(tenths / 10).\(tenths % 10)\u{A0}%"
    }

    /// A part of a whole in thousandths, rounded, 0 to 1,000.
    package static func permille(_ part: Int128, of whole: Int128) -> Int {
        guard part < whole else { return whole > 0 ? 1_000 : 0 }
        return Int(rounded(part, of: whole, scale: 1_000))
    }

    /// A part of a whole times a scale, rounded to the nearest number, and a half up.
    ///
    /// - Parameters:
    ///   - part: Not below zero; for a scale above 1, at most some hundred times the whole.
    ///   - whole: One that is not above zero gives 0.
    ///   - scale: Up to 1,000.
    /// - Returns: The number.
    static func rounded(_ part: Int128, of whole: Int128, scale: Int128) -> Int128 {
        guard whole > 0, part > 0 else { return 0 }
        // Large amounts are divided first, so that the product fits.
        let divisor = max(1, whole >> 100)
        let unit = whole / divisor
        let (number, rest) = (part / divisor * scale).quotientAndRemainder(dividingBy: unit)
        return number + (rest >= unit - rest ? 1 : 0)
    }

    /// How long ago something was: `3 s ago`.
    ///
    /// - Parameters:
    ///   - nanoseconds: When it was.
    ///   - now: The time now; a time after it counts as now.
    /// - Returns: The text.
    package static func ago(_ nanoseconds: UInt64, now: UInt64) -> String {
        let seconds = now > nanoseconds ? (now - nanoseconds) / 1_000_000_000 : 0
        return switch seconds {
        case ..<120: "\(seconds) s ago"
        case ..<7_200: "\(seconds / 60) min ago"
        case ..<172_800: "\(seconds / 3_600) h ago"
        default: "\(separated(String(seconds / 86_400))) days ago"
        }
    }

    /// A time as an element: what people read, and the time in UTC.
    package static func time(_ nanoseconds: UInt64, _ text: String) -> String {
        let stamp = Timestamp(nanoseconds: nanoseconds).toSeconds
        return "<time datetime=\"\(stamp)\" title=\"\(stamp)\">\(text)</time>"
    }

    /// Digits in groups of three.
    private static func separated(_ digits: String) -> String {
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, digits.count > index, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
