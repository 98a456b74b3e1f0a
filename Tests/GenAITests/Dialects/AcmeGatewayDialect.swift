// SPDX-License-Identifier: Apache-2.0
@testable package import GenAI
package import OTLP

/// The spans of Acme's gateway, version 3 (scope `acme.gateway`).
///
/// Its input excludes cached tokens, and it states the parts only in a JSON text.
///
/// - SeeAlso: Acme gateway manual, chapter "Tracing" (https://docs.example.com/gateway/tracing).
package struct AcmeGatewayDialect: Dialect {
    package let name = "acme-gateway"

    package init() {}

    package var keys: [(key: String, fact: Fact)] {
        [
            ("acme.kind", .acmeKind),
            ("acme.vendor", .provider),
            ("acme.model", .model),
            ("acme.tokens.in", .inputUncached),
            ("acme.tokens.out", .output),
            ("acme.usd", .cost),
        ]
    }

    package var embedded: [EmbeddedTable] {
        [EmbeddedTable("acme.tokens.details", [("cache.read", .cacheRead), ("thinking", .reasoning)])]
    }

    package var events: [(name: String, meaning: EventMeaning)] { [("acme.first_byte", .firstToken)] }

    package var marks: [Fact] { [.acmeKind] }

    package func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole? {
        Self.roles.role(at: facts.text(.acmeKind), in: body) ?? .other
    }

    private static let roles = RoleWords(
        calls: ["converse": .chat, "vectorise": .embeddings],
        aggregates: ["route": .invokeWorkflow])
}
