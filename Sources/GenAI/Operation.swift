// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// What a span is to somebody who counts model calls.
package enum SpanRole: Sendable, Equatable {
    /// One call of a model.
    case modelCall(Operation)
    /// An agent, a workflow, a chain: if it carries usage, then that of calls below it, unless these are hidden.
    case aggregate(Operation)
    /// Something else, whatever it carries: a tool, a retrieval, a plain HTTP request.
    case other
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

/// Words of a dialect with the roles they stand for, looked up by their bytes, ASCII letters in any case.
struct RoleWords: Sendable {
    private var words: [(text: [UInt8], role: SpanRole)] = []

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - calls: Words for calls, in lower case, the most frequent first.
    ///   - aggregates: Words for agents, workflows and chains, in lower case.
    ///   - others: Words for spans that are neither.
    init(
        calls: KeyValuePairs<String, KnownOperation>, aggregates: KeyValuePairs<String, KnownOperation> = [:],
        others: [String] = []
    ) {
        words = calls.map { (Array($0.key.utf8), .modelCall(.known($0.value))) }
        words += aggregates.map { (Array($0.key.utf8), .aggregate(.known($0.value))) }
        words += others.map { (Array($0.utf8), .other) }
    }

    /// The role that the word at a place stands for, or `nil` when it is none of the table's.
    func role(at place: ByteRange?, in body: Span<UInt8>) -> SpanRole? {
        guard let place else { return nil }
        for (text, role) in words where body.holdsIgnoringCase(text, at: place) { return role }
        return nil
    }
}
