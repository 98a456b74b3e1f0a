// SPDX-License-Identifier: Apache-2.0

/// Names of frameworks that senders report as the provider.
///
/// A framework sends no bills, so its name does not identify the provider. The model and the host identify it.
enum FrameworkNames {
    /// The names in lower case.
    static let all: Set<String> = [
        "ag2", "agno", "autogen", "beeai", "crewai", "dspy", "gcp.vertex.agent", "google.adk", "google_adk",
        "haystack", "instructor", "langchain", "langgraph", "llama-index", "llama_index", "llamaindex", "mastra",
        "microsoft.agent_framework", "openai-agents", "openai_agents", "promptflow", "pydantic-ai", "pydantic_ai",
        "semantic-kernel", "semantic_kernel", "smolagents", "strands", "strands-agents", "traceloop",
    ]
}
