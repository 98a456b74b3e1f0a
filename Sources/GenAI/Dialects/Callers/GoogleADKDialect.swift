// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// Google's Agent Development Kit (scope `gcp.vertex.agent`): the conventions, and in older versions spans `call_llm` without an
/// operation.
///
/// - SeeAlso: `google/adk-python`: src/google/adk/telemetry/tracing.py (`trace_call_llm`).
package struct GoogleADKDialect: Dialect {
    package let name = "google-adk"

    package init() {}

    package var marks: [Fact] { [.requestModel] }

    package func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole? {
        guard facts[.operation] == nil, body.holds(Self.callName, at: span.name), let provider = facts.text(.provider),
            body.holds(Self.provider, at: provider)
        else { return nil }
        return .modelCall(.known(.generateContent))
    }

    private static let callName = Array("call_llm".utf8)
    private static let provider = Array("gcp.vertex.agent".utf8)
}
