// SPDX-License-Identifier: Apache-2.0

/// The makers of models, as they precede the model in names: `anthropic.claude-…`, `c4ai-…`.
///
/// - SeeAlso: "Supported foundation models in Amazon Bedrock", whose ids begin with the maker.
enum Makers {
    static let words: Set<String> = [
        "ai21", "amazon", "anthropic", "c4ai", "cohere", "deepseek", "google", "luma", "meta", "minimax", "mistral",
        "moonshot", "moonshotai", "nvidia", "openai", "qwen", "stability", "twelvelabs", "writer", "xai", "zai",
    ]
    /// The length of the longest maker's name with its separator.
    static let longest = 16

    /// The providers that serve their own models; senders may report them for a model that a platform serves.
    static let providers: Set<String> = [
        "ai21", "amazon_nova", "anthropic", "cohere", "dashscope", "deepseek", "gcp.gemini", "meta", "meta_llama",
        "minimax",
        "mistral_ai", "moonshot_ai", "nvidia_nim", "openai", "stability", "x_ai", "zai", "zhipuai",
    ]

    /// Names of providers under which open weights are published, which anyone may serve.
    static let publishers: Set<String> = ["deepseek-ai", "google", "mistralai", "moonshotai", "nvidia"]
}
