// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Looks for facts in an object that is the text of an attribute, without copying it or making strings.
///
/// It takes JSON and what Python prints for a dictionary: names and texts in single quotes, `None`, `True`. Whatever else
/// stands for a value, `<object at 0x7f…>` for instance, is passed over. Nothing is checked that is not
/// wanted, and only the first part of a long text is looked at: what is wanted stands beside prompts, not behind them.
struct EmbeddedObject: ~Copyable {
    /// How much of a text is looked at, in bytes.
    static let longestLook = 65_536
    /// How deep wanted members may lie; others are passed over at any depth, without recursion.
    static let deepestLook = 12

    private var scan: ObjectScanner
    private var isDone = false
    /// Whether it has members that the table does not list.
    private var isIncomplete = false
    private var saysInclusive = false
    private var unclearInput: (value: AttributeValue, rank: UInt8)?
    private var parts = CostOfParts()

    private init(_ range: ByteRange) {
        scan = ObjectScanner(range, longest: Self.longestLook)
    }

    /// States what an object says.
    ///
    /// - Parameters:
    ///   - paths: What is wanted.
    ///   - range: The text; anything that is no object says nothing.
    ///   - body: The bytes.
    ///   - facts: Gets the facts.
    /// - Returns: Whether the object has members that the table does not list.
    static func read(
        _ paths: borrowing EmbeddedPaths, at range: ByteRange, in body: Span<UInt8>, into facts: inout SpanFacts
    ) -> Bool {
        var object = EmbeddedObject(range)
        object.scan.passSpace(body)
        guard object.scan.position < object.scan.end, body[object.scan.position] == .openBrace else { return false }
        object.walkObject(0, 0, paths, body, &facts)
        if let input = object.unclearInput {
            facts.state(object.saysInclusive ? .input : .inputUncached, input.value, rank: input.rank)
        }
        if object.parts.isStated { facts.costOfParts = object.parts }
        return object.isIncomplete
    }

    private mutating func walkObject(
        _ node: Int, _ depth: Int, _ paths: borrowing EmbeddedPaths, _ body: Span<UInt8>, _ facts: inout SpanFacts
    ) {
        scan.position += 1
        while !isDone, let name = scan.nextMember(body) {
            let child = paths.child(of: node, named: body, at: name)
            if child == nil { isIncomplete = true }
            walkValue(child, depth, isPart: paths.sumsCost && node == 0, paths, body, &facts)
        }
    }

    private mutating func walkList(
        _ node: Int, _ depth: Int, _ paths: borrowing EmbeddedPaths, _ body: Span<UInt8>, _ facts: inout SpanFacts
    ) {
        scan.position += 1
        var element = 0
        while !isDone {
            scan.passSpace(body)
            guard scan.position < scan.end else { return }
            switch body[scan.position] {
            case .closeBracket, .closeParenthesis, .closeBrace:
                scan.position += 1
                return
            case .comma:
                scan.position += 1
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
        scan.passSpace(body)
        guard scan.position < scan.end else { return }
        let first = body[scan.position]
        let isNested = first == .openBrace || first == .openBracket || first == .openParenthesis
        guard let node, !isNested || depth < Self.deepestLook else {
            if isPart, !isNested { addPart(body) } else { scan.passValue(body) }
            return
        }
        switch first {
        case .openBrace: walkObject(node, depth + 1, paths, body, &facts)
        case .openBracket, .openParenthesis: walkList(node, depth + 1, paths, body, &facts)
        default:
            let isText = first == .quote || first == .apostrophe
            let indices = scan.readScalar(body)
            // A value may have an end that is no part of it, as `b'…'` has.
            scan.passValue(body)
            guard let leaf = paths.leaf(of: node) else { return }
            guard let value = Self.value(at: indices, isText: isText, body) else { return }
            if facts.omitsAbsentWords, SpanFacts.isNoName(value, of: leaf.fact, in: body) { return }
            if facts.marks.contains(.soundOnly), leaf.fact.rawValue >= Fact.input.rawValue,
                TokenCount.read(value, body: body) == nil
            {
                return
            }
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
        let indices = scan.readScalar(body)
        scan.passValue(body)
        let range = ByteRange(offset: indices.lowerBound, length: indices.count)
        if let part = ReportedCost.read(.string(range), body: body) {
            parts.add(part)
        } else if ReportedCost.beginsAsNumber(at: range, in: body) {
            parts.refuse()
        }
    }

    /// What a scalar says; `nil` for JSON's and Python's way to say nothing.
    private static func value(at indices: Range<Int>, isText: Bool, _ body: Span<UInt8>) -> AttributeValue? {
        let range = ByteRange(offset: indices.lowerBound, length: indices.count)
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
}
