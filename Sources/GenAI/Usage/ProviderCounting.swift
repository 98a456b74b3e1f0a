// SPDX-License-Identifier: Apache-2.0

/// Which parts a provider's API excludes from its counts of input and output.
///
/// Instrumentations mostly add the excluded parts, as the conventions require. So this alone moves no token, except Gemini's
/// thoughts under a key that does not define them as a part of the output. It explains a part that is larger than its whole:
/// either the sender passes on the provider's counts, or, if the provider includes the part, the count is wrong.
///
/// - SeeAlso: Anthropic API reference, Messages, `usage`, and Amazon Bedrock API reference, `TokenUsage`: cached tokens are
///   beside `input_tokens` and `inputTokens`. Gemini API reference, `UsageMetadata`: `candidatesTokenCount` has no thoughts.
///   xAI API reference, `usage`: `completion_tokens` has no reasoning. OpenAI API reference, `CompletionUsage`: both are inside.
package struct ProviderCounting: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let cacheBesideInput = ProviderCounting(rawValue: 1)
    package static let reasoningBesideOutput = ProviderCounting(rawValue: 2)
    /// The output excludes reasoning, unless a key or the span says otherwise.
    package static let reasoningByDefinition = ProviderCounting(rawValue: 4)

    /// How a provider counts.
    ///
    /// - Parameters:
    ///   - provider: The provider as reported.
    ///   - model: The model's name, which identifies the provider behind a gateway.
    init(provider: String, model: String) {
        self = []
        let (provider, model) = (provider.lowercased(), model.lowercased())
        if provider.contains("anthropic") || provider.contains("bedrock") || model.contains("claude") {
            insert(.cacheBesideInput)
        }
        if provider.contains("gemini") || model.contains("gemini") {
            formUnion([.reasoningBesideOutput, .reasoningByDefinition])
        }
        if ["xai", "x_ai", "x-ai", "x.ai"].contains(provider) || model.contains("grok-") {
            insert(.reasoningBesideOutput)
        }
    }
}

/// A cache of ``ProviderCounting``, by the symbols of provider and model.
struct ProviderCountings: Sendable {
    private struct Known: Sendable {
        var provider = Symbol.absent
        var model = Symbol.absent
        var counting: ProviderCounting = []
    }

    private let symbols: SymbolTable
    /// The latest ones, by the low bits of a hash.
    private var recent = [Known](repeating: Known(), count: Self.size)
    /// All of them, by the numbers of provider and model; emptied at the limit.
    private var all: [UInt64: ProviderCounting] = [:]

    init(symbols: SymbolTable) { self.symbols = symbols }

    /// How the provider of a call counts.
    @inline(__always)
    mutating func counting(of call: borrowing ModelCall) -> ProviderCounting {
        let (provider, model) = (call.provider, call.model)
        let slot = Int(truncatingIfNeeded: (provider.number &* 0x9E37_79B9 ^ model.number &* 0x85EB_CA6B) >> 22)
        if recent[slot].provider == provider, recent[slot].model == model { return recent[slot].counting }
        return find(provider, model, slot)
    }

    @inline(never)
    private mutating func find(_ provider: Symbol, _ model: Symbol, _ slot: Int) -> ProviderCounting {
        let names = UInt64(provider.number) << 32 | UInt64(model.number)
        let counting =
            all[names] ?? ProviderCounting(provider: symbols.text(of: provider), model: symbols.text(of: model))
        if all.count >= Self.ceiling { all.removeAll(keepingCapacity: true) }
        all[names] = counting
        recent[slot] = Known(provider: provider, model: model, counting: counting)
        return counting
    }

    /// Two to the power of the bits that the hash keeps.
    private static var size: Int { 1024 }
    private static var ceiling: Int { 16_384 }
}
