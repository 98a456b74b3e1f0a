// SPDX-License-Identifier: Apache-2.0

/// The names by which FOCUS files know providers, their services, and the makers of models.
struct FocusNames {
    /// The column `ProviderName`: who sells the service.
    let provider: String
    /// The column `ServiceName`.
    let service: String
    /// The column `PublisherName`: who made the model.
    let publisher: String

    /// What a provider without a name is called, since the columns must have a value.
    private static let unknown = "Unknown"

    /// Those whose names on their own bills are not their ids; whether they sell models of other makers.
    private static let providers: [String: (provider: String, service: String, isPlatform: Bool)] = [
        "ai21": ("AI21 Labs", "AI21 API", false),
        "anthropic": ("Anthropic", "Claude API", false),
        "aws.bedrock": ("AWS", "Amazon Bedrock", true),
        "azure.ai.inference": ("Microsoft", "Azure AI Foundry Models", true),
        "azure.ai.openai": ("Microsoft", "Azure OpenAI", true),
        "bedrock_mantle": ("AWS", "Amazon Bedrock", true),
        "cohere": ("Cohere", "Cohere API", false),
        "databricks": ("Databricks", "Mosaic AI Model Serving", true),
        "deepseek": ("DeepSeek", "DeepSeek API", false),
        "fireworks_ai": ("Fireworks AI", "Fireworks AI API", true),
        "gcp.gemini": ("Google", "Gemini API", false),
        "gcp.vertex_ai": ("Google Cloud", "Vertex AI", true),
        "groq": ("Groq", "GroqCloud", true),
        "ibm.watsonx.ai": ("IBM", "watsonx.ai", true),
        "mistral_ai": ("Mistral AI", "Mistral AI API", false),
        "openai": ("OpenAI", "OpenAI API", false),
        "openrouter": ("OpenRouter", "OpenRouter API", true),
        "perplexity": ("Perplexity", "Perplexity API", false),
        "sagemaker": ("AWS", "Amazon SageMaker", true),
        "together_ai": ("Together AI", "Together AI API", true),
        "x_ai": ("xAI", "xAI API", false),
    ]

    /// How names of models begin, after a maker's name and a separator are taken off.
    private static let makers: [(start: String, publisher: String)] = [
        ("claude", "Anthropic"), ("gpt", "OpenAI"), ("o1", "OpenAI"), ("o3", "OpenAI"), ("o4", "OpenAI"),
        ("text-embedding-3", "OpenAI"), ("gemini", "Google"), ("gemma", "Google"), ("llama", "Meta"),
        ("mistral", "Mistral AI"), ("mixtral", "Mistral AI"), ("codestral", "Mistral AI"), ("deepseek", "DeepSeek"),
        ("qwen", "Alibaba Cloud"), ("nova", "Amazon"), ("titan", "Amazon"), ("command", "Cohere"), ("grok", "xAI"),
        ("jamba", "AI21 Labs"), ("kimi", "Moonshot AI"),
    ]

    /// Finds the names.
    ///
    /// - Parameters:
    ///   - id: The id of the provider; empty if it is not known.
    ///   - model: The model.
    init(provider id: String, model: String) {
        let known = Self.providers[id]
        let name = id.isEmpty ? Self.unknown : known?.provider ?? id
        provider = name
        service = known?.service ?? (id.isEmpty ? Self.unknown : id + " API")
        publisher = known?.isPlatform == false ? name : Self.maker(of: model) ?? name
    }

    private static func maker(of model: String) -> String? {
        let name = model.lowercased()
        let parts = name.split { "./".contains($0) }
        // `us.anthropic.claude-…` and `openai/gpt-…`, but also `gpt-4.1`.
        return ([Substring(name)] + parts).lazy.compactMap { part in
            makers.first { part.hasPrefix($0.start) }?.publisher
        }.first
    }
}
