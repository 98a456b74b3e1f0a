// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Looks for usage in an object that no dialect describes, by the words of its members.
///
/// The object is usage itself, or a provider's whole answer (``AnswerShape``), which may lie under members whose last words are
/// response, output, result, metadata or raw. Members with a word of conversation, of a sum or of a limit are passed over with
/// all that they hold, so that an answer of an interface that is quoted in a prompt is not found. Details by modality may be a
/// list, as Gemini has it.
struct UsageObject: ~Copyable {
    /// Longer texts are not looked at, in bytes.
    static let longest = 65_536
    private static let deepest = 6
    /// How many names of members are looked at; usage has few.
    private static let mostNames = 1_024

    private var scan: ObjectScanner
    private var usage = UsageByWords()
    private var names = 0

    private init(_ place: ByteRange) {
        scan = ObjectScanner(place, longest: Self.longest)
    }

    /// What an object under a key may be.
    enum Kind {
        /// Usage, under the words of the key so far.
        case usage(KeyWords)
        /// An answer of one of some models with usage in it.
        case answer(models: [ByteRange])
        /// What is told of an answer, which is nobody's text: usage in it needs no members beside it.
        case metadata
    }

    /// Reads the usage of an object.
    ///
    /// - Parameters:
    ///   - place: The text, JSON or what Python prints for a dictionary.
    ///   - kind: What it may be.
    ///   - body: The bytes.
    /// - Returns: `nil` for anything that is no object, is too long, or has no usage and no cost.
    static func read(at place: ByteRange, as kind: Kind, in body: Span<UInt8>) -> UsageByWords? {
        guard place.length <= UInt32(Self.longest) else { return nil }
        var object = UsageObject(place)
        object.scan.passSpace(body)
        guard object.scan.position < object.scan.end, body[object.scan.position] == .openBrace else { return nil }
        switch kind {
        case .usage(let words): object.walkUsage(words, 0, body)
        case .answer(let models): object.walkAnswer(models, isTrusted: false, 0, body)
        case .metadata: object.walkAnswer([], isTrusted: true, 0, body)
        }
        return object.found
    }

    /// What was found, if anything.
    private var found: UsageByWords? {
        usage.stated != 0 || usage.cost != nil || usage.hasRefused ? usage : nil
    }

    /// Reads the usage of a list of keys and values.
    ///
    /// - Parameters:
    ///   - place: The place of a structured value: protobuf, or the JSON of OTLP/JSON.
    ///   - kind: As for an object.
    ///   - body: The bytes.
    /// - Returns: As for an object.
    static func read(listAt place: ByteRange, as kind: Kind, in body: Span<UInt8>) -> UsageByWords? {
        guard place.length > 0, place.length <= UInt32(Self.longest) else { return nil }
        var object = UsageObject(place)
        switch kind {
        case .usage(let words): object.walkList(place, words, 0, body)
        case .answer(let models): object.walkAnswerList(place, models, isTrusted: false, 0, body)
        case .metadata: object.walkAnswerList(place, [], isTrusted: true, 0, body)
        }
        return object.found
    }

    /// Reads the members of usage, or of details of it.
    private mutating func walkList(_ place: ByteRange, _ outer: KeyWords, _ depth: Int, _ body: Span<UInt8>) {
        guard depth < Self.deepest else { return }
        for (key, value) in Self.members(at: place, in: body) {
            let words = KeyElements.words(of: key.indices, in: body)
            guard words.isSubset(of: Self.vocabulary) else { continue }
            if case .structured(let inner) = value {
                walkList(inner, outer.union(words), depth + 1, body)
            } else {
                usage.take(outer.union(words), value, body)
            }
        }
    }

    /// Looks for usage in an answer, and in answers in it.
    private mutating func walkAnswerList(
        _ place: ByteRange, _ models: [ByteRange], isTrusted: Bool, _ depth: Int, _ body: Span<UInt8>
    ) {
        guard depth < Self.deepest else { return }
        var shape = AnswerShape()
        var usages: [ByteRange] = []
        var answers: [ByteRange] = []
        for (key, value) in Self.members(at: place, in: body) {
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
        let isAnswer = isTrusted || shape.isAnswer
        if isAnswer { for inner in usages { walkList(inner, [], depth + 1, body) } }
        for inner in answers { walkAnswerList(inner, models, isTrusted: isAnswer, depth + 1, body) }
    }

    /// The members of a list in either encoding: JSON begins with a brace, protobuf with the tag of the first member.
    private static func members(at place: ByteRange, in body: Span<UInt8>) -> [(key: ByteRange, value: AttributeValue)]
    {
        guard place.length > 0, body[Int(place.offset)] == .openBrace else {
            return KeyValueList.members(at: place, in: body, most: mostMembers)
        }
        var members: [(key: ByteRange, value: AttributeValue)] = []
        var scan = ObjectScanner(place, longest: longest)
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
                while scan.nextMember(body) != nil {
                    guard scan.position < scan.end else { return nil }
                    let start = scan.position
                    if body[start] == .openBrace {
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
    private static let value = Array("value".utf8)

    /// What a member of an answer may be by its name.
    private enum Member {
        case usage(KeyWords)
        /// An answer in an answer, or what is told of it.
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

    /// Looks for usage in an answer, and in answers in it.
    ///
    /// Its members are gone through before their insides, since what shows that it is an answer may stand behind the usage.
    private mutating func walkAnswer(_ models: [ByteRange], isTrusted: Bool, _ depth: Int, _ body: Span<UInt8>) {
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
        let isAnswer = isTrusted || shape.isAnswer
        for start in isAnswer ? usages : [] {
            scan.position = start
            walkUsage([], depth + 1, body)
        }
        for start in answers {
            scan.position = start
            walkAnswer(models, isTrusted: isAnswer, depth + 1, body)
        }
        scan.position = end
    }

    /// How many members of one answer are looked into.
    private static let mostInside = 4

    /// How the value at a place begins.
    private func value(at start: Int, _ body: Span<UInt8>) -> AnswerShape.Value {
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

    /// Reads the members of usage, or of details of it.
    private mutating func walkUsage(_ outer: KeyWords, _ depth: Int, _ body: Span<UInt8>) {
        scan.position += 1
        while names < Self.mostNames, let name = scan.nextMember(body) {
            names += 1
            let own = KeyElements.words(of: name, in: body)
            let words = outer.union(own)
            guard scan.position < scan.end, own.isSubset(of: Self.vocabulary) else {
                scan.passValue(body)
                continue
            }
            switch body[scan.position] {
            case .openBrace where depth < Self.deepest: walkUsage(words, depth + 1, body)
            case .openBracket where depth < Self.deepest: walkModalities(words, body)
            case .openBrace, .openBracket, .openParenthesis: scan.passValue(body)
            default: usage.take(words, .string(readValue(body)), body)
            }
        }
    }

    private static let vocabulary = UsageMeaning.vocabulary.union(CostMeaning.ownWords)

    /// Reads a list of objects that have a modality and a count each.
    private mutating func walkModalities(_ outer: KeyWords, _ body: Span<UInt8>) {
        scan.position += 1
        while scan.position < scan.end {
            scan.passSpace(body, and: .comma)
            guard scan.position < scan.end else { return }
            switch body[scan.position] {
            case .closeBracket:
                scan.position += 1
                return
            case .openBrace: walkModality(outer, body)
            default:
                let start = scan.position
                scan.passValue(body)
                if scan.position == start { scan.position += 1 }
            }
        }
    }

    private mutating func walkModality(_ outer: KeyWords, _ body: Span<UInt8>) {
        scan.position += 1
        var modality: KeyWords?
        var count: ByteRange?
        while let name = scan.nextMember(body) {
            let range = ByteRange(offset: name.lowerBound, length: name.count)
            if body.holdsIgnoringCase(Self.modality, at: range) {
                let value = readValue(body)
                let place = Int(value.offset)..<Int(value.offset + value.length)
                modality = KeyElements.words(of: place, in: body)
            } else if KeyElements.words(of: name, in: body).isSubset(of: [.token, .filler]) {
                count = readValue(body)
            } else {
                scan.passValue(body)
            }
        }
        guard let modality, let count else { return }
        usage.take(outer.union(modality), .string(count), body)
    }

    private static let modality = Array("modality".utf8)

    /// Reads a scalar, and goes behind it.
    private mutating func readValue(_ body: Span<UInt8>) -> ByteRange {
        let place = scan.readScalar(body)
        // A value may have an end that is no part of it, as `b'…'` has.
        scan.passValue(body)
        return ByteRange(offset: place.lowerBound, length: place.count)
    }
}

extension ByteRange {
    init(_ range: Range<Int>) { self.init(offset: range.lowerBound, length: range.count) }
}
