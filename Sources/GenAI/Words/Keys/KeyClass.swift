// SPDX-License-Identifier: Apache-2.0
import OTLP

/// The meaning of an attribute key that no dialect lists, by its words.
package enum KeyClass: Hashable, Sendable {
    /// The namespace of the words, which decides how far they count.
    package enum Namespace: UInt8, CaseIterable, Sendable {
        /// Under a prefix that is meant for usage: `gen_ai.usage.`, `llm.usage.`, `ai.usage.`, `usage.`.
        case usage
        /// Under an element for usage in a namespace of its own: `acme.usage.`, `response.raw.usage.`.
        case ownUsage
        /// In a namespace of its own, without an element for usage: `acme.llm.`.
        case own
        /// The key is nothing but the words: `prompt_tokens`.
        case bare
    }

    case usage(UsageMeaning, Namespace)
    case cost(CostMeaning, Namespace)
    /// The model: the requested one, the one that answered, or either.
    case model(Fact, Namespace)
    case provider(Namespace)
    /// The type or kind of the span, the observation or the request.
    case kind
    /// A text or list that may be an object with usage in it.
    case object
    /// The key has a word for tokens, but is no usage.
    case tokens

    /// Reads the key of an attribute; `nil` for a key that has nothing to do with usage.
    ///
    /// - Parameters:
    ///   - range: The key.
    ///   - body: The bytes.
    package init?(_ range: Range<Int>, in body: Span<UInt8>) {
        // Most keys have none of the words.
        guard Self.mayMatter(range, in: body), let key = KeyElements(range, in: body) else { return nil }
        if let found = Self.usage(key, range, in: body) ?? Self.party(key) ?? Self.kind(key) ?? Self.object(key) {
            self = found
            return
        }
        let all = key.union(from: 0)
        // What was asked for is no usage.
        guard all.has(.token), !all.has(.request) else { return nil }
        self = .tokens
    }

    /// Reads a key.
    ///
    /// - Parameter key: The key.
    package init?(_ key: String) {
        let bytes = Array(key.utf8)
        self.init(0..<bytes.count, in: bytes.span)
    }

    /// A count or a cost.
    private static func usage(_ key: KeyElements, _ range: Range<Int>, in body: Span<UInt8>) -> KeyClass? {
        if let prefix = prefixes.first(where: { isPrefix($0.text, of: range, in: body) }) {
            let words = key.union(from: prefix.elements)
            guard !prefix.needsTokens || key.lastWord == .token else { return nil }
            if let meaning = UsageMeaning(words) { return .usage(meaning, .usage) }
            return prefix.needsTokens ? nil : CostMeaning(words).map { .cost($0, .usage) }
        }
        let first = firstOfTail(key)
        guard first < key.count else { return nil }
        let path = key.union(from: 0, to: first)
        guard isOfCall(path) else { return nil }
        let words = key.union(from: first)
        let isBelowUsage =
            first > 0
            && (isUsage(key.words[first - 1]) || key.words[first - 1].has(.metrics) && words.has(.token))
        let namespace: Namespace = first == 0 ? .bare : isBelowUsage ? .ownUsage : .own
        if let meaning = UsageMeaning(words), isBelowUsage || words.has(.token) { return .usage(meaning, namespace) }
        // Other things cost money, too.
        guard isBelowUsage || path.has(.ai) else { return nil }
        return CostMeaning(words).map { .cost($0, namespace) }
    }

    /// The first of the last elements that consist of words for counts or costs alone.
    private static func firstOfTail(_ key: KeyElements) -> Int {
        var first = key.count
        while first > 0, key.words[first - 1].isSubset(of: tail), !isUsage(key.words[first - 1]) { first -= 1 }
        return first
    }

    private static let tail = UsageMeaning.vocabulary.union(CostMeaning.ownWords)

    /// A model or a provider.
    private static func party(_ key: KeyElements) -> KeyClass? {
        var last = key.count - 1
        var words = key.words[last]
        if words == .name, last > 0 {
            last -= 1
            words.formUnion(key.words[last])
        }
        let path = key.union(from: 0, to: last)
        guard isOfCall(path) else { return nil }
        let namespace: Namespace = last == 0 ? .bare : .own
        switch words {
        case .model, [.model, .name]:
            let fact: Fact = path.has(.output) ? .responseModel : path.has(.request) ? .requestModel : .model
            return .model(fact, namespace)
        case .provider, [.provider, .name]: return namespace == .bare ? nil : .provider(namespace)
        default: return nil
        }
    }

    /// What the span is: `….span.type`, `….observation.type`, `….span_kind`, `….request.type`.
    private static func kind(_ key: KeyElements) -> KeyClass? {
        let last = key.words[key.count - 1]
        guard key.lastWord == .type, last.isSubset(of: [.type, .span, .request]) else { return nil }
        return key.union(from: max(0, key.count - 2)).has([.span, .request]) ? .kind : nil
    }

    private static func object(_ key: KeyElements) -> KeyClass? {
        guard key.lastWord.has(carriers) else { return nil }
        let all = key.union(from: 0)
        return isOfCall(all) && !all.has(.request) ? .object : nil
    }

    /// Words that end the key of an object with usage in it.
    static let carriers: KeyWords = [.usage, .output, .result, .metadata, .raw, .metrics]

    /// Whether the values under these words are about one call: not a quotation in a prompt or answer, a sum or a limit.
    static func isOfCall(_ path: KeyWords) -> Bool {
        !path.has([.input, .content, .tool, .quoted, .sum, .total])
    }

    /// Whether an element says that usage follows: `usage`, `token_usage`, `usageMetadata`.
    static func isUsage(_ element: KeyWords) -> Bool {
        element.has(.usage) && element.isSubset(of: [.usage, .token, .metadata, .raw, .object, .filler])
    }

    private static let prefixes: [(text: [UInt8], elements: Int, needsTokens: Bool)] = [
        (Array("gen_ai.usage.".utf8), 2, false),
        (Array("llm.usage.".utf8), 2, false),
        (Array("ai.usage.".utf8), 2, false),
        (Array("usage.".utf8), 1, false),
        (Array("gen_ai.response.".utf8), 2, true),
    ]

    private static func isPrefix(_ prefix: [UInt8], of range: Range<Int>, in body: Span<UInt8>) -> Bool {
        prefix.count < range.count
            && body.begins(ByteRange(offset: range.lowerBound, length: range.count), with: prefix)
    }

    /// Whether a key has one of the words, or one that contains it, without which it cannot matter.
    private static func mayMatter(_ range: Range<Int>, in body: Span<UInt8>) -> Bool {
        guard range.count <= KeyElements.longestKey else { return false }
        let stems = Self.stems
        for index in range {
            let letter = body[index] | 0x20
            // Nearly every byte begins none of them.
            guard letter >= UInt8(ascii: "a"), letter <= UInt8(ascii: "z") else { continue }
            for stem in stems[Int(letter - UInt8(ascii: "a"))] where stem.count <= range.upperBound - index {
                if body.holdsIgnoringCase(stem, at: ByteRange(offset: index, length: stem.count)) { return true }
            }
        }
        return false
    }

    /// The words without which a key cannot matter, by their first letters.
    private static let stems: [[[UInt8]]] = {
        var stems = [[[UInt8]]](repeating: [], count: 26)
        let words = "token type kind usage cost model metadata metrics provider vendor output response result raw"
        for word in words.split(separator: " ") {
            let bytes = Array(word.utf8)
            stems[Int(bytes[0] - UInt8(ascii: "a"))].append(bytes)
        }
        return stems
    }()
}
