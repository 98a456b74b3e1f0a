// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing
import TestRooms

@testable import CallMetrics

@Suite struct ResourcePathTests {
    @Test(arguments: [
        ("projects/acct-1/locations/us-east5/publishers/anthropic/models/claude-x@20250929", "claude-x@20250929"),
        ("Projects/acct-1/Locations/eu/Models/99", "99"), ("publishers/google/models/gemini-x", "gemini-x"),
        ("models/gemini-x", "gemini-x"), ("vertex_ai/projects/acct-1/publishers/g/models/m", "m"),
        ("accounts/acct-1/models/tuned", "tuned"), ("accounts/acct-1/deployments/d-7", "deployments/d-7"),
        ("projects/acct-1/locations/eu/endpoints/42", "endpoints/42"), ("projects/acct-1", "projects"),
        ("projects/acct-1/locations/eu", "projects"),
        ("/subscriptions/acct-1/resourceGroups/g/providers/p/deployments/chat", "deployments/chat"),
        ("azureml://locations/eu/workspaces/acct-1/models/phi/versions/3", "phi"),
        ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.c-v1:0", "anthropic.c-v1:0"),
        ("arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.anthropic.c-v1:0", "eu.anthropic.c-v1:0"),
        ("bedrock/converse/arn:aws-us-gov:bedrock:r:111122223333:inference-profile/us-gov.x.y", "us-gov.x.y"),
        ("ARN:aws:bedrock:r:111122223333:Inference-Profile/us.x.y", "us.x.y"),
        (
            "arn:aws:bedrock:r:111122223333:application-inference-profile/abc", "application-inference-profile/abc"
        ),
        ("arn:aws:sagemaker:r:111122223333:endpoint/my-model", "endpoint/my-model"),
        ("arn:aws:bedrock:r:111122223333", "arn"), ("arn:aws:bedrock:r:111122223333:", "arn"), ("arn:", "arn"),
    ])
    func `of a resource only the model is shown`(_ name: String, _ model: String) {
        let shown = ResourcePath.model(in: name)
        #expect(shown == model)
        #expect(shown?.contains("acct-1") == false && shown?.contains("1111") == false)
    }

    @Test(arguments: [
        "gpt-4o", "", "/", ":", "openai/gpt-4o", "ft:gpt-4o:acme::id", "meta-llama/llama-3-8b", "a/models/b", "models",
        "team/projects", "us.anthropic.claude-v1:0", "m@2025", "huggingface/acme/accounts",
    ])
    func `other names are no resources`(_ name: String) { #expect(ResourcePath.model(in: name) == nil) }

    @Test func `projects and accounts reach no label, and the call keeps its price`() throws {
        let replayed = try Replayed()
        let names = [
            "projects/acct-1/locations/us-east5/publishers/google/models/gemini-2.5-flash",
            "projects/acct-2/locations/global/publishers/google/models/gemini-2.5-flash",
            "projects/acct-1/locations/eu/endpoints/42", "accounts/acct-1/models/tuned",
            "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc",
        ]
        for (number, name) in names.enumerated() {
            var span = chat(UInt8(number + 1), usage(1_000, 0)).asking(name)
            span.attributes[1].value = .string(number < 3 ? "gcp.vertex_ai" : number == 3 ? "fireworks" : "aws.bedrock")
            try replayed.ingest([span])
        }
        let page = replayed.text
        #expect(!page.contains("acct-") && !page.contains("1111"))
        #expect(
            replayed.samples("llm_requests_total") == [
                #"{model="application-inference-profile/abc",operation="chat"} 1"#,
                #"{model="endpoints/42",operation="chat"} 1"#, #"{model="gemini-2.5-flash",operation="chat"} 2"#,
                #"{model="tuned",operation="chat"} 1"#,
                #"{model="us.anthropic.claude-sonnet-4-5-20250929-v1:0",operation="chat"} 1"#,
            ])
        #expect(replayed.samples("llm_cost_dollars_total").count == 2)
    }

    @Test func `one model in many projects takes one place among the names that are shown`() throws {
        let replayed = try Replayed(unknownModels: 2)
        try replayed.ingest(
            (0..<9).map { number in
                chat(UInt8(number + 1), usage(1, 0)).asking("projects/acct-\(number)/locations/eu/models/own")
            })
        try replayed.ingest([chat(99, usage(1, 0)).asking("projects/acct-1/locations/eu/models/other")])
        #expect(
            replayed.samples("llm_requests_total") == [
                #"{model="other",operation="chat"} 1"#, #"{model="own",operation="chat"} 9"#,
            ])
    }
}
