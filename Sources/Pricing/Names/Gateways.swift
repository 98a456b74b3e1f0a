// SPDX-License-Identifier: Apache-2.0

/// Names that senders report as the provider and that belong to a gateway, which passes calls on.
struct Gateways: Sendable {
    /// The names in lower case.
    let names: Set<String>

    /// Makes the set of all gateways.
    ///
    /// - Parameter listed: The gateways that price books list, in lower case; frameworks are always among them.
    init(_ listed: [String]) { names = Self.frameworks.union(listed) }

    /// Whether a name in lower case is one of a gateway or a framework.
    func contains(_ name: String) -> Bool { names.contains(name) }

    private static let frameworks: Set<String> = [
        "ag2", "agent_framework", "agno", "autogen", "autogen_agentchat", "beeai", "crewai", "dspy", "gateway",
        "google.adk", "google_adk", "guardrails", "haystack", "helicone", "instructor", "kong", "langchain",
        "langchain_core", "langfuse", "langgraph", "langserve", "langsmith", "litellm", "litellm_proxy", "llama-index",
        "llama_index", "llamaindex", "mastra", "microsoft.agent_framework", "microsoft.agents", "openai-agents",
        "openai_agents", "portkey", "portkey-ai", "promptflow", "pydantic-ai", "pydantic_ai",
        "semantic-kernel", "semantic_kernel", "smolagents", "spring-ai", "spring_ai", "strands", "strands-agents",
        "traceloop", "unknown", "vercel",
    ]

    /// Beginnings of names that only Vertex AI gives to models.
    static let resourceStarts = ["projects/", "publishers/"]
}
