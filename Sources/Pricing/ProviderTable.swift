// SPDX-License-Identifier: Apache-2.0

/// By which names, hosts and model prefixes the providers of a book are known.
struct ProviderTable: Sendable {
    /// The book's id of each provider.
    private(set) var ids: [String]
    /// Where to look next, one step, for models that a provider resells.
    private(set) var fallbacks: [[UInt16]]
    private var numbers: [String: UInt16] = [:]
    private var hosts: [(host: String, provider: UInt16)] = []
    private var prefixes: [(prefix: String, provider: UInt16)] = []
    private var aliases: [UInt16: [String: String]] = [:]

    init(header: BookHeader, index: BookIndex) {
        ids = index.providers
        for (number, id) in ids.enumerated() { numbers[id.lowercased()] = UInt16(number) }
        for provider in header.providers where numbers[provider.id.lowercased()] == nil {
            numbers[provider.id.lowercased()] = UInt16(ids.count)
            ids.append(provider.id)
        }
        fallbacks = Array(repeating: [], count: ids.count)
        for provider in header.providers {
            guard let number = numbers[provider.id.lowercased()] else { continue }
            fallbacks[Int(number)] = provider.fallback.compactMap { numbers[$0.lowercased()] }
            hosts += provider.hosts.map { ($0.lowercased(), number) }
            prefixes += provider.unambiguous.map { ($0.lowercased(), number) }
        }
        // An id belongs to its own provider whatever other providers call themselves.
        for provider in header.providers {
            guard let number = numbers[provider.id.lowercased()] else { continue }
            for alias in provider.aliases where numbers[alias.lowercased()] == nil {
                numbers[alias.lowercased()] = number
            }
        }
        prefixes.sort { ($1.prefix.utf8.count, $0.prefix) < ($0.prefix.utf8.count, $1.prefix) }
        hosts.sort { ($1.host.utf8.count, $0.host) < ($0.host.utf8.count, $1.host) }
        for alias in header.aliases {
            guard let number = numbers[alias.provider.lowercased()] else { continue }
            aliases[number, default: [:]][alias.name] = alias.target
        }
    }

    /// The provider that goes by a name exactly, in lower case, or `nil`.
    func number(named name: String) -> UInt16? { numbers[name] }

    /// The id of the model that an alias of a provider stands for, or `nil`.
    func aliasTarget(provider: UInt16, name: String) -> String? { aliases[provider]?[name] }

    /// The provider of a reported name, host and model.
    ///
    /// - Parameters:
    ///   - reported: The provider as reported; empty when absent.
    ///   - host: The server's address in any case; empty when unknown.
    ///   - model: The model as reported, in lower case.
    /// - Returns: The provider's number, or `nil` when it is unknown. A reported name that is neither a provider nor a
    ///   known gateway stays unknown, whatever the host or the model look like.
    func resolve(reported: String, host: String, model: String) -> UInt16? {
        let name = reported.trimmed.lowercased()
        if let number = numbers[name] { return number }
        guard name.isEmpty || Gateways.names.contains(name) else { return nil }
        return number(host: host.trimmed.lowercased()) ?? number(model: model)
    }

    private func number(host: String) -> UInt16? {
        guard !host.isEmpty else { return nil }
        for (pattern, provider) in hosts {
            if pattern.hasPrefix(".") ? host.hasSuffix(pattern) : host == pattern { return provider }
        }
        return nil
    }

    private func number(model: String) -> UInt16? {
        var rest = Substring(model)
        while let slash = rest.firstIndex(of: "/") {
            let segment = String(rest[..<slash])
            if let number = numbers[segment] { return number }
            guard Gateways.names.contains(segment) else { break }
            rest = rest[rest.index(after: slash)...]
        }
        for (start, id) in Gateways.telltaleStarts where rest.hasPrefix(start) { return numbers[id] }
        return prefixes.first { rest.hasPrefix($0.prefix) }?.provider
    }
}

/// Names in the place of a provider that say who passed the call on, not who answered it.
enum Gateways {
    static let names: Set<String> = [
        "agno", "ag2", "autogen", "autogen_agentchat", "beeai", "crewai", "dspy", "google_adk", "google.adk",
        "guardrails",
        "haystack", "helicone", "instructor", "kong", "langchain", "langfuse", "langgraph", "langserve", "litellm",
        "litellm_proxy", "llama_index", "llamaindex", "llama-index", "mastra", "microsoft.agent_framework",
        "openai_agents", "openai-agents", "portkey", "portkey-ai", "promptflow", "proxy", "pydantic_ai", "pydantic-ai",
        "semantic_kernel", "semantic-kernel", "smolagents", "spring_ai", "strands", "strands-agents", "traceloop",
        "unknown", "vercel",
    ]

    /// Starts of model identifiers that only one platform uses.
    static let telltaleStarts: [(start: String, provider: String)] = [
        ("arn:aws:bedrock:", "aws.bedrock"), ("arn:aws-us-gov:bedrock:", "aws.bedrock"),
        ("projects/", "gcp.vertex_ai"), ("publishers/", "gcp.vertex_ai"),
    ]
}

extension StringProtocol {
    /// The text without white space at its ends.
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
