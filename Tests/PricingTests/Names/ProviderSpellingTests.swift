// SPDX-License-Identifier: Apache-2.0
import Pricing
import Testing

/// Providers under names that no price book lists.
@Suite struct ProviderSpellingTests {
    /// The provider of the model that a call means, or the reason why there is none; `~` marks an estimate.
    private static func provider(_ reported: String, _ model: String, host: String = "") throws -> String {
        var question = TestBook.question(model, provider: reported)
        question.serverAddress = host
        let answer = try PriceBook.embedded().price(question)
        guard case .priced(let card, _) = answer.outcome else { return answer.text }
        return (answer.isEstimate ? "~" : "") + card.provider
    }

    @Test(arguments: [
        ("azure_open_ai", "gpt-4o-mini", "azure.ai.openai"), ("AzureOpenAI", "gpt-4o-mini", "azure.ai.openai"),
        ("Azure-OpenAI-Service", "gpt-4o-mini", "azure.ai.openai"),
        ("microsoft azure openai", "gpt-4o-mini", "azure.ai.openai"),
        ("google_ai_gemini", "gemini-2.5-flash", "gcp.gemini"),
        ("GoogleAiGeminiChat", "gemini-2.5-flash", "gcp.gemini"),
        ("google_vertex_ai_gemini", "gemini-2.5-flash", "gcp.vertex_ai"),
        ("vertexai_gemini", "gemini-2.5-flash", "gcp.vertex_ai"),
        ("open.ai.chat.completions", "gpt-4o", "openai"), ("OpenAI API", "gpt-4o", "openai"),
        ("openAiResponses", "gpt-4o", "openai"),
        ("anthropic_api", "claude-sonnet-4-5", "anthropic"), ("Claude AI", "claude-sonnet-4-5", "anthropic"),
        ("aws_bedrock_anthropic", "anthropic.claude-sonnet-4-5-20250929-v1:0", "aws.bedrock"),
        ("bedrock_converse_api", "anthropic.claude-sonnet-4-5-20250929-v1:0", "aws.bedrock"),
        ("mistral_ai_api", "mistral-large-latest", "mistral_ai"), ("deep seek api", "deepseek-chat", "deepseek"),
        ("x_ai_api", "grok-4.5", "x_ai"), ("groq_cloud_api", "llama-3.3-70b-versatile", "groq"),
        // A host, an address, a path.
        ("api.openai.com", "gpt-4o", "openai"), ("https://api.openai.com/v1", "gpt-4o", "openai"),
        ("my.openai.azure.com", "gpt-4o-mini", "azure.ai.openai"),
        ("https://api.groq.com:443/openai/v1", "llama-3.3-70b-versatile", "groq"),
        ("vendor/openai/openai", "gpt-4o-mini", "openai"),
        ("vendor/azure_openai/azure_openai", "gpt-4o-mini", "azure.ai.openai"),
        ("openai/plugin", "gpt-4o-mini", "openai"), ("openai/anthropic", "claude-sonnet-4-5", "anthropic"),
    ])
    func `a name of known words is the provider it says`(_ reported: String, _ model: String, _ provider: String) throws
    {
        let found = try Self.provider(reported, model)
        #expect(found == provider || Self.sells(found, for: provider))
    }

    /// Whether a provider's models are those that another resells.
    private static func sells(_ maker: String, for platform: String) -> Bool {
        ["azure.ai.openai": "openai", "gcp.vertex_ai": "gcp.gemini"][platform] == maker
    }

    @Test(
        arguments: [
            "openai-compatible", "openai_like", "openai compat", "OpenAICompatible", "openai_proxy", "local-openai",
            "localai",
            "self-hosted-openai", "custom_openai", "mock-openai", "vllm", "vllm_openai", "hosted_vllm", "ollama_openai",
            "vendor/openai_api_compatible/openai_api_compatible", "openai/compatible", "proxy", "lmstudio",
            "127.0.0.1", "10.0.0.7:8080", "http://127.0.0.1:4000/v1", "[::1]:80", "localhost",
        ])
    func `an interface, a machine of one's own and a mock have no provider`(_ reported: String) throws {
        for model in ["gpt-4o", "claude-sonnet-4-5", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "openai/gpt-4o"] {
            #expect(try Self.provider(reported, model) == "unknown_provider", "\(model)")
        }
    }

    @Test(arguments: [
        ("openai-compatible", "api.groq.com", "llama-3.3-70b-versatile", "groq"),
        ("acme", "api.openai.com", "gpt-4o", "openai"), ("acme", "api.openai.com:443", "gpt-4o", "openai"),
        ("vllm", "api.openai.com", "gpt-4o", "unknown_provider"),
        ("mock", "api.openai.com", "gpt-4o", "unknown_provider"),
        ("acme", "llm.acme.test", "gpt-4o", "~openai"), ("openai", "llm.acme.test", "gpt-4o", "openai"),
    ])
    func `a known host tells who answers where the name does not`(
        _ reported: String, _ host: String, _ model: String, _ expected: String
    ) throws {
        #expect(try Self.provider(reported, model, host: host) == expected)
    }

    @Test(arguments: [
        ("acme", "gpt-4o", "~openai"), ("acme", "o3", "~openai"), ("acme", "claude-sonnet-4-5", "~anthropic"),
        ("acme", "gemini-2.5-flash", "~gcp.gemini"), ("acme", "grok-4.5", "~x_ai"),
        ("acme", "command-r-plus", "~cohere"),
        ("acme", "openai/gpt-4o", "~openai"), ("", "gpt-4o", "~openai"), ("langchain", "gpt-4o", "~openai"),
        ("litellm", "openai/gpt-4o", "openai"), ("", "anthropic/claude-sonnet-4-5", "anthropic"),
        // Anyone may serve open weights, and who wrote a path is a stranger's choice.
        ("acme", "gpt-oss-120b", "unknown_provider"), ("acme", "llama-3.3-70b-versatile", "unknown_provider"),
        ("acme", "deepseek/deepseek-v3.2", "unknown_provider"), ("acme", "mistral-small-latest", "unknown_provider"),
        ("", "deepseek-ai/deepseek-v3.2", "unknown_provider"), ("", "mistralai/pixtral-12b-2409", "unknown_provider"),
        ("", "google/gemma-3-27b-it", "unknown_provider"), ("", "google/gemini-2.5-flash", "~gcp.gemini"),
        ("acme", "my-gpt-4o", "unknown_provider"), ("acme", "gpt-4o-mine", "unknown_model"),
        ("openai_anthropic", "gpt-4o", "~openai"), ("openaix", "gpt-4o", "~openai"),
        ("lambda_service", "gpt-4o", "~openai"),
    ])
    func `the start of the model's name is the last resort, and makes an estimate`(
        _ reported: String, _ model: String, _ expected: String
    ) throws {
        #expect(try Self.provider(reported, model) == expected)
    }

    @Test(arguments: [
        "tgi", "TGI", "text-generation-inference", "triton", "triton_inference_server", "llamafile", "llama.cpp", "mlx",
        "mlx-lm", "xinference", "lmdeploy", "jan", "sglang", "koboldcpp", "gpt4all", "simulated", "simulator", "test",
        "openai-test", "test_provider", "emulator", "openai_emulator", "fake", "dummy", "tensorrt-llm",
        "textgen/tgi/openai",
    ])
    func `a runtime and a test have no provider`(_ reported: String) throws {
        for model in ["gpt-4o", "claude-sonnet-4-5", "gpt-oss-120b", "llama-3.3-70b-versatile"] {
            #expect(try Self.provider(reported, model) == "unknown_provider", "\(model)")
        }
    }

    @Test(arguments: ["latest", "contest ai", "january", "mlxyz", "tritonix"])
    func `other words that contain those of runtimes veto nothing`(_ reported: String) throws {
        #expect(try Self.provider(reported, "gpt-4o") == "~openai")
    }

    @Test(arguments: [
        "localhost", "localhost:8000", "127.0.0.1", "127.8.0.1", "::1", "[::1]:8000", "10.0.0.5", "192.168.1.4:11434",
        "172.16.0.1", "172.31.255.255", "100.64.1.1", "169.254.1.1", "fd12::1", "::ffff:10.0.0.1", "box.local",
        "vllm.ml.svc", "vllm.ml.svc.cluster.local", "host.docker.internal", "vllm", "http://vllm:8000/v1",
        "VLLM.Internal", "model.lan",
    ])
    func `at a private address nobody sells open weights`(_ host: String) throws {
        for reported in ["openai", "OpenAI API", ""] {
            for model in ["gpt-oss-120b", "openai/gpt-oss-120b", "llama-3.1-8b", "meta-llama/Llama-3.1-8B-Instruct"] {
                let found = try Self.provider(reported, model, host: host)
                #expect(found == "unknown_provider" || found == "unknown_model", "\(reported) \(model)")
            }
        }
        // A gateway may stand there: who is named sells the model, or its maker alone does.
        for (reported, model, provider) in [
            ("openai", "gpt-4.1", "openai"), ("anthropic", "claude-sonnet-4-5", "anthropic"),
            ("", "gpt-4.1", "~openai"),
            ("groq", "llama-3.3-70b-versatile", "groq"), ("mistral_ai", "mistral-small-latest", "mistral_ai"),
            ("litellm", "openai/gpt-4.1", "openai"), ("litellm", "mistral/mistral-small-latest", "mistral_ai"),
            ("litellm", "groq/llama-3.3-70b-versatile", "groq"),
            ("aws.bedrock", "amazon.nova-lite-v1:0", "aws.bedrock"),
        ] {
            #expect(try Self.provider(reported, model, host: host) == provider, "\(reported) \(model)")
        }
    }

    @Test(arguments: ["172.32.0.1", "11.0.0.1", "8.8.8.8", "llm.acme.com", "svc.example.org", "local.example.org", ""])
    func `other addresses are nobody's in particular`(_ host: String) throws {
        #expect(try Self.provider("openai", "gpt-oss-120b", host: host) == "openai")
    }

    @Test(arguments: [
        ("nova-lite-v1:0", "aws.bedrock"), ("nova-lite", "aws.bedrock"), ("titan-embed-text-v2:0", "aws.bedrock"),
        ("nova-lite-v1:0-mine", "unknown_model"), ("lite-v1:0", "unknown_model"), ("nova", "unknown_model"),
    ])
    func `a model of Bedrock without its maker is the one that only one maker has`(_ model: String, _ expected: String)
        throws
    {
        #expect(try Self.provider("aws.bedrock", model) == expected)
    }

    @Test(arguments: [
        "//aiplatform.googleapis.com/projects/p1/locations/us-central1/publishers/google/models/gemini-2.5-flash",
        "https://us-central1-aiplatform.googleapis.com/v1/projects/p1/locations/us-central1/publishers/google/models/gemini-2.5-flash",
        "//aiplatform.googleapis.com/publishers/google/models/gemini-2.5-flash",
    ])
    func `a resource's name may begin with its service`(_ model: String) throws {
        for reported in ["", "gcp.vertex_ai", "acme"] {
            let found = try Self.provider(reported, model)
            #expect(["gcp.vertex_ai", "gcp.gemini"].contains(found), "\(reported) \(found)")
        }
        #expect(
            try Self.provider("", "//aiplatform.googleapis.com/projects/p1/locations/x/endpoints/7")
                == "opaque_deployment")
    }

    @Test(arguments: ["gpt-4.1", "gpt-4o", "gpt-4o-mini"])
    func `what a subscription includes has no rate`(_ model: String) throws {
        #expect(try Self.provider("github_copilot", model) == "no_rate")
    }

    @Test(arguments: [
        "us", "eu", "apac", "jp", "au", "global",
    ])
    func `a name of Bedrock's comes before the maker's`(_ geography: String) throws {
        let name = "\(geography).anthropic.claude-sonnet-4-5-20250929-v1:0"
        for reported in ["anthropic", "openai", "acme", "litellm", "", "google"] {
            #expect(try Self.provider(reported, name) == "aws.bedrock", "\(reported)")
        }
        let arn = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/\(name)"
        #expect(try Self.provider("anthropic", arn) == "aws.bedrock")
        #expect(try Self.provider("openrouter", name) == "unknown_model")
    }

    @Test func `a provider of a price file is found in every spelling, and its own models' names are no guess`() throws
    {
        let book = try TestBook.make(
            [TestBook.model("acme/m", ["m"])],
            files: [
                "providers: {umbrella: {aliases: [umbrella], unambiguous: [brolly-]}}\nmodels: [{id: umbrella/brolly-1, provider: umbrella, names: [brolly-1], prices: [{rates: {input: 2}}]}]"
            ])
        for reported in ["umbrella", "Umbrella Cloud", "umbrella_ai_api", "acme2", ""] {
            let answer = book.price(TestBook.question("brolly-1", provider: reported))
            #expect(answer.model == "umbrella/brolly-1 override", "\(reported)")
            #expect(!answer.isEstimate)
        }
    }
}
