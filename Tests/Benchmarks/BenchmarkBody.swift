// SPDX-License-Identifier: Apache-2.0
import TestData

/// Bodies like those that instrumented services send, made from a seed.
enum BenchmarkBody {
    private static let models = [
        ("openai", "gpt-4o"), ("openai", "gpt-4.1-mini"), ("openai", "o4-mini"), ("anthropic", "claude-sonnet-4-5"),
        ("anthropic", "claude-haiku-4-5"), ("gcp.gemini", "gemini-2.5-pro"), ("deepseek", "deepseek-chat"),
    ]

    static func make(spans: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        let all = (0..<spans).map { _ in span(&random) }
        return TraceRequestWriter().request(spans: all)
    }

    /// Makes traces of an application that answers by retrieval: ten spans each, one of them a call, children before parents.
    static func makeMixed(spans: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        var all: [TraceRequestWriter.Span] = []
        while all.count < spans { all += trace(of: min(10, spans - all.count), &random) }
        return TraceRequestWriter().request(spans: all)
    }

    private static func trace(of count: Int, _ random: inout SeededGenerator) -> [TraceRequestWriter.Span] {
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 1...255, using: &random) } }
        var (spans, call) = ([TraceRequestWriter.Span](), span(&random))
        let (root, step) = (bytes(8), bytes(8))
        call.parentSpanID = step
        spans.append(call)
        for index in 1..<max(count, 1) {
            var span = TraceRequestWriter.Span(
                traceID: call.traceID, spanID: bytes(8),
                attributes: [
                    ("db.system.name", .string("postgresql")), ("db.operation.name", .string("SELECT")),
                    ("db.query.text", .string("SELECT id, name FROM orders WHERE customer_id = $1 LIMIT 50")),
                    ("server.address", .string("db-1.internal")), ("server.port", .int(5432)),
                ])
            span.name = "SELECT orders"
            span.parentSpanID = step
            if index == count - 2 { (span.spanID, span.parentSpanID) = (step, root) }
            if index == count - 1 { (span.spanID, span.parentSpanID) = (root, []) }
            spans.append(span)
        }
        return spans
    }

    private static func span(_ random: inout SeededGenerator) -> TraceRequestWriter.Span {
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 1...255, using: &random) } }
        let (provider, model) = models[Int.random(in: 0..<models.count, using: &random)]
        let input = Int64.random(in: 20..<8000, using: &random)
        let output = Int64.random(in: 1..<2000, using: &random)
        let id = String(random.next(), radix: 16)
        return TraceRequestWriter.Span(
            traceID: bytes(16), spanID: bytes(8),
            attributes: [
                ("gen_ai.operation.name", .string("chat")), ("gen_ai.provider.name", .string(provider)),
                ("gen_ai.system", .string(provider)), ("gen_ai.request.model", .string(model)),
                ("gen_ai.response.model", .string(model)), ("gen_ai.request.max_tokens", .int(4096)),
                ("gen_ai.request.temperature", .double(0.7)), ("gen_ai.request.top_p", .double(0.95)),
                ("gen_ai.response.id", .string("chatcmpl-" + id)),
                ("gen_ai.response.finish_reasons", .strings(["stop"])), ("gen_ai.usage.input_tokens", .int(input)),
                ("gen_ai.usage.output_tokens", .int(output)),
                ("gen_ai.usage.cache_read.input_tokens", .int(input / 4)),
                ("server.address", .string("api.example.com")), ("server.port", .int(443)),
                ("gen_ai.conversation.id", .string("conv-" + id)),
            ])
    }
}
