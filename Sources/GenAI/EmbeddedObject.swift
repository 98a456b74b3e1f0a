// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Looks for facts in an object that is the text of an attribute, without copying it or making strings.
///
/// It takes JSON and what Python prints for a dictionary: names and texts in single quotes, `None`, `True`. Whatever else
/// stands in the place of a value, `<object at 0x7f…>` for instance, is passed over. Nothing is checked that is not
/// wanted, and only the first part of a long text is looked at: what is wanted stands beside prompts, not behind them.
struct EmbeddedObject: ~Copyable {
    /// How much of a text is looked at, in bytes.
    static let longestLook = 65_536
    /// How deep wanted members may lie; others are passed over at any depth, without recursion.
    static let deepestLook = 12

    private var position: Int
    private let end: Int
    private var isDone = false
    private var saysInclusive = false
    private var unclearInput: (value: AttributeValue, rank: UInt8)?
    private var parts = CostOfParts()

    private init(_ place: ByteRange) {
        position = Int(place.offset)
        end = position + min(Int(place.length), Self.longestLook)
    }

    /// States what the object at a place says.
    ///
    /// - Parameters:
    ///   - paths: What is wanted.
    ///   - place: The text; anything that is no object says nothing.
    ///   - body: The bytes.
    ///   - facts: Gets the facts.
    static func read(
        _ paths: borrowing EmbeddedPaths, at place: ByteRange, in body: Span<UInt8>, into facts: inout SpanFacts
    ) {
        var object = EmbeddedObject(place)
        object.passSpace(body)
        guard object.position < object.end, body[object.position] == .openBrace else { return }
        object.walkObject(0, 0, paths, body, &facts)
        if let input = object.unclearInput {
            facts.state(object.saysInclusive ? .input : .inputUncached, input.value, rank: input.rank)
        }
        if object.parts.isStated { facts.costOfParts = object.parts }
    }

    private mutating func walkObject(
        _ node: Int, _ depth: Int, _ paths: borrowing EmbeddedPaths, _ body: Span<UInt8>, _ facts: inout SpanFacts
    ) {
        position += 1
        while !isDone {
            passSpace(body, and: .comma)
            guard position < end else { return }
            if body[position] == .closeBrace {
                position += 1
                return
            }
            let name = readScalar(body)
            passSpace(body)
            guard position < end, body[position] == .colon else {
                // No member: go on behind what stands there.
                if position == name.upperBound { position += 1 }
                continue
            }
            position += 1
            let child = paths.child(of: node, named: body, at: name)
            walkValue(child, depth, isPart: paths.sumsCost && node == 0, paths, body, &facts)
        }
    }

    private mutating func walkList(
        _ node: Int, _ depth: Int, _ paths: borrowing EmbeddedPaths, _ body: Span<UInt8>, _ facts: inout SpanFacts
    ) {
        position += 1
        var element = 0
        while !isDone {
            passSpace(body)
            guard position < end else { return }
            switch body[position] {
            case .closeBracket, .closeParenthesis, .closeBrace:
                position += 1
                return
            case .comma:
                position += 1
                element += 1
            default:
                walkValue(paths.child(of: node, element: element), depth, isPart: false, paths, body, &facts)
            }
        }
    }

    private mutating func walkValue(
        _ node: Int?, _ depth: Int, isPart: Bool, _ paths: borrowing EmbeddedPaths, _ body: Span<UInt8>,
        _ facts: inout SpanFacts
    ) {
        passSpace(body)
        guard position < end else { return }
        let first = body[position]
        let isNested = first == .openBrace || first == .openBracket || first == .openParenthesis
        guard let node, !isNested || depth < Self.deepestLook else {
            if isPart, !isNested { addPart(body) } else { passValue(body) }
            return
        }
        switch first {
        case .openBrace: walkObject(node, depth + 1, paths, body, &facts)
        case .openBracket, .openParenthesis: walkList(node, depth + 1, paths, body, &facts)
        default:
            let isText = first == .quote || first == .apostrophe
            let place = readScalar(body)
            // A value may have an end that is no part of it, as `b'…'` has.
            passValue(body)
            guard let leaf = paths.leaf(of: node) else { return }
            guard let value = Self.value(at: place, isText: isText, body) else { return }
            if facts.omitsAbsentWords, SpanFacts.isNoName(value, of: leaf.fact, in: body) { return }
            saysInclusive = saysInclusive || leaf.saysInclusive
            if paths.hasUnclearInput, leaf.fact == .inputUncached {
                if leaf.rank <= unclearInput?.rank ?? .max { unclearInput = (value, leaf.rank) }
            } else {
                facts.state(leaf.fact, value, rank: leaf.rank)
                // With one fact wanted there is nothing left to look for, and prompts may follow.
                isDone = paths.facts == leaf.fact.bit && !paths.sumsCost
            }
        }
    }

    private mutating func addPart(_ body: Span<UInt8>) {
        let place = readScalar(body)
        passValue(body)
        let range = ByteRange(offset: place.lowerBound, length: place.count)
        if let part = ReportedCost.read(.string(range), body: body) {
            parts.add(part)
        } else if ReportedCost.beginsAsNumber(at: range, in: body) {
            parts.refuse()
        }
    }

    /// What a scalar says; `nil` for JSON's and Python's way to say nothing.
    private static func value(at place: Range<Int>, isText: Bool, _ body: Span<UInt8>) -> AttributeValue? {
        let range = ByteRange(offset: place.lowerBound, length: place.count)
        guard !isText else { return .string(range) }
        if body.holdsIgnoringCase(Self.true, at: range) { return .bool(true) }
        if body.holdsIgnoringCase(Self.false, at: range) { return .bool(false) }
        if body.holds(Self.null, at: range) || body.holds(Self.none, at: range) { return nil }
        return .string(range)
    }

    private static let `true` = Array("true".utf8)
    private static let `false` = Array("false".utf8)
    private static let null = Array("null".utf8)
    private static let none = Array("None".utf8)

    /// Reads a text without its quotes, or what stands up to the next sign.
    private mutating func readScalar(_ body: Span<UInt8>) -> Range<Int> {
        let start = position
        guard position < end else { return start..<start }
        let quote = body[position]
        if quote == .quote || quote == .apostrophe {
            passText(body)
            let hasEnd = position > start + 1 && body[position - 1] == quote
            return start + 1..<(hasEnd ? position - 1 : position)
        }
        while position < end, !body[position].isSign { position += 1 }
        return start..<position
    }

    /// Goes behind a text; the position is at its opening quote.
    private mutating func passText(_ body: Span<UInt8>) {
        let quote = body[position]
        position += 1
        while position < end {
            let byte = body[position]
            position += byte == .backslash ? 2 : 1
            if byte == quote { break }
        }
        position = min(position, end)
    }

    /// Goes behind a value of any kind, or stays where the value has ended already.
    private mutating func passValue(_ body: Span<UInt8>) {
        var depth = 0
        while position < end {
            switch body[position] {
            case .quote, .apostrophe:
                passText(body)
                continue
            case .openBrace, .openBracket, .openParenthesis: depth += 1
            case .closeBrace, .closeBracket, .closeParenthesis:
                if depth == 0 { return }
                depth -= 1
            case .comma where depth == 0: return
            default: break
            }
            position += 1
        }
    }

    private mutating func passSpace(_ body: Span<UInt8>, and other: UInt8 = 0x20) {
        while position < end, body[position] <= 0x20 || body[position] == other { position += 1 }
    }
}

extension UInt8 {
    fileprivate static let quote = UInt8(ascii: "\"")
    fileprivate static let apostrophe = UInt8(ascii: "'")
    fileprivate static let backslash = UInt8(ascii: "\\")
    fileprivate static let comma = UInt8(ascii: ",")
    fileprivate static let colon = UInt8(ascii: ":")
    fileprivate static let openBrace = UInt8(ascii: "{")
    fileprivate static let closeBrace = UInt8(ascii: "}")
    fileprivate static let openBracket = UInt8(ascii: "[")
    fileprivate static let closeBracket = UInt8(ascii: "]")
    fileprivate static let openParenthesis = UInt8(ascii: "(")
    fileprivate static let closeParenthesis = UInt8(ascii: ")")

    /// Whether a number or a word ends here.
    fileprivate var isSign: Bool {
        switch self {
        case 0...0x20, .comma, .colon, .closeBrace, .closeBracket, .closeParenthesis, .openBrace, .openBracket,
            .openParenthesis, .quote, .apostrophe:
            true
        default: false
        }
    }
}
