// SPDX-License-Identifier: Apache-2.0

/// The reason for which a text is not a supported regular expression; it follows "must be a regular expression: ".
struct RegexProblem: Error, Equatable {
    let text: String
}

/// A part of a regular expression.
indirect enum RegexNode {
    case literal(UInt8)
    case set(ByteSet)
    case sequence([RegexNode])
    case alternatives([RegexNode])
    case repeated(RegexNode, least: Int, most: Int?)
    case look(RegexNode, isNegated: Bool)
    case start
    case end
    case wordBoundary(isNegated: Bool)

    /// The number of literal characters of every matching text.
    var literalLength: Int {
        switch self {
        case .literal: 1
        case .sequence(let parts): parts.reduce(0) { $0 + $1.literalLength }
        case .alternatives(let parts): parts.map(\.literalLength).min() ?? 0
        case .repeated(let part, let least, _): part.literalLength * least
        case .set, .look, .start, .end, .wordBoundary: 0
        }
    }

    /// The longest run of literal ASCII characters, in lower case, that every matching text contains.
    var requiredText: [UInt8] {
        let parts = if case .sequence(let parts) = self { parts } else { [self] }
        var longest: [UInt8] = []
        var run: [UInt8] = []
        for part in parts {
            if case .literal(let byte) = part, byte < 128 {
                let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                run.append(isUpper ? byte | 0x20 : byte)
            } else {
                // An anchor consumes no character, so the run could continue; for simplicity it ends here.
                run = []
            }
            if run.count > longest.count { longest = run }
        }
        return longest
    }
}

/// Parses a regular expression.
///
/// It supports literals, `.`, classes, groups, `|`, `*`, `+`, `?`, `{m,n}`, `^`, `$`, `\d \w \s \b` and their opposites, and
/// looking ahead. It refuses what cannot be matched in bounded time, such as back-references.
struct RegexParser {
    private let bytes: [UInt8]
    private var offset = 0
    private var depth = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// Reads a whole expression.
    mutating func parse() throws(RegexProblem) -> RegexNode {
        let node = try alternatives()
        guard offset == bytes.count else { throw RegexProblem(text: "a ')' closes nothing") }
        return node
    }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skip(_ text: StaticString) -> Bool {
        guard bytes.span.hasText(text, at: offset) else { return false }
        offset += text.utf8CodeUnitCount
        return true
    }

    private mutating func alternatives() throws(RegexProblem) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 16 else { throw RegexProblem(text: "groups are nested too deeply") }
        var parts = [try sequence()]
        while skip("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .alternatives(parts)
    }

    private mutating func sequence() throws(RegexProblem) -> RegexNode {
        var parts: [RegexNode] = []
        while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            let atom = try atom()
            parts.append(try quantified(atom))
        }
        return .sequence(parts)
    }

    private mutating func atom() throws(RegexProblem) -> RegexNode {
        if skip("(?<=") || skip("(?<!") { throw RegexProblem(text: "look-behind is not supported") }
        if skip("(?=") { return .look(try group(), isNegated: false) }
        if skip("(?!") { return .look(try group(), isNegated: true) }
        if skip("(?:") { return try group() }
        if skip("(?<") || skip("(?P<") {
            while let byte = next, byte != UInt8(ascii: ">") { offset += byte == UInt8(ascii: ")") ? bytes.count : 1 }
            guard skip(">") else { throw RegexProblem(text: "the name of a group has no end") }
            return try group()
        }
        if skip("(?") { throw RegexProblem(text: "options are allowed only at the beginning, as (?i)") }
        if skip("(") { return try group() }
        if skip("[") { return .set(try characterClass()) }
        if skip(".") { return .set(.any) }
        if skip("^") { return .start }
        if skip("$") { return .end }
        if skip("\\") { return try escape() }
        guard let byte = next else { throw RegexProblem(text: "it ends too early") }
        guard !"*+?".utf8.contains(byte) else {
            throw RegexProblem(text: "a '\(Character(Unicode.Scalar(byte)))' repeats nothing")
        }
        offset += 1
        return .literal(byte)
    }

    private mutating func group() throws(RegexProblem) -> RegexNode {
        let node = try alternatives()
        guard skip(")") else { throw RegexProblem(text: "a '(' has no end") }
        return node
    }

    private mutating func quantified(_ atom: RegexNode) throws(RegexProblem) -> RegexNode {
        let bounds: (least: Int, most: Int?)
        if skip("*") {
            bounds = (0, nil)
        } else if skip("+") {
            bounds = (1, nil)
        } else if skip("?") {
            bounds = (0, 1)
        } else if let counted = counted() {
            bounds = counted
        } else {
            return atom
        }
        if let most = bounds.most, most < bounds.least { throw RegexProblem(text: "the bounds of a {} are swapped") }
        // A lazy or greedy repetition fits the same whole names.
        _ = skip("?")
        if let byte = next, "*+?".utf8.contains(byte) { throw RegexProblem(text: "a repetition is itself repeated") }
        return .repeated(atom, least: bounds.least, most: bounds.most)
    }

    /// The bounds of a `{m}`, `{m,}` or `{m,n}` that begins here, which is stepped over; `nil` when none does.
    private mutating func counted() -> (least: Int, most: Int?)? {
        guard next == UInt8(ascii: "{"), let end = bytes[offset...].firstIndex(of: UInt8(ascii: "}")) else {
            return nil
        }
        let text = String(decoding: bytes[offset + 1..<end], as: UTF8.self)
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 2, let least = Int(parts[0]), least >= 0, least <= NameRegex.nameLimit else { return nil }
        if parts.count == 1 {
            offset = end + 1
            return (least, least)
        }
        guard parts[1].isEmpty || Int(parts[1]) != nil else { return nil }
        offset = end + 1
        return (least, parts[1].isEmpty ? nil : min(Int(parts[1]) ?? 0, NameRegex.nameLimit))
    }

    private mutating func escape() throws(RegexProblem) -> RegexNode {
        guard let byte = next else { throw RegexProblem(text: "it ends in a backslash") }
        offset += 1
        if let set = Self.classes[byte] { return .set(set) }
        switch byte {
        case UInt8(ascii: "b"): return .wordBoundary(isNegated: false)
        case UInt8(ascii: "B"): return .wordBoundary(isNegated: true)
        case UInt8(ascii: "A"): return .start
        case UInt8(ascii: "z"), UInt8(ascii: "Z"): return .end
        case UInt8(ascii: "1")...UInt8(ascii: "9"): throw RegexProblem(text: "back-references are not supported")
        case _ where ByteSet.word.contains(byte):
            throw RegexProblem(text: "'\\\(Character(Unicode.Scalar(byte)))' is not known")
        default: return .literal(byte)
        }
    }

    /// The rest of a class behind its `[`.
    private mutating func characterClass() throws(RegexProblem) -> ByteSet {
        let isNegated = skip("^")
        var set = ByteSet()
        var isFirst = true
        while isFirst || next != UInt8(ascii: "]") {
            isFirst = false
            guard let byte = next else { throw RegexProblem(text: "a '[' has no end") }
            offset += 1
            if byte == UInt8(ascii: "\\"), let known = next.flatMap({ Self.classes[$0] }) {
                offset += 1
                set.formUnion(known)
                continue
            }
            let low = try classMember(byte)
            guard next == UInt8(ascii: "-"), offset + 1 < bytes.count, bytes[offset + 1] != UInt8(ascii: "]") else {
                set.insert(low...low)
                continue
            }
            offset += 2
            let high = try classMember(bytes[offset - 1])
            guard low <= high else { throw RegexProblem(text: "the ends of a range are swapped") }
            set.insert(low...high)
        }
        offset += 1
        return isNegated ? set.inverted : set
    }

    private mutating func classMember(_ byte: UInt8) throws(RegexProblem) -> UInt8 {
        guard byte < 128 else { throw RegexProblem(text: "only ASCII is allowed between '[' and ']'") }
        guard byte == UInt8(ascii: "\\") else { return byte }
        guard let escaped = next, escaped < 128, !ByteSet.word.contains(escaped) else {
            throw RegexProblem(text: "an escape between '[' and ']' is not supported")
        }
        offset += 1
        return escaped
    }

    private static let classes: [UInt8: ByteSet] = [
        UInt8(ascii: "d"): .digit, UInt8(ascii: "w"): .word, UInt8(ascii: "s"): .space,
        UInt8(ascii: "D"): ByteSet.digit.inverted, UInt8(ascii: "W"): ByteSet.word.inverted,
        UInt8(ascii: "S"): ByteSet.space.inverted,
    ]
}
