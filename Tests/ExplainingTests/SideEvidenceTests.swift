// SPDX-License-Identifier: Apache-2.0
import Explaining
import GenAI
import Pricing
import TestData
import Testing

/// Senders that pass a provider's own counts on under the conventions' keys.
@Suite struct SideEvidenceTests {
    /// A call of Claude whose input, as Anthropic's interface counts it, has cached tokens beside it.
    private func call(_ id: UInt8, _ input: Int64, read: Int64, write: Int64 = 0) -> TraceRequestWriter.Span {
        TraceRequestWriter.Span(
            traceID: [UInt8](repeating: id, count: 16), spanID: [UInt8](repeating: id, count: 8),
            attributes: [
                ("gen_ai.operation.name", .string("chat")), ("gen_ai.provider.name", .string("anthropic")),
                ("gen_ai.request.model", .string("claude-sonnet-4-5")), ("gen_ai.usage.input_tokens", .int(input)),
                ("gen_ai.usage.output_tokens", .int(100)), ("gen_ai.usage.cache_read.input_tokens", .int(read)),
                ("gen_ai.usage.cache_creation.input_tokens", .int(write)),
            ])
    }

    @Test(arguments: [false, true])
    func `a span that cannot be otherwise shows how the others of its sender count`(isReversed: Bool) throws {
        var spans = [call(1, 9_000, read: 5_000, write: 1_000), call(2, 3, read: 14_000)]
        if isReversed { spans.reverse() }
        let explained = try Explained()
        for span in spans { try explained.ingest([span]) }
        let explanation = explained.settle()
        let open = try #require(explanation.spans.first { $0.identity.spanID == 0x0101_0101_0101_0101 })
        let call = try #require(open.call)
        #expect(call.usage[.input] == 9_000 && call.usage[.cacheRead] == 5_000 && call.usage[.cacheWrite] == 1_000)
        #expect(call.sides.cache == [.isMovable, .isMoved])
        // Nothing of it comes from a twin.
        #expect(open.learned == [])
        #expect(explanation.models.map(\.inputTokens) == [29_003])
        #expect(explanation.models.first?.cost.description == "0.039459")
    }

    @Test func `without such a span cached tokens are inside the input`() throws {
        let explanation = try Explained.explain([call(1, 9_000, read: 5_000, write: 1_000)])
        #expect(explanation.models.map(\.inputTokens) == [9_000])
        #expect(explanation.spans.first?.call?.sides.cache == .isMovable)
    }
}
