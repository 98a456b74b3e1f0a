// SPDX-License-Identifier: Apache-2.0

/// Reads the words at the end of a model's name: dates, versions and others.
struct NameWords {
    private let name: ArraySlice<UInt8>
    private var position: Int

    /// Begins in the middle of a name.
    ///
    /// - Parameters:
    ///   - name: The name in lower case.
    ///   - position: The index to begin at. The byte before it only shows whether the index is inside a word.
    init(_ name: ArraySlice<UInt8>, from position: Int) {
        self.name = name
        self.position = position
    }

    var isAtEnd: Bool { position >= name.endIndex }

    /// Whether the position is between two letters or digits.
    var isInsideWord: Bool {
        position > name.startIndex && position < name.endIndex && isWordByte(name[position - 1])
            && isWordByte(name[position])
    }

    /// Skips the date or the version number around the position; `false` if there is none.
    mutating func skipNumberAround() -> Bool {
        var start = position
        while start > name.startIndex, NameMark.isDigit(name[start - 1]) { start -= 1 }
        guard start == name.startIndex || NameMark.isSeparator(name[start - 1]) else { return false }
        let before = position
        position = start
        if skipDate() || skipVersion(), position > before { return true }
        position = before
        return false
    }

    /// Skips a date: a year with or without month and day, month and day, month and year; `false` if none is next.
    mutating func skipDate() -> Bool {
        let mark = nextMark
        guard mark != UInt8(ascii: ":"), let first = number(at: wordStart) else { return false }
        var end = first.end
        let value = first.value
        switch first.digits {
        case 8: guard isDay(value % 100), isMonth(value / 100 % 100), isYear(value / 10_000) else { return false }
        case 6: guard isYear(value / 100) && isMonth(value % 100) || isShortDate(value) else { return false }
        case 4 where isYear(value):
            if let month = number(after: end), month.digits == 2, isMonth(month.value) {
                end = month.end
                if let day = number(after: end), day.digits == 2, isDay(day.value) { end = day.end }
            }
        case 4: guard isShortMonth(value) || isMonth(value / 100) && isDay(value % 100) else { return false }
        case 2:
            guard isMonth(value), let second = number(after: end),
                second.digits == 2 && isDay(second.value) || second.digits == 4 && isYear(second.value)
            else { return false }
            end = second.end
        default: return false
        }
        position = end
        return true
    }

    /// Skips a version: `v1`, `:0`, `001`; `false` if none is next.
    ///
    /// A number of one or two digits is a version only behind a colon, since it may be part of the model's own number.
    mutating func skipVersion() -> Bool {
        let mark = nextMark
        var start = wordStart
        if start < name.endIndex, name[start] == UInt8(ascii: "v") { start += 1 }
        let hasLetter = start > wordStart
        guard let number = number(at: start), number.digits <= 3 else { return false }
        let isNumbered = number.digits == 3 && name[start] == UInt8(ascii: "0")
        guard mark != UInt8(ascii: "."), hasLetter || isNumbered || mark == UInt8(ascii: ":") && number.digits < 3
        else { return false }
        position = number.end
        return true
    }

    /// Skips the next word and returns it; `nil` if none is next.
    mutating func word() -> String? {
        let start = wordStart
        var end = start
        while end < name.endIndex, isWordByte(name[end]) { end += 1 }
        guard end > start else { return nil }
        position = end
        return String(decoding: name[start..<end], as: UTF8.self)
    }

    /// The next separator, or the one just skipped.
    private var nextMark: UInt8? {
        if position < name.endIndex, NameMark.isSeparator(name[position]) { return name[position] }
        return position > name.startIndex ? name[position - 1] : nil
    }

    /// The index of the next word; the end of the name if anything except one separator precedes it.
    private var wordStart: Int {
        if position < name.endIndex, NameMark.isSeparator(name[position]) { return position + 1 }
        // The text of a rule may end with the separator.
        return position == name.startIndex || NameMark.isSeparator(name[position - 1]) ? position : name.endIndex
    }

    /// A number that begins here and ends with its word.
    private func number(at start: Int) -> (value: Int, digits: Int, end: Int)? {
        var value = 0
        var end = start
        while end < name.endIndex, NameMark.isDigit(name[end]), end - start <= 8 {
            value = value * 10 + Int(name[end] - UInt8(ascii: "0"))
            end += 1
        }
        guard end > start, end - start <= 8, end == name.endIndex || NameMark.isSeparator(name[end]) else { return nil }
        return (value, end - start, end)
    }

    private func number(after mark: Int) -> (value: Int, digits: Int, end: Int)? {
        mark < name.endIndex && name[mark] == UInt8(ascii: "-") ? number(at: mark + 1) : nil
    }

    private func isWordByte(_ byte: UInt8) -> Bool { NameMark.isDigit(byte) || NameMark.isLetter(byte) }
    private func isDay(_ value: Int) -> Bool { (1...31).contains(value) }
    private func isMonth(_ value: Int) -> Bool { (1...12).contains(value) }
    private func isYear(_ value: Int) -> Bool { (2000...2099).contains(value) }
    /// `2407` for July 2024.
    private func isShortMonth(_ value: Int) -> Bool { (20...39).contains(value / 100) && isMonth(value % 100) }
    /// `240715`.
    private func isShortDate(_ value: Int) -> Bool { isShortMonth(value / 100) && isDay(value % 100) }
}
