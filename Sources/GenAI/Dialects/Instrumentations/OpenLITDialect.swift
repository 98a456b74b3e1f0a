// SPDX-License-Identifier: Apache-2.0

/// OpenLIT's additions to the conventions (scopes `openlit.instrumentation.…`): the cost of the call, and exceptions in how it
/// counts.
///
/// A cost of 0 as an integer means that OpenLIT does not know the price. Its package for
/// Anthropic passes on the interface's count, which leaves cached tokens out. The time to the first token, in seconds, is
/// stated for plain calls as well.
///
/// - SeeAlso: `openlit/openlit`: sdk/python/src/openlit/semcov/__init__.py,
///   sdk/python/src/openlit/instrumentation/anthropic/utils.py.
package struct OpenLITDialect: Dialect {
    package let name = "openlit"

    package init() {}

    package var keys: [(key: String, fact: Fact)] {
        [
            ("gen_ai.usage.cost", .cost),
            ("gen_ai.usage.cost.amount", .cost),
            ("gen_ai.usage.cost.currency", .costCurrency),
            // In OpenLIT's namespace, as senders put a provider's own members there.
            ("gen_ai.usage.cost_details.upstream_inference_cost", .upstreamCost),
            ("gen_ai.usage.upstream_inference_cost", .upstreamCost),
            ("gen_ai.usage.is_byok", .usesOwnKey),
            ("gen_ai.usage.cost_in_usd_ticks", .costTicks),
            ("gen_ai.usage.cost_in_nano_usd", .costNanos),
        ]
    }

    package var scopes: [ScopeRule] { [ScopeRule("openlit.instrumentation.anthropic", .inputExcludesCache)] }
}
