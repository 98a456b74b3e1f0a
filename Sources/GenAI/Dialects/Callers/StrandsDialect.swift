// SPDX-License-Identifier: Apache-2.0

/// Strands Agents' addition to the conventions (scope `strands.telemetry.tracer`): the time to the first token in whole
/// milliseconds, under a key that others use for seconds.
///
/// Its provider is always `strands-agents`, and the sums on `invoke_agent` continue over all turns of an agent.
///
/// - SeeAlso: `strands-agents/sdk-python`: src/strands/telemetry/tracer.py.
package struct StrandsDialect: Dialect {
    package let name = "strands"

    package init() {}

    package var keys: [(key: String, fact: Fact)] {
        [("gen_ai.server.time_to_first_token", .timeToFirstToken)]
    }
}
