// SPDX-License-Identifier: Apache-2.0

/// Decides whether the price of a rule applies to a name, by the parts of the name around the rule's text.
///
/// A rule of the book has the price of the product that its text names. A name for the same product may have the maker before
/// that text, and a date, a version, `latest`, `preview` and words that do not change the price behind it. Any other word
/// (`-fast`, `-mini`, `-audio`) means another product, whose price is unknown.
struct RuleRest: Sendable {
    /// How far the price of a rule applies to a whole name.
    enum Meaning: Sendable {
        case same
        /// A mode that is billed at the same rates as far as is known: thinking, or an effort.
        case similar
    }

    private let words: Set<String>

    private static let efforts: Set<String> = ["thinking", "minimal", "low", "medium", "high", "xhigh"]
    /// Words that name the newest version, or one that is announced.
    private static let versions: Set<String> = ["latest", "preview"]

    /// Makes the check.
    ///
    /// - Parameter samePriceWords: The words for which the price sources list the same price with and without the word.
    init(samePriceWords: [String]) { words = Set(samePriceWords).union(Self.versions).subtracting(Self.efforts) }

    /// The meaning of a name that contains a rule's text; `nil` for another product.
    ///
    /// - Parameters:
    ///   - name: The whole name in lower case.
    ///   - named: The range of the rule's text.
    /// - Returns: How far the rule's price applies to the name.
    func meaning(of name: [UInt8], naming named: Range<Int>) -> Meaning? {
        guard Self.isMaker(name[..<named.lowerBound], before: name[named]) else { return nil }
        return meaning(of: name[named.lowerBound...], behind: named.upperBound)
    }

    /// Whether a text may precede a rule's text: nothing, or a maker's name, as in `anthropic.claude-…`.
    private static func isMaker(_ lead: ArraySlice<UInt8>, before text: ArraySlice<UInt8>) -> Bool {
        guard let last = lead.last else { return true }
        guard lead.count <= Makers.longest, let first = text.first else { return false }
        if NameMark.isSeparator(last) { return Makers.words.contains(String(decoding: lead.dropLast(), as: UTF8.self)) }
        return NameMark.isSeparator(first) && Makers.words.contains(String(decoding: lead, as: UTF8.self))
    }

    private func meaning(of name: ArraySlice<UInt8>, behind end: Int) -> Meaning? {
        var reader = NameWords(name, from: end)
        var meaning = Meaning.same
        // A date of which the rule has the beginning: `claude-sonnet-4-2025` and `0514`.
        if reader.isInsideWord, !reader.skipNumberAround() { return nil }
        while !reader.isAtEnd {
            if reader.skipDate() || reader.skipVersion() { continue }
            guard let word = reader.word() else { return nil }
            if Self.efforts.contains(word) { meaning = .similar } else if !words.contains(word) { return nil }
        }
        return meaning
    }

    /// Whether a text behind an at sign names a version of a model: a date, a number, `default`, `latest`.
    static func isVersion(_ text: Substring) -> Bool {
        if text == "default" || versions.contains(String(text)) { return true }
        var reader = NameWords(Array(text.utf8)[...], from: 0)
        while !reader.isAtEnd {
            guard reader.skipDate() || reader.skipVersion() else { return false }
        }
        return !text.isEmpty
    }
}

/// The marks between the words of names.
enum NameMark {
    static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "_"): true
        default: false
        }
    }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
}
