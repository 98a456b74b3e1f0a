// SPDX-License-Identifier: Apache-2.0
import OTLP

/// A key split into its elements, the parts between points, and these into words.
///
/// Words end at anything that is no letter or digit, and where a small letter is followed by a capital one
/// (`cacheReadTokens`). Words that are written together without a sign between them (`cachereadtokens`) are told apart if all
/// of the letters belong to words with a meaning.
struct KeyElements {
    /// The words of each element.
    private(set) var words: InlineArray<12, KeyWords> = .init(repeating: [])
    /// Where each element begins, counted from the start of the key.
    private(set) var starts: InlineArray<12, UInt16> = .init(repeating: 0)
    private(set) var count = 0
    /// The last word of the key.
    private(set) var lastWord: KeyWords = []

    /// The longest key that is split, in bytes.
    static let longestKey = 160
    /// The largest number of elements.
    static let most = 12

    /// Splits a key; `nil` for one that is empty, too long, has too many elements, or bytes other than ASCII.
    ///
    /// - Parameters:
    ///   - range: The key.
    ///   - body: The bytes.
    init?(_ range: Range<Int>, in body: Span<UInt8>) {
        guard !range.isEmpty, range.count <= Self.longestKey else { return nil }
        var index = range.lowerBound
        var isNewElement = true
        while index < range.upperBound {
            let byte = body[index]
            guard byte < 0x80 else { return nil }
            guard byte.isWordByte else {
                if byte.endsElement { isNewElement = true }
                index += 1
                continue
            }
            if isNewElement {
                guard count < Self.most else { return nil }
                starts[count] = UInt16(index - range.lowerBound)
                count += 1
                isNewElement = false
            }
            let end = Self.endOfWord(index..<range.upperBound, in: body)
            let (found, last) = Self.meaning(of: index..<end, in: body)
            words[count - 1].formUnion(found)
            lastWord = last
            index = end
        }
        guard count > 0 else { return nil }
    }

    /// The words of all elements from one on.
    func union(from first: Int, to end: Int? = nil) -> KeyWords {
        var union: KeyWords = []
        for index in first..<max(first, end ?? count) { union.formUnion(words[index]) }
        return union
    }

    /// The words of a name without elements, such as a member's.
    static func words(of range: Range<Int>, in body: Span<UInt8>) -> KeyWords {
        guard let elements = KeyElements(range, in: body) else { return .foreign }
        return elements.union(from: 0)
    }

    /// Where the word that begins here ends.
    private static func endOfWord(_ range: Range<Int>, in body: Span<UInt8>) -> Int {
        var index = range.lowerBound + 1
        while index < range.upperBound {
            let byte = body[index]
            guard byte.isWordByte else { return index }
            if byte.isCapital {
                let before = body[index - 1]
                let isFollowedBySmall = index + 1 < range.upperBound && body[index + 1].isSmall
                // `5M` and `1H` are one word, whatever follows.
                let isUnit = before.isDigit && !isFollowedBySmall
                if before.isSmall || (before.isDigit && !isUnit) { return index }
                // The last capital of several belongs to what follows: `HTTPTokens`.
                if before.isCapital, isFollowedBySmall { return index }
            }
            index += 1
        }
        return index
    }

    /// The words that some letters and digits are, and the last of them.
    private static func meaning(of range: Range<Int>, in body: Span<UInt8>) -> (all: KeyWords, last: KeyWords) {
        guard range.count <= longestRun else { return (.foreign, .foreign) }
        var dead: UInt64 = 0
        return segments(of: range, from: range.lowerBound, in: body, &dead) ?? (.foreign, .foreign)
    }

    /// The longest run of letters that is taken apart.
    private static let longestRun = 48

    /// Takes a run of letters apart into words, the longest first; `nil` when some letters are left over.
    ///
    /// Indices from which no words lead to the end are kept in `dead`, as bits, so that the work stays linear.
    private static func segments(
        of range: Range<Int>, from start: Int, in body: Span<UInt8>, _ dead: inout UInt64
    ) -> (all: KeyWords, last: KeyWords)? {
        let bit: UInt64 = 1 << UInt64(start - range.lowerBound)
        guard dead & bit == 0 else { return nil }
        let vocabulary = KeyWords.vocabulary
        /// The words that begin here, by their lengths, and the lengths as bits.
        var meanings: InlineArray<17, KeyWords> = .init(repeating: [])
        var lengths: UInt32 = 0
        var (node, length) = (0, 0)
        while start + length < range.upperBound, length < KeyWords.longestWord {
            node = vocabulary.next(from: node, body[start + length])
            guard node != 0 else { break }
            length += 1
            meanings[length] = vocabulary.meaning(at: node)
            if !meanings[length].isEmpty { lengths |= 1 << UInt32(length) }
        }
        while lengths != 0 {
            let length = 31 - lengths.leadingZeroBitCount
            lengths &= ~(1 << UInt32(length))
            if start + length == range.upperBound { return (meanings[length], meanings[length]) }
            if let rest = segments(of: range, from: start + length, in: body, &dead) {
                return (meanings[length].union(rest.all), rest.last)
            }
        }
        dead |= bit
        return nil
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    fileprivate var isCapital: Bool { self >= 0x41 && self <= 0x5A }
    fileprivate var isSmall: Bool { self >= 0x61 && self <= 0x7A }
    fileprivate var isWordByte: Bool { isDigit || isCapital || isSmall }
    fileprivate var lowercased: UInt8 { isCapital ? self | 0x20 : self }

    /// Whether an element of a key ends here.
    fileprivate var endsElement: Bool {
        self == UInt8(ascii: ".") || self == UInt8(ascii: ":") || self == UInt8(ascii: "/")
    }
}
