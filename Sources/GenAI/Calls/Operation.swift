// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// What a span is to somebody who counts model calls.
package enum SpanRole: Sendable, Equatable {
    /// One call of a model.
    case modelCall(Operation)
    /// An agent, a workflow, a chain: if it carries usage, then that of calls below it, unless these are hidden.
    case aggregate(Operation)
    /// A call, for want of a word that says otherwise: the span has usage, or a model and an error, and no dialect knows it.
    ///
    /// Billing decides whether it is one, a repetition of calls or a part of one, by the spans around it.
    case unmarked(Operation)
    /// Something else, whatever it carries: a tool, a retrieval, a plain HTTP request.
    case other

    @inline(__always)
    var isAggregate: Bool { if case .aggregate = self { true } else { false } }
    var isUnmarked: Bool { if case .unmarked = self { true } else { false } }
}

/// What a model call did, in the words of the conventions.
package enum Operation: Sendable, Equatable {
    case known(KnownOperation)
    /// A name that an emitter made up; it lies in the body.
    case custom(ByteRange)
}

/// The operations that have a name here: those of the conventions, and the names well known beside them.
package enum KnownOperation: UInt8, CaseIterable, Sendable {
    case chat
    case textCompletion
    case generateContent
    case embeddings
    case imageGeneration
    case speech
    case transcription
    case rerank
    case invokeAgent
    case invokeWorkflow

    /// The value of the `operation` label.
    package var name: String {
        switch self {
        case .chat: "chat"
        case .textCompletion: "text_completion"
        case .generateContent: "generate_content"
        case .embeddings: "embeddings"
        case .imageGeneration: "image_generation"
        case .speech: "speech"
        case .transcription: "transcription"
        case .rerank: "rerank"
        case .invokeAgent: "invoke_agent"
        case .invokeWorkflow: "invoke_workflow"
        }
    }
}
