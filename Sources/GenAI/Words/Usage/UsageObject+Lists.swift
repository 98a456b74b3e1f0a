// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Usage, figures and answers as lists of keys and values, in either encoding of OTLP.
extension UsageObject {
    /// Reads the members of usage, or of details of it.
    mutating func walkList(_ range: ByteRange, _ outer: KeyWords, _ depth: Int, _ body: Span<UInt8>) {
        guard depth < Self.deepest else { return }
        for (key, value) in Self.members(at: range, in: body) {
            let words = KeyElements.words(of: key.indices, in: body)
            guard words.isSubset(of: Self.vocabulary) else { continue }
            if case .structured(let inner) = value {
                walkList(inner, outer.union(words), depth + 1, body)
            } else {
                usage.take(outer.union(words), value, body)
            }
        }
    }

    /// Reads the figures for tokens and money of a list.
    mutating func walkMetricsList(_ range: ByteRange, _ body: Span<UInt8>) {
        for (key, value) in Self.members(at: range, in: body) {
            let words = KeyElements.words(of: key.indices, in: body)
            guard words.isSubset(of: Self.vocabulary), words.has([.token, .cost]) else { continue }
            usage.take(words, value, body)
        }
    }

    /// Looks for usage in an answer, and in answers in it.
    mutating func walkAnswerList(
        _ range: ByteRange, _ models: [ByteRange], _ source: Source, _ depth: Int, _ body: Span<UInt8>
    ) {
        guard depth < Self.deepest else { return }
        var shape = AnswerShape()
        var usages: [ByteRange] = []
        var answers: [ByteRange] = []
        for (key, value) in Self.members(at: range, in: body) {
            let kind = KeyElements(key.indices, in: body).map(Member.init) ?? .other
            switch (kind, value) {
            case (.usage(let words), .structured(let inner)):
                shape.noteUsage(words)
                usages.append(inner)
            case (_, .structured(let inner)):
                if case .answer = kind { answers.append(inner) }
                shape.note(key, .nested, models: models, body)
            case (_, .string(let text)): shape.note(key, .text(text), models: models, body)
            default: shape.note(key, .other, models: models, body)
            }
        }
        let isAnswer = source == .metadata || shape.isAnswer
        for inner in shape.isOfAnotherModel ? [] : usages {
            var found = UsageObject(inner)
            found.walkList(inner, [], depth + 1, body)
            if isAnswer || found.usage.isWhole(source) { usage.merge(found.usage) }
        }
        for inner in answers { walkAnswerList(inner, models, isAnswer ? .metadata : source, depth + 1, body) }
    }

    /// The members of a list in either encoding: JSON begins with a brace, protobuf with the tag of the first member.
    private static func members(at range: ByteRange, in body: Span<UInt8>) -> [(key: ByteRange, value: AttributeValue)]
    {
        guard range.length > 0, body[Int(range.offset)] == .openBrace else {
            return KeyValueList.members(at: range, in: body, most: mostMembers)
        }
        var members: [(key: ByteRange, value: AttributeValue)] = []
        var scan = ObjectScanner(range, longest: longest)
        scan.position += 1
        while let name = scan.nextMember(body) {
            guard body.holds(Self.values, at: ByteRange(name)), scan.position < scan.end,
                body[scan.position] == .openBracket
            else {
                scan.passValue(body)
                continue
            }
            scan.position += 1
            while members.count < mostMembers {
                scan.passSpace(body, and: .comma)
                guard scan.position < scan.end, body[scan.position] == .openBrace else { break }
                if let member = Self.member(&scan, body) { members.append(member) }
            }
            return members
        }
        return members
    }

    /// Reads `{"key": …, "value": {"intValue": …}}`.
    private static func member(
        _ scan: inout ObjectScanner, _ body: Span<UInt8>
    ) -> (key: ByteRange, value: AttributeValue)? {
        var key: ByteRange?
        var value = AttributeValue.empty
        scan.position += 1
        while let name = scan.nextMember(body) {
            guard scan.position < scan.end else { return nil }
            if body.holds(Self.value, at: ByteRange(name)), body[scan.position] == .openBrace {
                scan.position += 1
                while let kind = scan.nextMember(body) {
                    guard scan.position < scan.end else { return nil }
                    let start = scan.position
                    if !body.ends(ByteRange(kind), with: Self.endOfKind) || body[start] == UInt8(ascii: "n") {
                        // A member that OTLP does not have, or one that is written as null because it is not set.
                        scan.passValue(body)
                    } else if body[start] == .openBrace {
                        scan.passValue(body)
                        value = .structured(ByteRange(start..<scan.position))
                    } else {
                        value = .string(ByteRange(scan.readScalar(body)))
                        scan.passValue(body)
                    }
                }
            } else if body.holds(Self.key, at: ByteRange(name)), body[scan.position] == .quote {
                key = ByteRange(scan.readScalar(body))
                scan.passValue(body)
            } else {
                scan.passValue(body)
            }
        }
        return key.map { ($0, value) }
    }

    private static let mostMembers = 128
    private static let values = Array("values".utf8)
    private static let key = Array("key".utf8)
    static let value = Array("value".utf8)
    /// The end of `intValue`, `string_value` and their like.
    private static let endOfKind = Array("alue".utf8)
}
