// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Token counts as attributes write them.
enum TokenCount {
    /// The largest count that is believed of one call.
    static let largest: Int64 = 1_000_000_000_000

    /// Reads a count, tolerant of how emitters write it: an integer, an integral double, or decimal digits in a string.
    ///
    /// - Returns: `nil` for what is no count: negative, fractional, above ``largest``, or no number.
    @inline(__always)
    static func read(_ value: AttributeValue, body: Span<UInt8>) -> Int64? {
        switch value {
        case .int(let number): checked(number)
        case .double(let number): Int64(exactly: number).flatMap(checked)
        case .string(let range): digits(at: range, in: body)
        default: nil
        }
    }

    @inline(__always)
    private static func checked(_ number: Int64) -> Int64? { number >= 0 && number <= largest ? number : nil }

    private static func digits(at range: ByteRange, in body: Span<UInt8>) -> Int64? {
        guard range.length >= 1, range.length <= 13 else { return nil }
        var number: Int64 = 0
        for index in range.indices {
            guard body[index] >= 0x30, body[index] <= 0x39 else { return nil }
            number = number * 10 + Int64(body[index] - 0x30)
        }
        return checked(number)
    }
}

extension AttributeValue {
    /// Seconds as nanoseconds; `nil` for what is no duration between 0 and a day.
    var nanosecondsFromSeconds: Int64? {
        let seconds: Double
        switch self {
        case .double(let number): seconds = number
        case .int(let number): seconds = Double(number)
        default: return nil
        }
        guard seconds >= 0, seconds <= 86_400 else { return nil }
        return Int64((seconds * 1e9).rounded())
    }

    /// A flag, as a boolean or as the word `true` in any case.
    func flag(in body: Span<UInt8>) -> Bool {
        switch self {
        case .bool(let flag): flag
        case .string(let range): body.holds(Array("true".utf8), at: range) || body.holds(Array("True".utf8), at: range)
        default: false
        }
    }
}

extension ByteRange {
    var indices: Range<Int> { Int(offset)..<Int(offset) + Int(length) }
}

extension Span<UInt8> {
    /// Whether exactly these bytes stand at a place.
    @inline(__always)
    func holds(_ text: [UInt8], at range: ByteRange) -> Bool {
        text.count == Int(range.length)
            && matches(text.span, from: 0, length: text.count, at: Int(range.offset))
    }
}
