// SPDX-License-Identifier: Apache-2.0

/// The values of runs of attributes, from the name of their kind on.
extension Span<UInt8> {
    /// How a value is written.
    ///
    /// - Parameters:
    ///   - type: Where the name of its kind begins; the caller guarantees that at least 14 bytes follow.
    ///   - end: The end of the JSON text.
    /// - Returns: The form and the number of bytes up to the content; `nil` for a value that is written in another way.
    @unsafe @inline(__always)
    func valueForm(at type: Int, before end: Int) -> (form: JSONValueForm, skipped: Int)? {
        switch unsafe uncheckedWord(at: type) {
        case Self.stringType:
            guard unsafe uncheckedWord(at: type &+ 6) == Self.behindStringType else { return nil }
            return (.text, 14)
        case Self.intType:
            guard unsafe uncheckedHalfWord(at: type &+ 8) == UInt16(JSONByte.quote) | UInt16(JSONByte.colon) << 8 else {
                return nil
            }
            // The digits may be in quotes.
            return unsafe self[unchecked: type &+ 10] == JSONByte.quote ? (.quotedInteger, 11) : (.integer, 10)
        case Self.doubleType:
            return unsafe uncheckedWord(at: type &+ 5) == Self.behindDoubleType ? (.fraction, 13) : nil
        case Self.listType:
            guard end &- type >= 23, unsafe uncheckedWord(at: type &+ 8) == Self.behindListType,
                unsafe uncheckedWord(at: type &+ 15) == Self.beforeTexts
            else { return nil }
            return (.texts, 23)
        default: return nil
        }
    }

    /// A value, and the offset behind its content, at which at least two bytes follow; `nil` for a value in another form.
    ///
    /// - Parameters:
    ///   - form: The form of the value.
    ///   - content: Where its content begins; the caller guarantees that it is not behind the end.
    ///   - end: The end of the JSON text.
    ///   - isWanted: Whether its content is of use. Even an unwanted number must be well formed.
    /// - Returns: The value.
    @unsafe @inline(__always)
    func value(
        _ form: JSONValueForm, at content: Int, before end: Int, isWanted: Bool
    ) -> (value: AttributeValue, end: Int)? {
        switch form {
        case .text:
            let quote = unsafe endOfPlainText(from: content, before: end)
            guard quote >= content, end &- quote >= 3 else { return nil }
            return (.string(ByteRange(offset: content, length: quote &- content)), quote &+ 1)
        case .quotedInteger:
            guard let digits = unsafe digits(at: content, before: end), end &- digits.end >= 3,
                unsafe self[unchecked: digits.end] == JSONByte.quote
            else { return nil }
            return (.int(Outside(Int64(bitPattern: digits.value))), digits.end &+ 1)
        case .integer:
            guard let digits = unsafe digits(at: content, before: end), end &- digits.end >= 2 else { return nil }
            return (.int(Outside(Int64(bitPattern: digits.value))), digits.end)
        case .fraction:
            guard !isWanted, var behind = unsafe digits(at: content, before: end)?.end else { return nil }
            if unsafe behind < end && self[unchecked: behind] == UInt8(ascii: ".") {
                let fraction = behind &+ 1
                behind = fraction
                while behind < end, unsafe self[unchecked: behind] &- JSONByte.zero <= 9 { behind &+= 1 }
                guard behind > fraction else { return nil }
            }
            return end &- behind >= 2 ? (.empty, behind) : nil
        case .texts:
            guard !isWanted, let behind = unsafe endOfTexts(at: content, before: end) else { return nil }
            return (.empty, behind)
        }
    }

    /// The offset behind a list of texts, at which at least two bytes follow; `nil` for any other list.
    ///
    /// - Parameters:
    ///   - first: Where the first text begins.
    ///   - end: Where the JSON text ends.
    /// - Returns: The offset.
    @unsafe @inline(__always)
    private func endOfTexts(at first: Int, before end: Int) -> Int? {
        var offset = first
        guard end &- offset >= Self.checkedAhead else { return nil }
        while true {
            guard unsafe uncheckedWord(at: offset) == Self.beforeText,
                unsafe uncheckedWord(at: offset &+ 8) == Self.beforeTextsContent
            else { return nil }
            let text = unsafe endOfPlainText(from: offset &+ 16, before: end)
            guard text >= 0, end &- text >= Self.checkedAhead, unsafe self[unchecked: text &+ 1] == JSONByte.closeObject
            else {
                return nil
            }
            offset = text &+ 3
            let separator = unsafe self[unchecked: text &+ 2]
            if separator == JSONByte.comma { continue }
            // The list ends, and with it the object that it is in.
            guard separator == JSONByte.closeList, unsafe self[unchecked: offset] == JSONByte.closeObject else {
                return nil
            }
            return offset &+ 1
        }
    }

    /// A number of one to eighteen digits, without a zero before others, and the offset behind it.
    @unsafe @inline(__always)
    private func digits(at start: Int, before end: Int) -> (value: UInt64, end: Int)? {
        if end &- start >= 8, let few = unsafe leadingDigits(uncheckedWord(at: start)) {
            guard unsafe few.count == 1 || few.count > 1 && self[unchecked: start] != JSONByte.zero else { return nil }
            return (few.value, start &+ few.count)
        }
        var (value, index) = (0 as UInt64, start)
        while index < end {
            let digit = unsafe self[unchecked: index] &- JSONByte.zero
            guard digit <= 9 else { break }
            value = value &* 10 &+ UInt64(digit)
            index &+= 1
        }
        let count = index &- start
        guard count > 0 else { return nil }
        let first = unsafe self[unchecked: start]
        guard count == 1 || count <= 18 && first != JSONByte.zero else { return nil }
        return (value, index)
    }

    // Eight characters each, as they are loaded from a body.

    private static var stringType: UInt64 { 0x6156_676E_6972_7473 }  // stringVa
    private static var behindStringType: UInt64 { 0x223A_2265_756C_6156 }  // Value":"
    private static var intType: UInt64 { 0x6575_6C61_5674_6E69 }  // intValue
    private static var doubleType: UInt64 { 0x6156_656C_6275_6F64 }  // doubleVa
    private static var behindDoubleType: UInt64 { 0x3A22_6575_6C61_5665 }  // eValue":
    private static var listType: UInt64 { 0x6C61_5679_6172_7261 }  // arrayVal
    private static var behindListType: UInt64 { 0x6176_227B_3A22_6575 }  // ue":{"va
    private static var beforeTexts: UInt64 { 0x5B3A_2273_6575_6C61 }  // alues":[
    private static var beforeText: UInt64 { 0x676E_6972_7473_227B }  // {"string
    private static var beforeTextsContent: UInt64 { 0x223A_2265_756C_6156 }  // Value":"
    /// The number of bytes of a list that are read from the end of a text on, up to the content of the next one, or fewer.
    private static var checkedAhead: Int { 24 }
}
