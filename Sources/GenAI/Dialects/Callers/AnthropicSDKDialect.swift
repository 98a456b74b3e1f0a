// SPDX-License-Identifier: Apache-2.0

/// What the Anthropic SDK adds in the spans it makes itself (package `anthropic`, 2.x): the conventions, and cache writes
/// split by lifetime, which have two prices.
///
/// - SeeAlso: Anthropic API reference, Messages, `usage.cache_creation`; package `anthropic` 2.11.0, _tracing.py.
package struct AnthropicSDKDialect: Dialect {
    package let name = "anthropic-sdk"

    package init() {}

    package var keys: [(key: String, fact: Fact)] {
        [
            ("anthropic.usage.cache_creation.ephemeral_5m_input_tokens", .cacheWrite5m),
            ("anthropic.usage.cache_creation.ephemeral_1h_input_tokens", .cacheWrite1h),
            ("anthropic.response.service_tier", .responseTier),
            // Not the SDK, but proxies that pass on the rest of the usage in its manner.
            ("anthropic.usage.server_tool_use.web_search_requests", .webSearches),
            ("anthropic.usage.speed", .speed),
            ("anthropic.usage.inference_geo", .inferenceGeo),
        ]
    }

    /// Counting tokens and creating sessions are client spans that name a model, too, but no operation.
    package var scopes: [ScopeRule] {
        [
            ScopeRule(startingWith: "com.anthropic.sdk.", .namesEveryCall),
            ScopeRule("com.anthropic.claude-platform", .namesEveryCall),
        ]
    }
}
