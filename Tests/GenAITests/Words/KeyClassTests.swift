// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing

/// Keys that no dialect lists are read by their words, and by nothing else.
@Suite struct KeyClassTests {
    @Test(arguments: [
        ("gen_ai.usage.cached_tokens", Fact.cacheRead),
        ("gen_ai.usage.input_tokens.cached", .cacheRead),
        ("gen_ai.usage.prompt_tokens_details.cached_tokens", .cacheRead),
        ("gen_ai.usage.cache_hit_tokens", .cacheRead),
        ("gen_ai.usage.cachedContentTokenCount", .cacheRead),
        ("gen_ai.usage.cache_read.audio_tokens", .cacheReadAudio),
        ("gen_ai.usage.cacheTokensDetails.image", .cacheReadImage),
        ("gen_ai.usage.cached_creation_tokens", .cacheWrite),
        ("gen_ai.usage.input_cache_write", .cacheWrite),
        ("gen_ai.usage.details.ephemeral_1h_input_tokens", .cacheWrite1h),
        ("gen_ai.usage.cache_write_5m_tokens", .cacheWrite5m),
        ("gen_ai.usage.cache.creation.1h", .cacheWrite1h),
        ("gen_ai.usage.prompt_cache_miss_tokens", .inputUncached),
        ("gen_ai.usage.non_cached_input_tokens", .inputUncached),
        ("ai.usage.noCacheTokens", .inputUncached),
        ("gen_ai.usage.fresh_input_tokens", .inputUncached),
        ("gen_ai.usage.thinking_tokens", .reasoning),
        ("gen_ai.usage.output_tokens.reasoning", .reasoning),
        ("llm.usage.thoughtsTokenCount", .reasoning),
        ("gen_ai.usage.audio_input_tokens", .inputAudio),
        ("gen_ai.usage.output_image_tokens", .outputImage),
        ("gen_ai.usage.candidates_tokens_details.video", .outputVideo),
        ("gen_ai.usage.candidates_token_count", .outputVisible),
        ("gen_ai.usage.tool_use_prompt_tokens", .inputBeside),
        ("gen_ai.usage.total_token_count", .total),
        ("usage.completion_tokens", .output),
        ("usage.promptTokens", .input),
        ("gen_ai.response.output_tokens", .output),
        ("gen_ai.response.promptTokens", .input),
    ])
    func `the words of a key under a prefix for usage say what it counts`(_ row: (key: String, fact: Fact)) {
        #expect(KeyClass(row.key) == .usage(.fact(row.fact), .usage))
    }

    @Test(arguments: [
        "gen_ai.usage.text.input_tokens", "gen_ai.usage.details.text_prompt_tokens", "gen_ai.usage.output_text_tokens",
        "gen_ai.usage.accepted_prediction_tokens", "gen_ai.usage.completion_tokens_details.rejected_prediction_tokens",
        "gen_ai.usage.tool_use_prompt_tokens_details.audio", "gen_ai.usage.text.cache_read.input_tokens",
    ])
    func `a part that costs what the rest costs is known and states nothing`(_ key: String) {
        #expect(KeyClass(key) == .usage(.part, .usage))
    }

    @Test(arguments: [
        "gen_ai.usage.max_output_tokens", "gen_ai.usage.input_tokens_per_minute", "gen_ai.usage.remaining_tokens",
        "gen_ai.usage.session.input_tokens", "usage.total_input_tokens", "gen_ai.usage.input_output_tokens",
        "gen_ai.usage.audio_tokens", "gen_ai.usage.audio_image_input_tokens", "gen_ai.usage.tokens",
        "gen_ai.usage.reasoning_input_tokens", "gen_ai.usage.cached_output_tokens", "gen_ai.usage.num_input_tokens",
        "gen_ai.usage.cache_read_write_tokens", "gen_ai.usage.read_tokens", "gen_ai.usage.tool_tokens",
        "gen_ai.usage.cache_5m_1h_tokens", "gen_ai.usage.input_tokens_1h", "gen_ai.usage.content_tokens",
        "session.input_tokens", "acme.turn.token_usage.input_tokens", "acme.total.usage.input_tokens",
        "acme.prompt.usage.input_tokens", "tool.usage.input_tokens", "message.usage.output_tokens",
        "document.input_tokens", "acme.arguments.usage.prompt_tokens",
    ])
    func `a key with another word, or words that contradict each other, is no usage`(_ key: String) {
        #expect(KeyClass(key) == .tokens)
    }

    @Test(arguments: [
        "gen_ai.usage.input_cost_eur", "gen_ai.request.max_tokens", "gen_ai.prompt.0.content", "http.method",
        "server.address",
        "gen_ai.input.messages", "gen_ai.output.messages", "tool.output", "input.metadata", "message.result",
        "prompt.raw",
        "documents.response", "order.cost", "cost", "gen_ai.usage.cost_ticks", "gen_ai.usage.estimated_cost", "", ".",
        "é.usage",
        "provider",
    ])
    func `other keys mean nothing`(_ key: String) {
        #expect(KeyClass(key) == nil)
    }

    @Test(arguments: [
        ("acme.usage.input_tokens", KeyClass.usage(.fact(.input), .ownUsage)),
        ("response.raw.usage.prompt_tokens_details.cached_tokens", .usage(.fact(.cacheRead), .ownUsage)),
        ("metadata.usage.cached_prompt_tokens", .usage(.fact(.cacheRead), .ownUsage)),
        ("acme.usageMetadata.candidatesTokenCount", .usage(.fact(.outputVisible), .ownUsage)),
        ("acme.token_usage.prompt", .usage(.fact(.input), .ownUsage)),
        ("acme.llm.prompt_tokens", .usage(.fact(.input), .own)),
        ("acme.llm.token_count.completion", .usage(.fact(.output), .own)),
        ("prompt_tokens", .usage(.fact(.input), .bare)),
        ("cachedTokens", .usage(.fact(.cacheRead), .bare)),
        ("llm.model", .model(.model, .own)),
        ("acme.llm.model_name", .model(.model, .own)),
        ("acme.model.name", .model(.model, .own)),
        ("response.raw.model", .model(.responseModel, .own)),
        ("acme.request.modelName", .model(.requestModel, .own)),
        ("model_name", .model(.model, .bare)),
        ("acme.llm.provider", .provider(.own)),
        ("acme.llm.usage", .object),
        ("usage", .object),
        ("genkit:output", .object),
        ("acme.response", .object),
        ("acme.usage.raw", .object),
        ("acme.responseMetadata", .object),
    ])
    func `keys under names of the sender's own say where they stand`(_ row: (key: String, meaning: KeyClass)) {
        #expect(KeyClass(row.key) == row.meaning)
    }

    @Test(arguments: [
        ("gen_ai.usage.total_cost", CostMeaning(share: .total, unit: .dollars), KeyClass.Namespace.usage),
        ("gen_ai.usage.cost_usd", CostMeaning(share: .total, unit: .dollars), .usage),
        ("gen_ai.usage.input_cost", CostMeaning(share: .input, unit: .dollars), .usage),
        ("llm.usage.completionCost", CostMeaning(share: .output, unit: .dollars), .usage),
        ("gen_ai.usage.cost_in_usd_ticks", CostMeaning(share: .total, unit: .ticks), .usage),
        ("acme.usage.cost_usd_micros", CostMeaning(share: .total, unit: .micros), .ownUsage),
        ("llm.cost.prompt", CostMeaning(share: .input, unit: .dollars), .own),
    ])
    func `costs are read by their words, in units whose size is known`(
        _ row: (key: String, cost: CostMeaning, namespace: KeyClass.Namespace)
    ) {
        #expect(KeyClass(row.key) == .cost(row.cost, row.namespace))
    }

    /// Words of each class, one spelling of each.
    private static let classes: [(words: [String], fact: Fact)] = [
        (["input", "tokens"], .input), (["prompt", "token", "count"], .input), (["completion", "tokens"], .output),
        (["output", "tokens", "details"], .output), (["response", "tokens"], .output), (["total", "tokens"], .total),
        (["cached", "tokens"], .cacheRead), (["cache", "read", "input", "tokens"], .cacheRead),
        (["prompt", "cache", "hit", "tokens"], .cacheRead), (["cache", "creation", "input", "tokens"], .cacheWrite),
        (["cache", "write", "tokens"], .cacheWrite), (["cache", "created", "token", "count"], .cacheWrite),
        (["cache", "creation", "ephemeral", "5m", "input", "tokens"], .cacheWrite5m),
        (["ephemeral", "1h", "input", "tokens"], .cacheWrite1h), (["cache", "write", "1h", "tokens"], .cacheWrite1h),
        (["uncached", "input", "tokens"], .inputUncached), (["prompt", "cache", "miss", "tokens"], .inputUncached),
        (["reasoning", "tokens"], .reasoning), (["output", "thoughts", "token", "count"], .reasoning),
        (["audio", "input", "tokens"], .inputAudio), (["image", "prompt", "tokens"], .inputImage),
        (["video", "input", "token", "details"], .inputVideo),
        (["audio", "cache", "read", "input", "tokens"], .cacheReadAudio),
        (["cached", "image", "tokens"], .cacheReadImage), (["audio", "completion", "tokens"], .outputAudio),
        (["image", "output", "tokens"], .outputImage), (["video", "candidates", "tokens"], .outputVideo),
        (["tool", "use", "prompt", "token", "count"], .inputBeside),
        (["candidates", "token", "count"], .outputVisible),
    ]

    /// Writes words in one of the styles in which keys are written.
    private static func spell(_ words: [String], style: Int) -> String {
        func capitalized(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }
        return switch style {
        case 0: words.joined(separator: "_")
        case 1: words.joined(separator: ".")
        case 2: words.joined(separator: "-")
        case 3: words[0] + words.dropFirst().map(capitalized).joined()
        case 4: words.map(capitalized).joined()
        case 5: words.map { $0.uppercased() }.joined(separator: "_")
        case 6: words.joined()
        case 7:
            words[0] + words.dropFirst().map { $0.first?.isNumber == true ? $0.uppercased() : capitalized($0) }.joined()
        default: words.map(capitalized).joined(separator: "-")
        }
    }

    @Test(arguments: [11, 12, 13, 14] as [UInt64])
    func `any order of words, any case and any separators give the same class`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for (words, fact) in Self.classes {
            for _ in 0..<24 {
                var words = words
                words.shuffle(using: &random)
                let key = "gen_ai.usage." + Self.spell(words, style: Int.random(in: 0..<9, using: &random))
                #expect(KeyClass(key) == .usage(.fact(fact), .usage), "\(key)")
            }
        }
    }

    private static let foreign = [
        "max", "min", "limit", "remaining", "budget", "per", "minute", "session", "average", "saved", "embedding",
        "search",
        "batch", "draft", "speculative", "estimated", "turn", "price", "rate", "duration", "seconds", "retries",
        "character",
        "chars", "words", "overhead", "system", "user", "history", "window", "quota", "x7", "zz", "tokenizer", "inputs",
    ]

    @Test(arguments: [21, 22, 23, 24] as [UInt64])
    func `a foreign word anywhere makes a key no usage`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for (words, _) in Self.classes {
            for _ in 0..<24 {
                var words = words
                let word = Self.foreign.randomElement(using: &random) ?? "max"
                words.insert(word, at: Int.random(in: 0...words.count, using: &random))
                let key = "gen_ai.usage." + Self.spell(words, style: Int.random(in: 0..<9, using: &random))
                switch KeyClass(key) {
                case .usage, .cost: Issue.record("\(key) is taken for usage")
                default: break
                }
            }
        }
    }

    @Test func `keys of random bytes are read without a trap`() {
        var random = SeededGenerator(seed: 31)
        let letters = Array("gen_ai.usage.tokens5mhIOT-:/ é\u{0}".utf8)
        for _ in 0..<3_000 {
            let count = Int.random(in: 0...200, using: &random)
            let bytes = (0..<count).map { _ in letters.randomElement(using: &random) ?? 0 }
            _ = KeyClass(0..<bytes.count, in: bytes.span)
        }
    }
}
