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

    /// Names of instrumentation scopes whose input count leaves the cached tokens out although it has the name of one
    /// that includes them.
    var scopesExcludingCache: [String] { get }

    /// The facts that mark a span of this dialect; only spans that state one of them are shown to ``role(of:facts:body:)``.
    var marks: [Fact] { get }

    /// What a span is, if this dialect can tell; dialects are asked in their order and the first answer holds.
    ///
    /// - Parameters:
    ///   - span: The span itself.
    ///   - facts: What its attributes state.
    ///   - body: The bytes that the places in `span` and `facts` refer to.
    /// - Returns: `nil` when the span bears no mark of this dialect.
    func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole?
}

extension Dialect {
    package var scopesExcludingCache: [String] { [] }
}

/// What a span is to somebody who counts model calls.
package enum SpanRole: Sendable, Equatable {
    /// One call of a model.
    case modelCall(Operation)
    /// Something else: an agent, a workflow, a tool, a plain HTTP request.
    case other
}

/// What a model call did, in the words of the conventions.
package enum Operation: Sendable, Equatable {
    case known(KnownOperation)
    /// A name that an emitter made up; it lies in the body.
    case custom(ByteRange)
}

/// The operations that are one call of a model: those of the conventions, and the names well known beside them.
package enum KnownOperation: UInt8, CaseIterable, Sendable {
    case chat
    case textCompletion
    case generateContent
    case embeddings
    case imageGeneration
    case speech
    case rerank

    /// The value of the `operation` label.
    package var name: String {
        switch self {
        case .chat: "chat"
        case .textCompletion: "text_completion"
        case .generateContent: "generate_content"
        case .embeddings: "embeddings"
        case .imageGeneration: "image_generation"
        case .speech: "speech"
        case .rerank: "rerank"
        }
    }
}

/// All dialects, in the order in which they are asked.
package enum Dialects {
    package static let all: [any Dialect] = [
        OpenTelemetryDialect(),
        AnthropicSDKDialect(),
    ]
}
