// SPDX-License-Identifier: Apache-2.0

/// The Anthropic SDK's own spans (package `anthropic`, 2.x): the conventions, and cache writes by lifetime, which have two
/// prices.
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
            // Not from the SDK: proxies pass on the rest of the usage under such keys.
            ("anthropic.usage.server_tool_use.web_search_requests", .webSearches),
            ("anthropic.usage.speed", .speed),
            ("anthropic.usage.inference_geo", .inferenceGeo),
        ]
    }

    /// Client spans for counting tokens and creating sessions name a model and no operation.
    package var scopes: [ScopeRule] {
        [
            ScopeRule(startingWith: "com.anthropic.sdk.", .namesEveryCall),
            ScopeRule("com.anthropic.claude-platform", .namesEveryCall),
        ]
    }
}
