// SPDX-License-Identifier: Apache-2.0

/// What the interface of a provider leaves out of its counts of input and output.
///
/// Instrumentations mostly add up what the provider counts apart, as the conventions want it; so this alone places no token,
/// except for Gemini's thoughts under a key that does not call them a part of the output. It tells what a part that is larger
/// than its whole means: that the sender passes the provider's counts on as they are, or, where the provider has parts inside,
/// that somebody miscounted.
///
/// - SeeAlso: Anthropic API reference, Messages, `usage`, and Amazon Bedrock API reference, `TokenUsage`: cached tokens are
///   beside `input_tokens` and `inputTokens`. Gemini API reference, `UsageMetadata`: `candidatesTokenCount` has no thoughts.
///   xAI API reference, `usage`: `completion_tokens` has no reasoning. OpenAI API reference, `CompletionUsage`: both are inside.
package struct ProviderCounting: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let cacheBesideInput = ProviderCounting(rawValue: 1)
    package static let reasoningBesideOutput = ProviderCounting(rawValue: 2)
    /// Where neither a key nor a span says otherwise, reasoning lies beside the output.
    package static let reasoningByDefinition = ProviderCounting(rawValue: 4)

    /// How a provider counts.
    ///
    /// - Parameters:
    ///   - provider: Its name as a span has it.
    ///   - model: The model's name, which also tells it where the call went through a gateway.
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

/// How the providers of calls count, remembered by the symbols of their names.
struct ProviderCountings: Sendable {
    private struct Known: Sendable {
        var provider = Symbol.absent
        var model = Symbol.absent
        var counting: ProviderCounting = []
    }

    private let symbols: SymbolTable
    /// Those asked for last, by the low bits of a hash.
    private var recent = [Known](repeating: Known(), count: Self.size)
    /// All of them, by the numbers of provider and model; forgotten at the ceiling, and found again when asked for.
    private var all: [UInt64: ProviderCounting] = [:]

    init(symbols: SymbolTable) { self.symbols = symbols }

    /// How the provider of a call counts.
    @inline(__always)
    mutating func counting(of call: borrowing ModelCall) -> ProviderCounting {
        let (provider, model) = (call.provider, call.model)
        let place = Int(truncatingIfNeeded: (provider.number &* 0x9E37_79B9 ^ model.number &* 0x85EB_CA6B) >> 22)
        if recent[place].provider == provider, recent[place].model == model { return recent[place].counting }
        return find(provider, model, place)
    }

    @inline(never)
    private mutating func find(_ provider: Symbol, _ model: Symbol, _ place: Int) -> ProviderCounting {
        let names = UInt64(provider.number) << 32 | UInt64(model.number)
        let counting =
            all[names] ?? ProviderCounting(provider: symbols.text(of: provider), model: symbols.text(of: model))
        if all.count >= Self.ceiling { all.removeAll(keepingCapacity: true) }
        all[names] = counting
        recent[place] = Known(provider: provider, model: model, counting: counting)
        return counting
    }

    /// Two to the power of the bits that the hash keeps.
    private static var size: Int { 1024 }
    private static var ceiling: Int { 16_384 }
}
