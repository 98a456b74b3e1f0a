// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// Logfire's own instrumentation of the clients of OpenAI and Anthropic (scopes `logfire.openai`, `logfire.anthropic`).
///
/// A streamed answer is two spans in two traces. The first ends when the answer begins, without its tokens. The second is a log
/// of no length, made at the end of the stream, with the tokens and a `duration`. The second is the call; the first is one only
/// if it failed, since then there is no second. `gen_ai.usage.raw` is the provider's own usage object and takes precedence: up
/// to 2026 the input in addition to it excluded Anthropic's cache.
///
/// - SeeAlso: `pydantic/logfire`: logfire/_internal/integrations/llm_providers/llm_provider.py (`record_streaming`),
///   usage.py in the same folder; logfire/_internal/constants.py (`logfire.span_type`).
package struct LogfireDialect: Dialect {
    package let name = "logfire"

    package init() {}

    package var keys: [(key: String, fact: Fact)] { [("logfire.span_type", .logfireType)] }

    package var scopedKeys: [(key: String, fact: Fact, scope: ScopeTraits)] {
        [("duration", .durationSeconds, .splitsStreams)]
    }

    package var embedded: [EmbeddedTable] {
        [
            EmbeddedTable(
                "gen_ai.usage.raw", ProviderUsage.paths(), inclusiveWhen: ProviderUsage.inclusiveWhen),
            EmbeddedTable("request_data", [("stream", .isStream)]),
        ]
    }

    package var scopes: [ScopeRule] { [ScopeRule(startingWith: "logfire.", .splitsStreams)] }

    package var marks: [Fact] { [.logfireType] }

    package func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole? {
        guard let type = facts.text(.logfireType) else { return nil }
        // Logfire sends it when a span begins, to show the span before its end.
        if body.holds(Self.pending, at: type) { return .other }
        guard facts.scope.contains(.splitsStreams), span.status != .error, body.holds(Self.ordinary, at: type),
            !facts.statesUsage, facts[.responseModel] == nil, facts[.responseID] == nil
        else { return nil }
        return .other
    }

    private static let pending = Array("pending_span".utf8)
    private static let ordinary = Array("span".utf8)
}
