// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Answers of providers, and who answered.
extension UsageObject {
    /// What a member of an answer may be by its name.
    enum Member {
        case usage(KeyWords)
        /// An answer in an answer, or metadata about it.
        case answer
        case other

        init(_ key: KeyElements) {
            let words = key.union(from: 0)
            if KeyClass.isUsage(words) {
                self = .usage(words)
            } else {
                self = key.lastWord.has(KeyClass.carriers) && KeyClass.isOfCall(words) ? .answer : .other
            }
        }
    }

    /// Who writes an object, which decides what it must have in addition to usage.
    enum Source {
        /// The model or a tool: usage counts in a whole answer only, or with a total that is its sum.
        case text
        /// The interface: usage that has input and output counts.
        case reply
        /// A library that describes an answer: all usage counts.
        case metadata
    }

    /// Looks for usage in an answer, and in answers in it.
    ///
    /// All members are read before what is in them, since the ones that show that it is an answer may come after the usage.
    mutating func walkAnswer(_ models: [ByteRange], _ source: Source, _ depth: Int, _ body: Span<UInt8>) {
        var shape = AnswerShape()
        var usages: [Int] = []
        var answers: [Int] = []
        scan.position += 1
        while names < Self.mostNames, let name = scan.nextMember(body) {
            names += 1
            guard scan.position < scan.end else { break }
            let start = scan.position
            let kind = KeyElements(name, in: body).map(Member.init) ?? .other
            switch (kind, body[start]) {
            case (.usage(let words), .openBrace):
                shape.noteUsage(words)
                if usages.count < Self.mostInside { usages.append(start) }
            case (.answer, .openBrace) where answers.count < Self.mostInside:
                answers.append(start)
                fallthrough
            default: shape.note(ByteRange(name), value(at: start, body), models: models, body)
            }
            scan.position = start
            scan.passValue(body)
        }
        guard depth < Self.deepest else { return }
        let end = scan.position
        let isAnswer = source == .metadata || shape.isAnswer
        for start in shape.isOfAnotherModel ? [] : usages {
            scan.position = start
            var found = UsageObject(ByteRange(start..<end))
            found.scan.position = start
            found.walkUsage([], depth + 1, body)
            if isAnswer || found.usage.isWhole(source) { usage.merge(found.usage) }
        }
        for start in answers {
            scan.position = start
            walkAnswer(models, isAnswer ? .metadata : source, depth + 1, body)
        }
        scan.position = end
    }

    /// How many members of one answer are looked into.
    private static let mostInside = 4

    /// How the value at an index begins.
    func value(at start: Int, _ body: Span<UInt8>) -> AnswerShape.Value {
        var ahead = scan
        ahead.position = start
        switch body[start] {
        case .quote, .apostrophe: return .text(ByteRange(ahead.readScalar(body)))
        case .openBrace: return .object
        case .openBracket:
            ahead.position += 1
            ahead.passSpace(body)
            guard ahead.position < ahead.end else { return .other }
            return body[ahead.position] == .openBrace || body[ahead.position] == .closeBracket ? .listOfObjects : .other
        default: return .other
        }
    }

    /// The model and the provider that the members of an object name.
    ///
    /// - Parameters:
    ///   - range: The text.
    ///   - body: The bytes.
    /// - Returns: The ranges of the names.
    static func parties(at range: ByteRange, in body: Span<UInt8>) -> (model: ByteRange?, provider: ByteRange?) {
        var (model, provider) = (ByteRange?.none, ByteRange?.none)
        var object = UsageObject(range)
        object.scan.passSpace(body)
        guard object.scan.position < object.scan.end, body[object.scan.position] == .openBrace else {
            return (nil, nil)
        }
        object.scan.position += 1
        while object.names < mostNames, let name = object.scan.nextMember(body) {
            object.names += 1
            let words = KeyElements.words(of: name, in: body)
            guard object.scan.position < object.scan.end, body[object.scan.position] == .quote,
                words.subtracting(.name) == .model || words.subtracting(.name) == .provider
            else {
                object.scan.passValue(body)
                continue
            }
            let value = object.readValue(body)
            if words.has(.model) { model = model ?? value } else { provider = provider ?? value }
        }
        return (model, provider)
    }
}
