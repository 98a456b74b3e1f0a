// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import TestData
import Testing

/// What the words of an operation's name say, however they are written.
@Suite struct OperationWordsTests {
    private static func read(
        _ operation: String, kind: UInt64 = 3, name: String = "span"
    ) throws -> InterpreterTests.Reading {
        try InterpreterTests.read([
            ("gen_ai.operation.name", .string(operation)), ("gen_ai.request.model", .string("m")),
            ("gen_ai.usage.input_tokens", .int(2_000)),
        ]) {
            $0.kind = kind
            $0.name = name
        }
    }

    @Test(arguments: [
        "count_tokens", "countTokens", "CountTokens", "messages.count_tokens", "models.countTokens", "token_count",
        "compute_tokens", "get_num_tokens", "tokenize", "tokenise", "Tokenizer", "COUNT_TOKENS",
        "create_file", "files.create", "filesCreate", "acreate_file", "list_models", "models.list", "ListModels",
        "retrieve_model", "delete_model", "get_model", "cancel_batch", "batches.cancel", "create_batch",
        "beta.messages.batches.create", "aretrieve_batch", "batches/create",
    ])
    func `counting tokens and bookkeeping bill nothing`(operation: String) throws {
        for kind in [1, 2, 3] as [UInt64] {
            let reading = try Self.read(operation, kind: kind)
            #expect(reading.spans.calls.isEmpty)
            #expect(reading.report.otherSpans == 1)
        }
    }

    @Test(arguments: [
        ("embed_batch", "embeddings"), ("batchEmbedContents", "embeddings"), ("embed", "embeddings"),
        ("create_embedding", "embeddings"), ("embeddings.create", "embeddings"), ("rerank_documents", "rerank"),
        ("create_chat_completion", "create_chat_completion"), ("batch_generate_content", "batch_generate_content"),
        ("create_model_response", "create_model_response"), ("get_model_prediction", "get_model_prediction"),
        ("chat_streaming", "chat_streaming"), ("list_comprehension", "list_comprehension"), ("create", "create"),
        ("modelOutput", "modelOutput"),
    ])
    func `words of inference win, and other words decide nothing`(operation: String, label: String) throws {
        let client = try Self.read(operation)
        #expect(client.text(client.call?.operation) == label)
        let other = try Self.read(operation, kind: 1)
        #expect(other.text(other.unmarked?.operation) == label)
    }

    @Test(arguments: ["anthropic.messages.count_tokens", "POST /v1/messages/count_tokens", "countTokens"])
    func `a span that names no operation may be named after one`(name: String) throws {
        for kind in [1, 3] as [UInt64] {
            let reading = try InterpreterTests.read([
                ("gen_ai.system", .string("anthropic")), ("gen_ai.request.model", .string("m")),
                ("gen_ai.usage.input_tokens", .int(2_000)),
            ]) {
                $0.kind = kind
                $0.name = name
            }
            #expect(reading.spans.calls.isEmpty)
        }
    }
}
