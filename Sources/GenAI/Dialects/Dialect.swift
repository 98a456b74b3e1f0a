// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// A dialect: a way to write model calls into spans.
///
/// It says which keys state which facts, and what marks a call.
///
/// The tables of all dialects are read as one table, so a span may mix dialects. If two keys of a span state the same fact, the
/// dialect that is listed first counts, and within it the first row.
package protocol Dialect: Sendable {
    /// The dialect's name in explanations.
    var name: String { get }

    /// The attribute keys and the facts they state; the best spelling of a fact comes first.
    var keys: [(key: String, fact: Fact)] { get }

    /// Keys whose text is JSON, so that words are in quotes.
    var quotedKeys: [(key: String, fact: Fact)] { get }

    /// Keys that state their fact only in scopes with certain traits; other scopes use them for something else.
    var scopedKeys: [(key: String, fact: Fact, scope: ScopeTraits)] { get }

    /// Attributes whose text is an object, and the members of it that state facts.
    var embedded: [EmbeddedTable] { get }

    /// Names of events, and their meanings.
    var events: [(name: String, meaning: EventMeaning)] { get }

    /// The traits of instrumentation scopes.
    var scopes: [ScopeRule] { get }

    /// The facts that mark a span of this dialect: ``role(of:facts:body:)`` is called only for spans that state one of them.
    var marks: [Fact] { get }

    /// Whether the dialect is asked only after all others.
    var isAskedLast: Bool { get }

    /// The role of a span, if this dialect recognises it. Dialects are asked in their order, and the first answer counts.
    ///
    /// - Parameters:
    ///   - span: The span itself.
    ///   - facts: The facts that its attributes state, without those in embedded objects.
    ///   - body: The bytes that the ranges in `span` and `facts` refer to.
    /// - Returns: The role; `nil` if this dialect does not recognise the span.
    func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole?
}

extension Dialect {
    package var keys: [(key: String, fact: Fact)] { [] }
    package var quotedKeys: [(key: String, fact: Fact)] { [] }
    package var scopedKeys: [(key: String, fact: Fact, scope: ScopeTraits)] { [] }
    package var embedded: [EmbeddedTable] { [] }
    package var events: [(name: String, meaning: EventMeaning)] { [] }
    package var scopes: [ScopeRule] { [] }
    package var marks: [Fact] { [] }
    package var isAskedLast: Bool { false }

    package func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole? { nil }
}

/// The meaning of an event with a certain name.
package enum EventMeaning: Sendable {
    /// The first part of a streamed answer arrived.
    case firstToken
    /// The operation ended in an exception, whose type is among the event's attributes.
    case exception
}
