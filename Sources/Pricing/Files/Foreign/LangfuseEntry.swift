// SPDX-License-Identifier: Apache-2.0
import Documents
import GenAI

/// Reads a model in Langfuse's format: a name, a regular expression, and dollars per token.
///
/// Langfuse's format has no provider, so the operator adds one to each entry; the rest may stay as exported.
enum LangfuseEntry {
    /// The keys of the format.
    static let keys = [
        "modelName", "model_name", "startDate", "start_date", "inputPrice", "input_price", "outputPrice",
        "output_price", "totalPrice", "total_price", "unit", "tokenizerId", "tokenizer_id", "tokenizerConfig",
        "tokenizer_config", "createdAt", "updatedAt", "isLangfuseManaged",
    ]

    /// Whether an entry is in Langfuse's format.
    static func isOne(_ model: DocumentMapping) -> Bool { model["modelName"] != nil || model["model_name"] != nil }

    /// Reads an entry.
    static func model(_ node: DocumentNode, _ model: DocumentMapping) throws(DocumentError) -> PriceFile.Model {
        func value(_ camel: String, _ snake: String) -> DocumentNode? { model[camel] ?? model[snake] }
        let name = if let name = model["modelName"] { name } else { try model.required("model_name") }
        if let unit = model["unit"], try unit.string().uppercased() != "TOKENS" {
            throw unit.unexpected("be TOKENS; other units are written as fees")
        }
        if let total = value("totalPrice", "total_price") {
            throw total.unexpected("be left out; give inputPrice and outputPrice")
        }
        _ = try model.required("provider")
        var entry = PriceEntry()
        if let start = value("startDate", "start_date") {
            guard let day = dayNumber(of: try start.string().prefix(10)) else {
                throw start.unexpected("be a date such as 2026-05-01")
            }
            entry.days.from = day
        }
        var prices: [(key: String, node: DocumentNode)] = []
        for price in try model["prices"]?.mapping().entries ?? [] { prices.append((price.key, price.value)) }
        if let input = value("inputPrice", "input_price") { prices.append(("input", input)) }
        if let output = value("outputPrice", "output_price") { prices.append(("output", output)) }
        let isLarge = try model["allow_large"]?.boolean() ?? false
        for (key, node) in prices {
            guard let tokenClass = classes[key] else {
                throw .unknownKey(node.position, key: key, known: classes.keys.sorted())
            }
            let rate = try rate(node)
            guard isLarge || rate.femtodollarsPerToken <= 1_000_000_000_000 else {
                throw node.unexpected("be at most 0.001, since it is dollars per token; allow_large: true allows more")
            }
            guard rate.femtodollarsPerToken <= 1_000_000_000_000_000_000 else {
                throw node.unexpected("be at most 1000, since it is dollars per token")
            }
            entry.table.rates[tokenClass] = rate
        }
        guard !prices.isEmpty else { throw .missingKey(model.position, key: "prices", parent: "models") }
        let reader = PriceReader(isStrict: true)
        var patterns: [NamePattern] = []
        if let expression = value("matchPattern", "match_pattern") {
            patterns.append(try reader.expression(expression))
        }
        return PriceFile.Model(
            node: node, id: name, provider: model["provider"], names: patterns.isEmpty ? [name] : [],
            patterns: patterns, kind: nil, prices: [entry], variants: [], multipliers: [], hosted: nil)
    }

    /// Dollars per token, with or without an exponent: `2.5e-6`, `0.0000025`.
    private static func rate(_ node: DocumentNode) throws(DocumentError) -> Rate {
        guard let text = plainDecimal(try node.string()), let rate = try? DecimalText.parse(text, decimals: 15) else {
            throw node.unexpected("be dollars per token, such as 2.5e-6, with at most 15 decimals")
        }
        return Rate(femtodollarsPerToken: rate)
    }

    /// A decimal number rewritten without an exponent; `nil` if it is not a number or very long.
    static func plainDecimal(_ text: String) -> String? {
        let parts = text.lowercased().split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return text }
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard let exponent = Int(parts[1]), (-30...15).contains(exponent), (1...2).contains(mantissa.count) else {
            return nil
        }
        let fraction = mantissa.count == 2 ? mantissa[1] : ""
        guard mantissa.allSatisfy({ !$0.isEmpty }) else { return nil }
        let digits = String(repeating: "0", count: 30) + mantissa[0] + fraction + String(repeating: "0", count: 15)
        let point = 30 + mantissa[0].count + exponent
        guard point > 0, point < digits.count else { return nil }
        return digits.prefix(point) + "." + digits.dropFirst(point)
    }

    private static let classes: [String: TokenClass] = [
        "input": .input, "input_tokens": .input, "prompt_tokens": .input, "output": .output, "output_tokens": .output,
        "completion_tokens": .output, "input_cached_tokens": .cacheRead, "input_cache_read": .cacheRead,
        "cache_read_input_tokens": .cacheRead, "cached_content_token_count": .cacheRead,
        "input_cache_creation": .cacheWrite, "cache_creation_input_tokens": .cacheWrite,
        "input_cache_creation_5m": .cacheWrite, "input_cache_creation_1h": .cacheWrite1h,
        "output_reasoning": .reasoning, "output_reasoning_tokens": .reasoning, "thoughts_token_count": .reasoning,
        "thoughtsTokenCount": .reasoning, "input_audio_tokens": .inputAudio, "input_audio": .inputAudio,
        "output_audio_tokens": .outputAudio, "output_audio": .outputAudio, "input_image": .inputImage,
        "output_image": .outputImage, "input_video": .inputVideo,
    ]
}
