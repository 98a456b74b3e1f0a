// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Looks for usage in an object that no dialect describes, by the words of its members.
///
/// The object is usage itself, or carries it under members whose last words are usage, response, output, result, metadata or
/// raw. Members with a word of conversation, of a sum or of a limit are passed over with all that they hold, so that an answer
/// of an interface that is quoted in a prompt is not found. Details by modality may be a list, as Gemini has it.
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

    /// Reads the usage of an object.
    ///
    /// - Parameters:
    ///   - place: The text, JSON or what Python prints for a dictionary.
    ///   - words: The words of the key so far, if the object is usage; `nil` if it may only carry usage.
    ///   - body: The bytes.
    /// - Returns: `nil` for anything that is no object, is too long, or has no usage and no cost.
    static func read(at place: ByteRange, under words: KeyWords?, in body: Span<UInt8>) -> UsageByWords? {
        guard place.length <= UInt32(Self.longest) else { return nil }
        var object = UsageObject(place)
        object.scan.passSpace(body)
        guard object.scan.position < object.scan.end, body[object.scan.position] == .openBrace else { return nil }
        if let words { object.walkUsage(words, 0, body) } else { object.walkCarrier(0, body) }
        return object.usage.stated != 0 || object.usage.cost != nil ? object.usage : nil
    }

    /// Reads the usage of a list of keys and values.
    ///
    /// - Parameters:
    ///   - place: The place of a structured value: protobuf, or the JSON of OTLP/JSON.
    ///   - words: As for an object.
    ///   - body: The bytes.
    /// - Returns: As for an object.
    static func read(listAt place: ByteRange, under words: KeyWords?, in body: Span<UInt8>) -> UsageByWords? {
        guard place.length > 0, place.length <= UInt32(Self.longest) else { return nil }
        var object = UsageObject(place)
        object.walkList(place, words, 0, body)
        return object.usage.stated != 0 || object.usage.cost != nil ? object.usage : nil
    }

    /// Goes through a list of keys and values, and through lists in it.
    private mutating func walkList(_ place: ByteRange, _ outer: KeyWords?, _ depth: Int, _ body: Span<UInt8>) {
        guard depth < Self.deepest else { return }
        for (key, value) in Self.members(at: place, in: body) {
            let range = Int(key.offset)..<Int(key.offset + key.length)
            guard let elements = KeyElements(range, in: body) else { continue }
            let words = elements.union(from: 0)
            switch (outer, value) {
            case (let outer?, .structured(let inner)) where words.isSubset(of: Self.vocabulary):
                walkList(inner, outer.union(words), depth + 1, body)
            case (let outer?, _) where words.isSubset(of: Self.vocabulary): usage.take(outer.union(words), value, body)
            case (nil, .structured(let inner)) where KeyClass.isUsage(words): walkList(inner, [], depth + 1, body)
            case (nil, .structured(let inner))
            where elements.lastWord.has(KeyClass.carriers) && KeyClass.isOfCall(words):
                walkList(inner, nil, depth + 1, body)
            default: break
            }
        }
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

    /// Looks for members with usage in them.
    private mutating func walkCarrier(_ depth: Int, _ body: Span<UInt8>) {
        scan.position += 1
        while names < Self.mostNames, let name = scan.nextMember(body) {
            names += 1
            guard scan.position < scan.end, body[scan.position] == .openBrace, depth < Self.deepest,
                let key = KeyElements(name, in: body)
            else {
                scan.passValue(body)
                continue
            }
            let words = key.union(from: 0)
            if KeyClass.isUsage(words) {
                walkUsage([], depth + 1, body)
            } else if key.lastWord.has(KeyClass.carriers), KeyClass.isOfCall(words) {
                walkCarrier(depth + 1, body)
            } else {
                scan.passValue(body)
            }
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
