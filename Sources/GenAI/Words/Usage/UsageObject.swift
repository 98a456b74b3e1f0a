// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Looks for usage in an object that no dialect describes, by the words of its members.
///
/// The object is usage itself, or a provider's whole answer (``AnswerShape``), which may be under members whose last words are
/// response, output, result, metadata or raw. The reader skips members with a word of conversation, of a sum or of a limit, and
/// everything in them, so it does not find an interface's answer that a prompt quotes. Details by modality may be a list, as
/// Gemini has it.
struct UsageObject: ~Copyable {
    /// Longer texts are not looked at, in bytes.
    static let longest = 65_536
    static let deepest = 6
    /// How many names of members are looked at; usage has few.
    static let mostNames = 1_024

    var scan: ObjectScanner
    var usage = UsageByWords()
    var names = 0

    init(_ range: ByteRange) {
        scan = ObjectScanner(range, longest: Self.longest)
    }

    /// What an object under a key may be.
    enum Kind {
        /// Usage, under the words of the key so far.
        case usage(KeyWords)
        /// Figures of a call: those whose names have a word for tokens are usage.
        case metrics
        /// An answer of one of some models with usage in it. Under `response` or `raw` it is what the interface sent rather than
        /// what the model said.
        case answer(models: [ByteRange], isReply: Bool)
        /// Metadata about an answer, which neither a model nor a tool writes: usage in it needs no further members.
        case metadata
    }

    /// Reads the usage of an object.
    ///
    /// - Parameters:
    ///   - range: The text, JSON or what Python prints for a dictionary.
    ///   - kind: What it may be.
    ///   - body: The bytes.
    /// - Returns: `nil` for anything that is no object, is too long, or has no usage and no cost.
    static func read(at range: ByteRange, as kind: Kind, in body: Span<UInt8>) -> UsageByWords? {
        guard range.length <= UInt32(Self.longest) else { return nil }
        var object = UsageObject(range)
        object.scan.passSpace(body)
        guard object.scan.position < object.scan.end, body[object.scan.position] == .openBrace else { return nil }
        switch kind {
        case .usage(let words): object.walkUsage(words, 0, body)
        case .metrics:
            object.walkMetrics(0, body)
            // Other figures may have a cost, too.
            if object.usage.stated == 0 { return nil }
        case .answer(let models, let isReply): object.walkAnswer(models, isReply ? .reply : .text, 0, body)
        case .metadata: object.walkAnswer([], .metadata, 0, body)
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
    ///   - range: The range of a structured value: protobuf, or the JSON of OTLP/JSON.
    ///   - kind: As for an object.
    ///   - body: The bytes.
    /// - Returns: As for an object.
    static func read(listAt range: ByteRange, as kind: Kind, in body: Span<UInt8>) -> UsageByWords? {
        guard range.length > 0, range.length <= UInt32(Self.longest) else { return nil }
        var object = UsageObject(range)
        switch kind {
        case .usage(let words): object.walkList(range, words, 0, body)
        case .metrics:
            object.walkMetricsList(range, body)
            if object.usage.stated == 0 { return nil }
        // A list of keys and values is never what a model said.
        case .answer(let models, _): object.walkAnswerList(range, models, .reply, 0, body)
        case .metadata: object.walkAnswerList(range, [], .metadata, 0, body)
        }
        return object.found
    }

    /// Reads the figures for tokens and money, which may be in a `value` next to its type.
    mutating func walkMetrics(_ depth: Int, _ body: Span<UInt8>) {
        scan.position += 1
        while names < Self.mostNames, let name = scan.nextMember(body) {
            names += 1
            guard scan.position < scan.end else { return }
            let words = KeyElements.words(of: name, in: body)
            switch body[scan.position] {
            case .openBrace where depth == 0 && body.holds(Self.value, at: ByteRange(name)): walkMetrics(1, body)
            case .openBrace where words.isSubset(of: Self.vocabulary) && words.has(.token): walkUsage(words, 1, body)
            case .openBrace, .openBracket, .openParenthesis: scan.passValue(body)
            case _ where words.isSubset(of: Self.vocabulary) && words.has([.token, .cost]):
                usage.take(words, .string(readValue(body)), body)
            default: scan.passValue(body)
            }
        }
    }

    /// Reads the members of usage, or of details of it.
    mutating func walkUsage(_ outer: KeyWords, _ depth: Int, _ body: Span<UInt8>) {
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

    static let vocabulary = UsageMeaning.vocabulary.union(CostMeaning.ownWords)

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
                let indices = Int(value.offset)..<Int(value.offset + value.length)
                modality = KeyElements.words(of: indices, in: body)
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
    mutating func readValue(_ body: Span<UInt8>) -> ByteRange {
        let indices = scan.readScalar(body)
        // A value may have an end that is no part of it, as `b'…'` has.
        scan.passValue(body)
        return ByteRange(offset: indices.lowerBound, length: indices.count)
    }
}

extension ByteRange {
    init(_ range: Range<Int>) { self.init(offset: range.lowerBound, length: range.count) }
}
