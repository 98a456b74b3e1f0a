// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// A manner of writing model calls into spans: which keys state which facts, and what marks a call.
///
/// The tables of all dialects are read as one: a span may mix them, and the facts of a call are the same whoever wrote
/// them. Where two keys state the same fact on one span, the dialect listed first wins, and within it the first row.
package protocol Dialect: Sendable {
    /// The dialect's name, for people.
    var name: String { get }

    /// The attribute keys and what they state; of several spellings of one fact the best comes first.
    var keys: [(key: String, fact: Fact)] { get }

    /// Keys whose text is JSON, so that a word stands in quotes.
    var quotedKeys: [(key: String, fact: Fact)] { get }

    /// Keys that mean something only in scopes with some traits, since others use them for something else.
    var scopedKeys: [(key: String, fact: Fact, scope: ScopeTraits)] { get }

    /// Attributes whose text is an object, and where facts lie in it.
    var embedded: [EmbeddedTable] { get }

    /// Names of events, and what they tell.
    var events: [(name: String, meaning: EventMeaning)] { get }

    /// What is known of instrumentation scopes.
    var scopes: [ScopeRule] { get }

    /// The facts that mark a span of this dialect; only spans that state one of them are shown to ``role(of:facts:body:)``.
    var marks: [Fact] { get }

    /// Whether it is asked only when no other dialect could tell.
    var isAskedLast: Bool { get }

    /// What a span is, if this dialect can tell; dialects are asked in their order and the first answer holds.
    ///
    /// - Parameters:
    ///   - span: The span itself.
    ///   - facts: What its attributes state; texts with objects in them have not been looked into.
    ///   - body: The bytes that the places in `span` and `facts` refer to.
    /// - Returns: `nil` when the span bears no mark of this dialect.
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

/// What the first event of a name tells.
package enum EventMeaning: Sendable {
    /// The first part of a streamed answer came.
    case firstToken
    /// The operation ended in an exception, whose type is among the event's attributes.
    case exception
}
