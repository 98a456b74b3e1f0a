// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing
import TestRooms

/// From the attributes that tell the region of a call to its price.
@Suite struct CloudRegionTests {
    private typealias Attributes = [(key: String, value: TraceRequestWriter.Value)]

    /// Dollars of a million tokens of a model that costs 0.5 in most regions and 0.6 in Tokyo.
    private static func cost(
        resource: Attributes = [], _ more: Attributes = [], provider: String = "aws.bedrock",
        model: String = "qwen.qwen3-coder-next"
    ) throws -> [String] {
        let replayed = try Replayed()
        var span = chat(1, usage(1_000_000, 0) + more).asking(model)
        span.attributes[1].value = .string(provider)
        try replayed.ingest(TraceRequestWriter().request(resource: resource, spans: [span]))
        return replayed.samples("llm_cost_dollars_total").compactMap { $0.split(separator: " ").last.map(String.init) }
    }

    @Test(arguments: ["aws.region", "cloud.region"])
    func `the region that a span states selects its price`(_ key: String) throws {
        #expect(try Self.cost([(key, .string("ap-northeast-1"))]) == ["0.6"])
        #expect(try Self.cost([(key, .string("us-east-1"))]) == ["0.5"])
        #expect(try Self.cost([(key, .string("europe-west1"))]) == ["0.5"])
        #expect(try Self.cost([(key, .int(7))]) == ["0.5"])
    }

    @Test func `the sender's own region stands in for calls of Amazon's models only`() throws {
        let tokyo: Attributes = [("cloud.region", .string("ap-northeast-1"))]
        #expect(try Self.cost(resource: tokyo) == ["0.6"])
        #expect(try Self.cost(resource: tokyo, [("aws.region", .string("us-east-1"))]) == ["0.5"])
        let host = ("server.address", TraceRequestWriter.Value.string("bedrock-runtime.us-east-1.amazonaws.com"))
        #expect(try Self.cost(resource: tokyo, [host]) == ["0.5"])
        let openai = try Self.cost(resource: tokyo, provider: "openai", model: "gpt-4o")
        #expect(try openai == Self.cost(provider: "openai", model: "gpt-4o"))
    }
}
