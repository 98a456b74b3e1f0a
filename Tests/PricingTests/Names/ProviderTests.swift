// SPDX-License-Identifier: Apache-2.0
import Pricing
import Testing

@Suite struct ProviderTests {
    @Test(
        arguments: [
            ("acme", "", "m", "acme/m exact"), (" ACME-ai ", "", "m", "acme/m exact"),
            ("acme.something", "", "m", "unknown_provider"), ("acm", "", "m", "unknown_provider"),
            ("acm", "api.acme.test", "m", "acme/m exact"),
            // Nobody or a gateway is named: the host, the first path segment, the few telling names.
            ("", "api.acme.test", "m", "acme/m exact"), ("litellm", "API.acme.test", "m", "acme/m exact"),
            ("", "eu.acme.cloud", "m", "acme/m exact"), ("", "acme.cloud.evil.test", "m", "unknown_provider"),
            ("", "notapi.acme.test", "m", "unknown_provider"), ("", "", "acme/m", "acme/m normalised"),
            ("langchain", "", "acme/m", "acme/m normalised"), ("", "", "litellm_proxy/acme/m", "acme/m normalised"),
            ("", "", "other/m", "unknown_provider"), ("", "", "m", "unknown_provider"),
            ("", "", "roadrunner-1", "acme/r exact"), ("portkey", "", "Roadrunner-1", "acme/r exact"),
            ("langgraph", "", "x-roadrunner-1", "unknown_provider"), ("", "", "", "unknown_provider"),
            ("", "", "arn:aws:bedrock:us-east-1::foundation-model/b", "b/b normalised"),
        ] as [(String, String, String, String)])
    func `a provider is what it says it is, or what the host and the model tell`(
        _ provider: String, _ host: String, _ model: String, _ expected: String
    ) throws {
        let book = try TestBook.make([
            TestBook.model("acme/m", ["m"]), TestBook.model("acme/r", ["roadrunner-1"]),
            TestBook.model("b/b", ["b"], provider: "aws.bedrock"),
        ])
        var question = TestBook.question(model, provider: provider)
        question.serverAddress = host
        #expect(book.price(question).model == expected)
    }

    @Test(
        arguments: [
            ("projects/p/locations/us-east5/publishers/a/models/m", "", ["endpoint": "regional"]),
            ("projects/p/locations/global/publishers/a/models/m", "", [:]),
            ("m", "us-east5-aiplatform.googleapis.com", ["endpoint": "regional"]),
            ("m", "aiplatform.googleapis.com", [:]),
            ("m", "eu.api.openai.com", ["data_residency": "eu"]), ("m", "US.api.openai.com", ["data_residency": "us"]),
            ("m", "api.openai.com", [:]), ("locations", "", [:]), ("", "", [:]),
        ] as [(String, String, [String: String])])
    func `the region is read from the path and the host`(_ model: String, _ host: String, _ facts: [String: String]) {
        #expect(Circumstances.regionFacts(model: model, host: host) == facts)
    }
}
