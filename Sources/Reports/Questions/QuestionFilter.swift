// SPDX-License-Identifier: Apache-2.0
import GenAI

/// The condition of a question: for each key, the values that calls may or may not have.
package struct QuestionFilter: Sendable, Equatable {
    /// The condition on one key.
    package struct Clause: Sendable, Equatable {
        package let key: GroupKey
        /// A call has one of these; any value if there is none.
        package var included: [ValuePattern] = []
        /// A call has none of these.
        package var excluded: [ValuePattern] = []

        /// Whether a value fulfils the condition.
        ///
        /// - Parameter value: The value; empty for a call without one.
        /// - Returns: Whether it does.
        package func accepts(_ value: String) -> Bool {
            (included.isEmpty || included.contains { $0.matches(value) }) && !excluded.contains { $0.matches(value) }
        }
    }

    /// All of them hold.
    package private(set) var clauses: [Clause] = []
    private static let example = "team:search,model:gpt-*,-user:ada"
    private static let most = 100

    package init() {}

    /// Reads the parameter `where`: `key:pattern` between commas, with `-` before what is excluded.
    ///
    /// Patterns for the same key are alternatives. A backslash takes the meaning from a comma, an asterisk or a backslash.
    ///
    /// - Parameters:
    ///   - parameters: The parameters of the question.
    ///   - dimensions: The names of the dimensions that are kept.
    /// - Throws: ``QuestionError`` for anything else.
    init(_ parameters: QuestionParameters, dimensions: [String]) throws(QuestionError) {
        var count = 0
        for text in parameters.all("where") {
            for part in Self.parts(text) {
                count += 1
                guard count <= Self.most else {
                    throw QuestionError("where", "there are more than \(Self.most) conditions", example: Self.example)
                }
                try add(part, dimensions)
            }
        }
    }

    /// Adds a pattern for a key.
    mutating func add(_ pattern: ValuePattern, for key: GroupKey, excluded: Bool = false) {
        let index = clauses.firstIndex { $0.key == key } ?? clauses.count
        if index == clauses.count { clauses.append(Clause(key: key)) }
        if excluded { clauses[index].excluded.append(pattern) } else { clauses[index].included.append(pattern) }
    }

    /// Adds a condition of its own, also for a key that has one.
    mutating func add(_ clause: Clause) { clauses.append(clause) }

    private mutating func add(_ part: Substring, _ dimensions: [String]) throws(QuestionError) {
        let isExcluded = part.unicodeScalars.first == "-"
        let condition = isExcluded ? Substring(part.unicodeScalars.dropFirst()) : part
        // The name of a label may have a prefix of its own with a colon.
        let hasPrefix = condition.hasPrefix(GroupKey.prefix)
        let rest = hasPrefix ? condition.dropFirst(GroupKey.prefix.count) : condition
        guard let colon = rest.unicodeScalars.firstIndex(of: ":") else {
            throw QuestionError(
                "where", "\(QuestionError.quoted(part)) has no colon between key and value", example: Self.example)
        }
        let name = (hasPrefix ? GroupKey.prefix : "") + rest[..<colon].trimmed
        let key = try GroupKey(name, parameter: "where", dimensions: dimensions)
        let pattern = ValuePattern(rest[rest.unicodeScalars.index(after: colon)...])
        add(key.dimension == nil ? pattern : pattern.ofDimension, for: key, excluded: isExcluded)
    }

    /// The conditions between commas that no backslash precedes.
    private static func parts(_ text: String) -> [Substring] {
        // Not by characters: Swift joins a comma and a combining accent after it into one.
        let scalars = text.unicodeScalars
        var parts: [Substring] = []
        var (begin, index, isEscaped) = (text.startIndex, text.startIndex, false)
        while index < text.endIndex {
            if scalars[index] == ",", !isEscaped {
                parts.append(text[begin..<index].trimmed)
                begin = scalars.index(after: index)
            }
            isEscaped = scalars[index] == "\\" && !isEscaped
            index = scalars.index(after: index)
        }
        return (parts + [text[begin...].trimmed]).filter { !$0.isEmpty }
    }
}

/// A value, or a pattern of values in which `*` is any text; bytes are compared.
package struct ValuePattern: Sendable, Equatable {
    /// The texts between the asterisks; a single one for a pattern without any.
    private var pieces: [String] = [""]

    /// The same pattern with control characters as the ledger keeps them in values of dimensions.
    var ofDimension: ValuePattern {
        var pattern = self
        pattern.pieces = pieces.map { LabelText.withoutControls($0.unicodeScalars) }
        return pattern
    }

    /// Reads a pattern, in which a backslash takes the meaning from the character after it.
    package init(_ text: some StringProtocol) {
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if scalar == "\\", !isEscaped {
                isEscaped = true
                continue
            }
            if scalar == "*", !isEscaped {
                pieces.append("")
            } else {
                pieces[pieces.count - 1].unicodeScalars.append(scalar)
            }
            isEscaped = false
        }
    }

    /// A pattern that only one value has.
    package init(exactly text: String) { pieces = [text] }

    /// The only value that matches; `nil` for a pattern with asterisks.
    package var onlyValue: String? { pieces.count == 1 ? pieces[0] : nil }

    /// Whether a value has the pattern; upper and lower case differ.
    ///
    /// - Complexity: O(bytes of the value) for each piece: the earliest place of each piece is as good as any later one.
    package func matches(_ value: String) -> Bool {
        if let onlyValue { return value.utf8.elementsEqual(onlyValue.utf8) }
        let bytes = Array(value.utf8)
        let (head, tail) = (Array(pieces[0].utf8), Array(pieces[pieces.count - 1].utf8))
        guard bytes.count >= head.count + tail.count, bytes.starts(with: head),
            bytes[(bytes.count - tail.count)...].elementsEqual(tail)
        else { return false }
        var rest = bytes[head.count..<bytes.count - tail.count]
        for piece in pieces.dropFirst().dropLast() {
            guard let found = Self.place(of: Array(piece.utf8), in: rest) else { return false }
            rest = rest[(found + piece.utf8.count)...]
        }
        return true
    }

    private static func place(of piece: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard piece.count <= bytes.count else { return nil }
        return (bytes.startIndex...bytes.endIndex - piece.count).first { start in
            bytes[start..<start + piece.count].elementsEqual(piece)
        }
    }
}
