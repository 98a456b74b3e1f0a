// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Reads token counts from attribute values.
enum TokenCount {
    /// The largest plausible count of one call, far beyond any model's context; see ``CallUsage``.
    static let largest: Int64 = 1_000_000_000

    /// Reads a count that a sender may write as an integer, as a double without a fraction, or as the text of either.
    ///
    /// - Returns: `nil` for anything else: a negative or fractional number, one above ``largest``, or no number.
    @inline(__always)
    static func read(_ value: AttributeValue, body: Span<UInt8>) -> Int64? {
        switch value {
        case .int(let number): number.checked(in: 0...largest)
        case .double(let number): number.whole(in: 0...largest)
        case .string(let range): digits(at: body.unquoted(range), in: body)
        default: nil
        }
    }

    /// Whether a value that is not a count is still a number, and not a text, a list or an object.
    static func isNumber(_ value: AttributeValue, _ body: Span<UInt8>) -> Bool {
        switch value {
        case .int, .double: true
        case .string(let range): ReportedCost.beginsAsNumber(at: range, in: body)
        default: false
        }
    }

    /// Decimal digits, with a fraction of zeros at most, and commas between groups of three: `12`, `12.0`, `1,200`.
    @inline(never)
    private static func digits(at range: ByteRange, in body: Span<UInt8>) -> Int64? {
        guard range.length >= 1, range.length <= 26 else { return nil }
        var number: Int64 = 0
        var digits = 0
        var isFraction = false
        /// The digits since the last comma; `nil` before the first one.
        var group: Int?
        for index in range.indices {
            switch body[index] {
            case UInt8(ascii: ".") where digits > 0 && !isFraction && group ?? 3 == 3: isFraction = true
            case 0x30 where isFraction: break
            case UInt8(ascii: ",") where !isFraction && (group == 3 || group == nil && (1...3).contains(digits)):
                group = 0
            case 0x30...0x39 where !isFraction && digits < 18 && group ?? 0 < 3:
                // A number of eighteen digits fits.
                digits += 1
                number = number * 10 + Int64(body[index] - 0x30)
                if let counted = group { group = counted + 1 }
            default: return nil
            }
        }
        return digits > 0 && group ?? 3 == 3 ? Outside(number).checked(in: 0...largest) : nil
    }
}

extension AttributeValue {
    /// Seconds, or another unit of time, as nanoseconds; `nil` unless the duration is between 0 and a day.
    ///
    /// - Parameters:
    ///   - unit: The unit in nanoseconds.
    ///   - body: The bytes that the value refers to.
    /// - Returns: Nanoseconds.
    func nanoseconds(unit: Double, in body: Span<UInt8>) -> Int64? {
        let count: Outside<Double>
        switch self {
        case .double(let number): count = number
        case .int(let number): count = Outside(number)
        case .string(let range):
            guard range.length <= 32, let number = Double(body.unquoted(range).text(in: body)) else { return nil }
            count = Outside(number)
        default: return nil
        }
        return count.rounded(times: unit, in: 0...86_400_000_000_000)
    }

    /// A flag, as a boolean or as the word `true` in any case.
    func flag(in body: Span<UInt8>) -> Bool {
        switch self {
        case .bool(let flag): flag
        case .string(let range): body.holdsIgnoringCase(Self.true, at: body.unquoted(range))
        default: false
        }
    }

    private static let `true` = Array("true".utf8)
}

extension ByteRange {
    var indices: Range<Int> { Int(offset)..<Int(offset) + Int(length) }
}

extension Span<UInt8> {
    /// Whether a range has exactly these bytes.
    @inline(__always)
    func holds(_ text: [UInt8], at range: ByteRange) -> Bool {
        text.count == Int(range.length)
            && matches(text.span, from: 0, length: text.count, at: Int(range.offset))
    }

    /// Whether a text begins with these bytes.
    @inline(__always)
    func begins(_ range: ByteRange, with start: [UInt8]) -> Bool {
        start.count <= Int(range.length)
            && matches(start.span, from: 0, length: start.count, at: Int(range.offset))
    }

    /// Whether a text ends with these bytes.
    @inline(__always)
    func ends(_ range: ByteRange, with end: [UInt8]) -> Bool {
        end.count <= Int(range.length)
            && matches(end.span, from: 0, length: end.count, at: range.indices.upperBound - end.count)
    }

    /// Whether a range has these bytes, with ASCII letters in any case.
    ///
    /// - Parameters:
    ///   - text: The bytes, in lower case.
    ///   - range: The range.
    /// - Returns: Whether they do.
    @inline(__always)
    func holdsIgnoringCase(_ text: [UInt8], at range: ByteRange) -> Bool {
        guard text.count == Int(range.length) else { return false }
        for index in text.indices {
            var byte = self[Int(range.offset) + index]
            if byte >= 0x41, byte <= 0x5A { byte |= 0x20 }
            guard byte == text[index] else { return false }
        }
        return true
    }

    /// A text without the quotes of JSON around it, if it has them.
    @inline(__always)
    func unquoted(_ range: ByteRange) -> ByteRange {
        let quote = UInt8(ascii: "\"")
        guard range.length >= 2, self[Int(range.offset)] == quote, self[range.indices.upperBound - 1] == quote else {
            return range
        }
        return ByteRange(offset: Int(range.offset) + 1, length: Int(range.length) - 2)
    }
}
