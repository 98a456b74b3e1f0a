// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// The traces of Claude Code (scope `com.anthropic.claude_code.tracing`).
///
/// Its keys have no prefix, so they are read only in this scope. The input excludes cached tokens, as in Anthropic's API, and
/// success is a text.
///
/// - SeeAlso: Claude Code documentation, "Monitoring", traces (https://code.claude.com/docs/en/monitoring-usage).
package struct ClaudeCodeDialect: Dialect {
    package let name = "claude-code"

    package init() {}

    package var scopedKeys: [(key: String, fact: Fact, scope: ScopeTraits)] {
        [
            ("span.type", .claudeCodeType, .hasBareKeys),
            ("input_tokens", .inputUncached, .hasBareKeys),
            ("output_tokens", .output, .hasBareKeys),
            ("cache_read_tokens", .cacheRead, .hasBareKeys),
            ("cache_creation_tokens", .cacheWrite, .hasBareKeys),
            ("ttft_ms", .timeToFirstTokenMilliseconds, .hasBareKeys),
            ("success", .success, .hasBareKeys),
        ]
    }

    package var scopes: [ScopeRule] { [ScopeRule("com.anthropic.claude_code.tracing", .hasBareKeys)] }

    package var marks: [Fact] { [.claudeCodeType] }

    package func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole? {
        Self.roles.role(at: facts.text(.claudeCodeType), in: body) ?? .other
    }

    private static let roles = RoleWords(calls: ["llm_request": .chat], aggregates: ["interaction": .invokeAgent])
}
