// SPDX-License-Identifier: Apache-2.0

/// The makers of models, as names have them before the model: `anthropic.claude-…`, `c4ai-…`.
///
/// - SeeAlso: "Supported foundation models in Amazon Bedrock", whose ids begin with the maker.
enum Makers {
    static let words: Set<String> = [
        "ai21", "amazon", "anthropic", "c4ai", "cohere", "deepseek", "google", "luma", "meta", "minimax", "mistral",
        "moonshot", "moonshotai", "nvidia", "openai", "qwen", "stability", "twelvelabs", "writer", "xai", "zai",
    ]
    /// The length of the longest with a separator behind it.
    static let longest = 16

    /// The providers that serve their own models, whose name may be reported for a model that a platform serves.
    static let providers: Set<String> = [
        "ai21", "amazon_nova", "anthropic", "cohere", "dashscope", "deepseek", "gcp.gemini", "meta", "meta_llama",
        "minimax",
        "mistral_ai", "moonshot_ai", "nvidia_nim", "openai", "stability", "x_ai", "zai", "zhipuai",
    ]

    /// Names of providers under which open weights are published, so that anyone may serve what stands behind them.
    static let publishers: Set<String> = ["deepseek-ai", "google", "mistralai", "moonshotai", "nvidia"]
}
