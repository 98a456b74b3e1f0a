// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// The role of a span in counting model calls.
package enum SpanRole: Sendable, Equatable {
    /// A model call.
    case modelCall(Operation)
    /// An agent, workflow or chain: its usage, if any, is that of the calls below it and counts only if no call below has any.
    case aggregate(Operation)
    /// A span that no dialect recognises and that has usage, or a model and an error.
    ///
    /// The spans around it decide in billing whether it is a call, a sum of calls, or a part of a call.
    case unmarked(Operation)
    /// Anything else, even with usage: a tool, a retrieval, a plain HTTP request.
    case other

    @inline(__always)
    var isAggregate: Bool { if case .aggregate = self { true } else { false } }
    var isUnmarked: Bool { if case .unmarked = self { true } else { false } }
}

/// The operation of a model call, in the words of the conventions.
package enum Operation: Sendable, Equatable {
    case known(KnownOperation)
    /// A name that is not a ``KnownOperation``, as a range of the body.
    case custom(ByteRange)
}

/// The operations of the conventions, and other widely used ones.
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
