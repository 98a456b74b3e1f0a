// SPDX-License-Identifier: Apache-2.0

/// A rule for model names that are not listed.
package indirect enum NamePattern: Sendable, Equatable {
    case equals(String)
    case prefix(String)
    case suffix(String)
    case contains(String)
    /// A name with `*` and `?`.
    case glob(Glob)
    /// A regular expression that must match the whole name.
    case regex(Regex)
    case all([NamePattern])
    case any([NamePattern])
    /// A kind of rule that this version does not know; it matches no name.
    case unsupported

    /// A compiled pattern with wildcards.
    package struct Glob: Sendable, Equatable {
        let glob: NameGlob
    }

    /// A compiled regular expression.
    package struct Regex: Sendable, Equatable {
        let regex: NameRegex
    }

    /// The specificity of a match: first the number of literal characters, then prefix before suffix before contains before
    /// wildcards and expressions.
    struct Strength: Comparable {
        let literalLength: Int
        let rank: Int

        static func < (left: Strength, right: Strength) -> Bool {
            (left.literalLength, left.rank) < (right.literalLength, right.rank)
        }
    }

    /// The rule for a name with wildcards, or a simpler rule that is equivalent.
    static func wildcards(_ text: String) -> NamePattern {
        let text = text.lowercased()
        func isPlain(_ part: Substring) -> Bool { !part.isEmpty && !part.contains("*") && !part.contains("?") }
        if isPlain(text[...]) { return .equals(text) }
        if text.hasSuffix("*"), isPlain(text.dropLast()) { return .prefix(String(text.dropLast())) }
        if text.hasPrefix("*"), isPlain(text.dropFirst()) { return .suffix(String(text.dropFirst())) }
        let inner = text.dropFirst().dropLast()
        if text.hasPrefix("*"), text.hasSuffix("*"), isPlain(inner) { return .contains(String(inner)) }
        return .glob(Glob(glob: NameGlob(text)))
    }

    /// The rule for a regular expression.
    static func expression(_ text: String) throws(RegexProblem) -> NamePattern {
        .regex(Regex(regex: try NameRegex(text)))
    }

    /// The strength of the rule's match; `nil` if it does not match the name.
    func strength(for name: String) -> Strength? {
        switch self {
        case .equals(let text): name == text ? Strength(literalLength: text.utf8.count, rank: 4) : nil
        case .prefix(let text): name.hasPrefix(text) ? Strength(literalLength: text.utf8.count, rank: 3) : nil
        case .suffix(let text): name.hasSuffix(text) ? Strength(literalLength: text.utf8.count, rank: 2) : nil
        case .contains(let text):
            contains(text, in: name) ? Strength(literalLength: text.utf8.count, rank: 1) : nil
        case .glob(let glob):
            glob.glob.matches(name) ? Strength(literalLength: glob.glob.literalLength, rank: 0) : nil
        case .regex(let regex):
            regex.regex.matches(name) ? Strength(literalLength: regex.regex.literalLength, rank: 0) : nil
        case .all(let rules): strengthOfAll(rules, for: name)
        case .any(let rules): rules.lazy.compactMap { $0.strength(for: name) }.max()
        case .unsupported: nil
        }
    }

    /// The strength of a match of all rules.
    ///
    /// Regular expressions come last, since most names fail a cheaper check.
    private func strengthOfAll(_ rules: [NamePattern], for name: String) -> Strength? {
        var most: Strength?
        for takesLong in [false, true] {
            for rule in rules where rule.isExpression == takesLong {
                guard let strength = rule.strength(for: name) else { return nil }
                most = max(most ?? strength, strength)
            }
        }
        return most
    }

    private var isExpression: Bool { if case .regex = self { true } else { false } }

    /// A run of bytes that every matching name contains; empty if none is known.
    var requiredText: [UInt8] {
        switch self {
        case .equals(let text), .prefix(let text), .suffix(let text), .contains(let text): Array(text.utf8)
        case .glob(let glob): glob.glob.requiredText
        case .regex(let regex): regex.regex.requiredText
        case .all(let rules): rules.map(\.requiredText).max { $0.count < $1.count } ?? []
        case .any, .unsupported: []
        }
    }

    private func contains(_ part: String, in name: String) -> Bool {
        let part = Array(part.utf8)
        let name = Array(name.utf8)
        guard !part.isEmpty, part.count <= name.count else { return false }
        return (0...name.count - part.count).contains { name[$0..<$0 + part.count].elementsEqual(part) }
    }

    /// The range of a matching name that the rule spells out; `nil` if it spells out nothing.
    ///
    /// An expression without repetitions spells out the whole name; several rules together spell out all between their texts.
    func namedPart(of name: [UInt8]) -> Range<Int>? {
        func range(of part: [UInt8]) -> Range<Int>? {
            guard !part.isEmpty, part.count <= name.count else { return nil }
            let start = (0...name.count - part.count).first { name[$0..<$0 + part.count].elementsEqual(part) }
            return start.map { $0..<$0 + part.count }
        }
        switch self {
        case .equals: return 0..<name.count
        case .prefix(let text): return 0..<text.utf8.count
        case .suffix(let text): return name.count - text.utf8.count..<name.count
        case .contains, .glob: return range(of: requiredText)
        case .regex(let regex):
            return regex.regex.isOpen ? range(of: regex.regex.requiredText) : 0..<name.count
        case .all(let rules):
            let parts = rules.compactMap { rule in rule.isOpenExpression ? nil : rule.namedPart(of: name) }
            guard let start = parts.map(\.lowerBound).min(), let end = parts.map(\.upperBound).max() else { return nil }
            return start..<end
        case .any(let rules):
            let text = String(decoding: name, as: UTF8.self)
            return rules.filter { $0.strength(for: text) != nil }.compactMap { $0.namedPart(of: name) }
                .max { $0.count < $1.count }
        case .unsupported: return nil
        }
    }

    private var isOpenExpression: Bool { if case .regex(let regex) = self { regex.regex.isOpen } else { false } }
}
