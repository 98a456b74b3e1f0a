// SPDX-License-Identifier: Apache-2.0

/// What a count of tokens is, by the words of its key.
///
/// - SeeAlso: OpenTelemetry semantic conventions, generative AI, `gen_ai.usage.…`; the usage objects of OpenAI, Anthropic,
///   Gemini, Amazon Bedrock and DeepSeek, as listed at ``ProviderUsage``.
package enum UsageMeaning: Hashable, Sendable {
    /// The count is this fact.
    case fact(Fact)
    /// The count lies inside another one and is billed like the rest of it: text, accepted predictions.
    case part

    /// Reads the words of a key; `nil` for words that name no count, contradict each other, or include a foreign one.
    ///
    /// - Parameter words: All of them, whatever their order.
    package init?(_ words: KeyWords) {
        guard words.isSubset(of: Self.vocabulary), let meaning = Self.meaning(of: words.subtracting(Self.fillers))
        else {
            return nil
        }
        self = meaning
    }

    private static let fillers: KeyWords = [.token, .filler]
    private static let modalities: KeyWords = [.text, .audio, .image, .video]
    private static let outputs: KeyWords = [.output, .completion, .candidates]
    private static let lifetimes: KeyWords = [.fiveMinutes, .oneHour]

    /// Every word that the key of a count may have.
    static let vocabulary: KeyWords = [
        .input, .output, .completion, .candidates, .cache, .read, .write, .uncached, .not, .fiveMinutes, .oneHour,
        .ephemeral, .reasoning, .text, .audio, .image, .video, .prediction, .judged, .total, .tool, .use, .content,
        .token,
        .filler,
    ]

    private static func meaning(of words: KeyWords) -> UsageMeaning? {
        let modality = words.intersection(modalities)
        // A count of two modalities, or of both sides, is none of a class.
        guard modality.isEmpty || modality.rawValue.nonzeroBitCount == 1 else { return nil }
        guard !(words.has(.input) && words.has(outputs)) else { return nil }
        let rest = words.subtracting(modalities)
        if rest.has([.total]) { return words == .total ? .fact(.total) : nil }
        if rest.has([.prediction, .judged]) {
            return rest.has(.prediction) && modality.isEmpty
                && rest.isSubset(of: outputs.union([.prediction, .judged])) ? .part : nil
        }
        if rest.has([.tool, .use]) {
            guard rest == [.tool, .use, .input] else { return nil }
            return modality.isEmpty ? .fact(.inputBeside) : .part
        }
        if rest.has(.reasoning) {
            return modality.isEmpty && rest.isSubset(of: outputs.union(.reasoning)) ? .fact(.reasoning) : nil
        }
        if rest.has(cacheWords) { return cached(rest, modality) }
        return side(rest, modality)
    }

    private static let cacheWords: KeyWords = [
        .cache, .read, .write, .uncached, .not, .fiveMinutes, .oneHour, .ephemeral, .content,
    ]

    /// What was read from the cache, written to it, or not in it; all of it lies in the input.
    private static func cached(_ words: KeyWords, _ modality: KeyWords) -> UsageMeaning? {
        // `cachedContent` is Gemini's word for the cache.
        let words = words.subtracting(words.has(.cache) ? [.input, .content] : .input)
        if words.has([.uncached, .not]) {
            // `uncached`, `cache miss`, `non-cached`.
            let isPlain = words == .uncached || words == [.uncached, .cache] || words == [.not, .cache]
            return isPlain && modality.isEmpty ? .fact(.inputUncached) : nil
        }
        if words == .cache || words == [.cache, .read] {
            switch modality {
            case []: return .fact(.cacheRead)
            case .audio: return .fact(.cacheReadAudio)
            case .image: return .fact(.cacheReadImage)
            default: return .part
            }
        }
        guard words.has([.cache, .ephemeral]), words.has([.write, .fiveMinutes, .oneHour]),
            words.isSubset(of: lifetimes.union([.cache, .ephemeral, .write])), !words.isSuperset(of: lifetimes)
        else { return nil }
        guard modality.isEmpty else { return .part }
        if words.has(.fiveMinutes) { return .fact(.cacheWrite5m) }
        return .fact(words.has(.oneHour) ? .cacheWrite1h : .cacheWrite)
    }

    /// A side, or a modality's part of it.
    private static func side(_ words: KeyWords, _ modality: KeyWords) -> UsageMeaning? {
        if words == .input {
            switch modality {
            case []: return .fact(.input)
            case .audio: return .fact(.inputAudio)
            case .image: return .fact(.inputImage)
            case .video: return .fact(.inputVideo)
            default: return .part
            }
        }
        guard !words.isEmpty, words.isSubset(of: outputs) else { return nil }
        switch modality {
        case []: return .fact(words.has(.candidates) ? .outputVisible : .output)
        case .audio: return .fact(.outputAudio)
        case .image: return .fact(.outputImage)
        case .video: return .fact(.outputVideo)
        default: return .part
        }
    }
}
