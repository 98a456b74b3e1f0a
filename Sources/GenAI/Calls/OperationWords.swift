// SPDX-License-Identifier: Apache-2.0
import OTLP

/// The words of an operation's name in any spelling: `count_tokens`, `countTokens`, `models.countTokens`.
///
/// There is no closed list of operations: instrumentations name them after functions of client libraries. The verb and the noun
/// of a function say what it does.
struct OperationWords {
    private var found: Found = []
    /// Whether every word is one of bookkeeping: its verbs, its nouns, and what stands between them.
    private var isBookkeeping = true

    private struct Found: OptionSet {
        let rawValue: UInt8

        static let embedding = Found(rawValue: 1)
        static let ranking = Found(rawValue: 2)
        /// Another word of inference.
        static let inference = Found(rawValue: 4)
        static let token = Found(rawValue: 8)
        static let counting = Found(rawValue: 16)
        static let tokenizing = Found(rawValue: 32)
        static let verb = Found(rawValue: 64)
        static let noun = Found(rawValue: 128)
    }

    /// Reads the words of a text of at most 128 bytes; a longer one has none.
    init(_ range: ByteRange, in body: Span<UInt8>) {
        guard range.length <= Self.longest else {
            isBookkeeping = false
            return
        }
        var word = Self.noWord
        var wasLower = false
        for index in range.indices {
            let byte = body[index]
            let isUpper = byte >= 0x41 && byte <= 0x5A
            let isLower = byte >= 0x61 && byte <= 0x7A
            if !(isUpper || isLower) || (isUpper && wasLower) {
                take(word)
                word = Self.noWord
            }
            if isUpper || isLower { word = Self.adding(byte | 0x20, to: word) }
            wasLower = isLower
        }
        take(word)
    }

    // A word is identified by a hash of its letters in lower case (FNV-1a, 64 bits).
    private static var noWord: UInt64 { 0xCBF2_9CE4_8422_2325 }

    @inline(__always)
    private static func adding(_ letter: UInt8, to word: UInt64) -> UInt64 {
        (word ^ UInt64(letter)) &* 0x0000_0100_0000_01B3
    }

    /// Whether the operation is free whatever counts its span has: it counts tokens, or keeps models, files or batches.
    var neverBills: Bool {
        if countsTokens { return true }
        guard found.isDisjoint(with: [.embedding, .ranking, .inference]) else { return false }
        return isBookkeeping && found.isSuperset(of: [.verb, .noun])
    }

    /// The operation of the conventions that the words mean, or `nil`.
    var operation: KnownOperation? {
        if found.contains(.embedding) { return .embeddings }
        return found.contains(.ranking) ? .rerank : nil
    }

    /// Whether it says that tokens are counted, or text is split into them.
    var countsTokens: Bool { found.contains(.tokenizing) || found.isSuperset(of: [.token, .counting]) }

    private mutating func take(_ word: UInt64) {
        guard word != Self.noWord else { return }
        var isKnown = false
        for (words, meaning) in Self.meanings where words.contains(word) {
            found.insert(meaning)
            isKnown = isKnown || meaning == .verb || meaning == .noun
        }
        if !isKnown, !Self.betweens.contains(word) { isBookkeeping = false }
    }

    private static let longest = 128

    private static let meanings: [(words: [UInt64], meaning: Found)] = [
        (
            pack("embed", "embeds", "embedding", "embeddings", "embedder", "aembed", "aembedding", "aembeddings"),
            .embedding
        ),
        (pack("rerank", "reranker", "reranking", "arerank"), .ranking),
        (
            pack(
                "chat", "achat", "complete", "completion", "completions", "generate", "generation", "generations",
                "infer", "inference",
                "predict", "prediction", "predictions", "converse", "invoke", "response", "responses", "answer",
                "transcribe",
                "transcription", "translate", "translation", "speech", "summarize", "summarise", "stream", "streaming"),
            .inference
        ),
        (pack("token", "tokens"), .token),
        (pack("count", "counts", "counting", "counter", "compute", "estimate", "num", "number"), .counting),
        (
            pack("tokenize", "tokenise", "tokenizer", "tokeniser", "tokenization", "detokenize", "detokenise"),
            .tokenizing
        ),
        (
            pack(
                "create", "acreate", "get", "aget", "list", "alist", "cancel", "acancel", "retrieve", "aretrieve",
                "delete", "adelete", "fetch", "upload"), .verb
        ),
        (pack("model", "models", "file", "files", "batch", "batches"), .noun),
    ]

    /// Words that may be next to a verb and a noun of bookkeeping: parts of paths and of names of clients.
    private static let betweens = pack(
        "a", "all", "api", "async", "beta", "by", "client", "content", "contents", "fine", "id", "info", "messages",
        "metadata", "of", "tuned", "v")

    private static func pack(_ words: String...) -> [UInt64] {
        words.map { word in word.utf8.reduce(noWord) { adding($1, to: $0) } }
    }
}
