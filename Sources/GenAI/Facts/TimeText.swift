// SPDX-License-Identifier: Apache-2.0
import Notation
import OTLP

/// Reads times that are written as text.
enum TimeText {
    /// Reads a time in the form of RFC 3339: `2026-11-21T02:18:57.932897Z`, or with an offset.
    ///
    /// - Parameters:
    ///   - range: The text.
    ///   - body: The bytes.
    /// - Returns: Nanoseconds since 1970 (UTC), or `nil` if the text is not such a time from 1970 to 2554.
    /// - SeeAlso: RFC 3339, section 5.6.
    static func nanoseconds(at range: ByteRange, in body: Span<UInt8>) -> Outside<UInt64>? {
        guard range.length >= 19, range.length <= 40 else { return nil }
        let start = range.indices.lowerBound
        let end = range.indices.upperBound
        guard let year = number(start, 4, body), let month = number(start + 5, 2, body),
            let day = number(start + 8, 2, body), let hour = number(start + 11, 2, body),
            let minute = number(start + 14, 2, body), let second = number(start + 17, 2, body),
            year >= 1970, (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var index = start + 19
        var fraction: UInt64 = 0
        if index < end, body[index] == UInt8(ascii: ".") {
            index += 1
            var unit: UInt64 = 100_000_000
            while index < end, body[index] >= 0x30, body[index] <= 0x39 {
                fraction += UInt64(body[index] - 0x30) * unit
                unit /= 10
                index += 1
            }
        }
        var seconds = CivilDate.daysSince1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
        if index < end, body[index] == UInt8(ascii: "+") || body[index] == UInt8(ascii: "-") {
            guard end - index >= 6, let hours = number(index + 1, 2, body), let minutes = number(index + 4, 2, body)
            else { return nil }
            let offset = hours * 3_600 + minutes * 60
            seconds += body[index] == UInt8(ascii: "+") ? -offset : offset
        }
        // A year of four digits fits into 38 bits of seconds, but not into 64 bits of nanoseconds.
        guard seconds >= 0 else { return nil }
        return Outside(UInt64(seconds)).multiplied(by: 1_000_000_000)?.adding(Outside(fraction))
    }

    private static func number(_ start: Int, _ length: Int, _ body: Span<UInt8>) -> Int? {
        var number = 0
        for index in start..<start + length {
            guard index < body.count, body[index] >= 0x30, body[index] <= 0x39 else { return nil }
            number = number * 10 + Int(body[index] - 0x30)
        }
        return number
    }
}
