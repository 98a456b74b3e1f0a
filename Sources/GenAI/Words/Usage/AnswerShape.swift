// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Tells by its members whether an object is a provider's whole answer, with the usage of the call in it.
///
/// The text of an answer is the model's own: asked for JSON, the model writes any member, and a tool's result may quote an answer
/// of another call. So a member named `usage` alone shows nothing. An answer as the provider sends it has further members that
/// only the interface writes.
///
/// - SeeAlso: OpenAI API reference, chat completions (`choices`, `id`, `object`) and responses (`output`, `id`, `object`);
///   Anthropic API reference, Messages (`content`, `role`, `stop_reason`); Gemini API reference, `GenerateContentResponse`
///   (`candidates`, `usageMetadata`, `modelVersion`); Amazon Bedrock API reference, Converse (`output`, `stopReason`,
///   `metrics`); Cohere API reference, Chat v2 (`message`, `finish_reason`).
struct AnswerShape {
    private struct Members: OptionSet {
        let rawValue: UInt16

        static let choices = Members(rawValue: 1)
        static let candidates = Members(rawValue: 2)
        static let contentList = Members(rawValue: 4)
        static let role = Members(rawValue: 8)
        static let type = Members(rawValue: 16)
        static let stopReason = Members(rawValue: 32)
        static let output = Members(rawValue: 64)
        static let id = Members(rawValue: 128)
        static let object = Members(rawValue: 256)
        static let metrics = Members(rawValue: 512)
        static let interface = Members(rawValue: 1_024)
        static let model = Members(rawValue: 2_048)
        static let otherModel = Members(rawValue: 4_096)
    }

    /// How the value of a member begins.
    enum Value {
        case text(ByteRange)
        case object
        /// It is an object or a list.
        case nested
        /// A list whose first element is an object, or without elements.
        case listOfObjects
        case other
    }

    private var found: Members = []
    private var count = 0
    private var hasCompoundUsage = false

    /// Notes a member.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - value: How its value begins.
    ///   - models: The models that the call is of.
    ///   - body: The bytes.
    mutating func note(_ name: ByteRange, _ value: Value, models: [ByteRange], _ body: Span<UInt8>) {
        count += 1
        switch (Self.names[Self.squeezed(name, body)], value) {
        case (.model?, .text(let model)):
            guard !models.isEmpty else { return }
            found.insert(models.contains { Self.agree($0, model, body) } ? .model : .otherModel)
        case (.interface?, _): found.insert(.interface)
        case (let member?, .text) where Self.texts.contains(member): found.insert(member)
        case (let member?, .object) where Self.objects.contains(member): found.insert(member)
        case (let member?, .nested) where !Self.texts.contains(member): found.insert(member)
        case (let member?, .listOfObjects) where Self.lists.contains(member): found.insert(member)
        default: break
        }
    }

    /// Notes the member that is the usage.
    ///
    /// - Parameter words: The words of its name; only interfaces write `usageMetadata` and `token_usage`, while a model may
    ///   write `usage`.
    mutating func noteUsage(_ words: KeyWords) {
        count += 1
        hasCompoundUsage = hasCompoundUsage || words != .usage
    }

    /// Whether the object names a model that the call is not of.
    var isOfAnotherModel: Bool { found.contains(.otherModel) }

    /// Whether the object is a provider's answer, and of a model of the call as far as it names one.
    var isAnswer: Bool {
        if isOfAnotherModel { return false }
        if !found.isDisjoint(with: [.model, .interface, .stopReason]) { return true }
        if found.contains(.choices) { return !found.isDisjoint(with: [.id, .object]) }
        if found.contains(.candidates) || count == 1 { return hasCompoundUsage }
        if found.contains(.contentList) { return !found.isDisjoint(with: [.role, .type]) && found.contains(.id) }
        return found.contains(.output) && (found.contains(.metrics) || found.isSuperset(of: [.id, .object]))
    }

    private static let texts: Members = [.role, .type, .stopReason, .id, .object]
    private static let objects: Members = [.output, .metrics]
    private static let lists: Members = [.choices, .candidates, .contentList, .output]

    private static let names: [UInt128: Members] = {
        let names: [(names: String, member: Members)] = [
            ("choices", .choices), ("candidates", .candidates), ("content", .contentList), ("role", .role),
            ("type", .type), ("stopreason finishreason", .stopReason), ("output", .output), ("id", .id),
            ("object", .object), ("metrics", .metrics),
            // What Amazon's libraries add to each answer.
            ("$metadata responsemetadata", .interface),
            ("model modelid modelname modelversion", .model),
        ]
        var table: [UInt128: Members] = [:]
        for (words, member) in names {
            for word in words.split(separator: " ") {
                table[word.utf8.reduce(0) { KeyWords.pack($0, $1) }] = member
            }
        }
        return table
    }()

    /// A name in lower case without underscores, packed; 0 for one that is too long.
    private static func squeezed(_ name: ByteRange, _ body: Span<UInt8>) -> UInt128 {
        var letters: UInt128 = 0
        guard name.length <= 20 else { return 0 }
        for index in name.indices where body[index] != UInt8(ascii: "_") {
            guard letters >> 120 == 0 else { return 0 }
            letters = KeyWords.pack(letters, body[index] | 0x20)
        }
        return letters
    }

    /// Whether two names mean one model: one is the other with a path or a maker before it, or a date or version behind it.
    static func agree(_ first: ByteRange, _ second: ByteRange, _ body: Span<UInt8>) -> Bool {
        let (short, long) = first.length <= second.length ? (first, second) : (second, first)
        guard short.length > 0 else { return false }
        for start in Int(long.offset)...Int(long.offset + long.length - short.length)
        where start == Int(long.offset) || endsMaker(start - 1, of: long, body) {
            let rest = start + Int(short.length)..<Int(long.offset + long.length)
            guard rest.allSatisfy({ isOfVersion(body[$0]) }) || body.holds(latest, at: ByteRange(rest)) else {
                continue
            }
            if (0..<Int(short.length)).allSatisfy({ body[start + $0].small == body[Int(short.offset) + $0].small }) {
                return true
            }
        }
        return false
    }

    /// Whether a path or a maker's name ends here, and not a number with a point in it.
    private static func endsMaker(_ index: Int, of name: ByteRange, _ body: Span<UInt8>) -> Bool {
        if body[index] == UInt8(ascii: "/") { return true }
        return body[index] == UInt8(ascii: ".") && index > Int(name.offset) && body[index - 1] > UInt8(ascii: "9")
    }

    private static func isOfVersion(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "@"), UInt8(ascii: ":"),
            UInt8(ascii: "."), UInt8(ascii: "v"):
            true
        default: false
        }
    }

    private static let latest = Array("-latest".utf8)
}

extension UInt8 {
    fileprivate var small: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}
