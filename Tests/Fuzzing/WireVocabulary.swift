// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// Every key that some dialect knows, taken from the dialects themselves, so that a new dialect is covered without a change
/// here.
package struct WireVocabulary: Sendable {
    /// An attribute's key and what it states.
    struct Key: Sendable {
        let key: String
        let fact: Fact
    }

    /// An attribute whose text is an object, with the ways to its members.
    struct Object: Sendable {
        let key: String
        let paths: [[String]]
    }

    /// What one dialect knows.
    struct Dialect: Sendable {
        let keys: [Key]
        /// Those that mark its spans.
        let marks: [Key]
        let objects: [Object]
    }

    let dialects: [Dialect]
    /// The keys of all dialects.
    let keys: [Key]
    let objects: [Object]
    /// Every name of a member of an object.
    let members: [String]
    let events: [String]
    let scopes: [String]

    /// Gathers the keys of some dialects.
    package init(_ dialects: [any GenAI.Dialect] = Dialects.all) {
        self.dialects = dialects.map { dialect in
            let keys =
                (dialect.keys + dialect.quotedKeys).map { Key(key: $0.key, fact: $0.fact) }
                + dialect.scopedKeys.map { Key(key: $0.key, fact: $0.fact) }
            return Dialect(
                keys: keys, marks: keys.filter { dialect.marks.contains($0.fact) },
                objects: dialect.embedded.map { table in
                    Object(key: table.key, paths: table.paths.map { $0.path.split(separator: ".").map(String.init) })
                })
        }
        keys = self.dialects.flatMap(\.keys)
        objects = self.dialects.flatMap(\.objects)
        members = Set(objects.flatMap(\.paths).flatMap(\.self)).sorted()
        events = Set(dialects.flatMap { $0.events.map(\.name) }).sorted()
        scopes =
            Set(dialects.flatMap { $0.scopes.map { String(decoding: $0.name, as: UTF8.self) } }).sorted()
            + ["", "generated"]
    }

    /// Words by which dialects tell what a span is.
    static func words(for fact: Fact) -> [String] {
        switch fact {
        case .operation: ["chat", "chat", "embeddings", "invoke_agent", "invoke_workflow", "execute_tool", "plan"]
        case .langfuseType: ["generation", "embedding", "agent", "chain", "span"]
        case .openInferenceKind: ["LLM", "EMBEDDING", "RERANKER", "AGENT", "CHAIN"]
        case .mlflowType: ["CHAT_MODEL", "LLM", "EMBEDDING", "AGENT", "WORKFLOW"]
        case .vercelOperation:
            ["ai.generateText.doGenerate", "ai.streamText.doStream", "ai.generateText", "ai.embed.doEmbed"]
        case .requestType: ["chat", "completion", "embedding", "rerank"]
        case .traceloopKind: ["workflow", "task", "agent", "tool"]
        case .claudeCodeType: ["llm_request", "interaction"]
        case .langSmithKind: ["llm", "embedding", "chain", "tool"]
        case .logfireType: ["span", "log", "pending_span"]
        default: []
        }
    }
}
