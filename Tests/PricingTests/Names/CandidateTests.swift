// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Testing

/// The spellings (a) to (j) of a name, as the price book's rules list them.
@Suite struct CandidateTests {
    @Test(
        arguments: [
            // (a) Trimmed, lower case.
            ("acme", "\t M-1 \n", "m-1", "exact"),
            // (b) ARNs of models and of system-defined profiles, in every partition.
            ("bedrock", "arn:aws:bedrock:eu-west-1:1:inference-profile/b.x", "b.x", "normalised"),
            ("bedrock", "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/b.x-v1:0", "b.x-v1:0", "normalised"),
            ("bedrock", "bedrock/arn:aws-cn:bedrock:cn-north-1::foundation-model/b.x", "b.x", "normalised"),
            ("bedrock", "arn:aws:bedrock:us-east-1:1:inference-profile/global.b.x-v1:0", "b.x", "normalised"),
            // (c) Paths.
            ("acme", "models/m", "m", "normalised"), ("acme", "publishers/acme/models/m", "m", "normalised"),
            ("acme", "projects/p/locations/eu/publishers/acme/models/m@001", "m-001", "normalised"),
            ("acme", "acme/publishers/x/models/m", "m", "normalised"),
            // (d) Prefixes, one after the other.
            ("acme", "litellm/acme-ai/m", "m", "normalised"), ("bedrock", "bedrock/converse/b.x", "b.x", "normalised"),
            ("bedrock", "litellm_proxy/bedrock/converse_like/b.x", "b.x", "normalised"),
            ("bedrock", "bedrock/invoke/b.x", "b.x", "normalised"), ("acme", "vercel/acme/m", "m", "normalised"),
            // (e) What stands behind an at sign.
            ("acme", "m@20250929", "m-20250929", "normalised"), ("acme", "m@latest", "m", "normalised"),
            ("acme", "m@20250929", "m-2025-09-29", "normalised"),
            // (f) Tuned models, never their base.
            ("acme", "ft:m-1:org::id", "ft:m-1", "normalised"),
            ("acme", "ft:m:org:name:id:ckpt-step-9", "ft:m", "normalised"),
            // (g) Bedrock's versions and geographies.
            ("bedrock", "us.b.x-v1:0", "b.x-v1:0", "normalised"), ("bedrock", "eu.b.x-v1:0", "b.x", "normalised"),
            ("bedrock", "apac.b.x", "b.x-v1:0", "normalised"), ("bedrock", "global.b.x", "b.x-v1", "normalised"),
            ("bedrock", "jp.b.x", "b.x", "normalised"), ("bedrock", "au.b.x", "b.x", "normalised"),
            ("bedrock", "ca.b.x", "b.x", "normalised"), ("bedrock", "us-west-2/b.x", "b.x", "normalised"),
            ("bedrock", "bedrock/us.b.x-v2:0", "b.x-v2:0", "normalised"),
            ("bedrock", "eu.b.x", "eu.b.x-v1:0", "normalised"),
            // (h) Dates.
            ("acme", "m-20250929", "m-2025-09-29", "normalised"), ("acme", "m-2025-09-29", "m-20250929", "normalised"),
            // (i) Dots and dashes between digits.
            ("acme", "m-4.5", "m-4-5", "normalised"), ("acme", "m-4-5", "m-4.5", "normalised"),
            // (j) OpenRouter's routes.
            ("openrouter", "a/m:nitro", "a/m", "normalised"), ("openrouter", "a/m:floor", "a/m", "normalised"),
            ("openrouter", "a/m:online", "a/m", "normalised"), ("openrouter", "a/m:thinking", "a/m", "normalised"),
            ("openrouter", "a/m:free", "a/m", "normalised"), ("openrouter", "a/m:free", "a/m:free", "exact"),
        ])
    func `a spelling is found`(_ provider: String, _ model: String, _ name: String, _ kind: String) throws {
        let id = ["acme": "acme", "bedrock": "aws.bedrock", "openrouter": "openrouter"][provider] ?? ""
        let book = try TestBook.make([TestBook.model("it", [name], provider: id)])
        #expect(book.price(TestBook.question(model, provider: provider)).model == "it \(kind)")
    }

    @Test(arguments: [
        ("acme", "ft:m:org::id", "m"), ("acme", "us.b.x", "b.x"), ("acme", "m:free", "m"), ("acme", "m:nitro", "m"),
        ("bedrock", "us-gov.b.x", "b.x"), ("bedrock", "us-gov-west-1/b.x", "b.x"), ("bedrock", "xx.b.x", "b.x"),
        ("bedrock", "us.us.b.x", "us.b.y"), ("openrouter", "a/m:extended", "a/m"), ("acme", "other/m", "m"),
        ("acme", "m-2025-9-29", "m-20250929"), ("acme", "m-4.50", "m-450"),
    ])
    func `what means another product is no spelling of a name`(_ provider: String, _ model: String, _ name: String)
        throws
    {
        let id = ["acme": "acme", "bedrock": "aws.bedrock", "openrouter": "openrouter"][provider] ?? ""
        let book = try TestBook.make([TestBook.model("it", [name], provider: id)])
        #expect(book.price(TestBook.question(model, provider: provider)).model == "unknown_model")
    }

    @Test(arguments: [
        String(repeating: "openai/", count: 36), String(repeating: "/", count: 256),
        String(repeating: "models/", count: 36), String(repeating: "bedrock/invoke/", count: 17),
        String(repeating: "4.5-", count: 64), String(repeating: "us-east-1/us.", count: 19) + "x@20250929-v2:0",
        "bedrock/converse/us-east-1/us.anthropic.claude-3-5-sonnet@20241022-v2:0",
        String(repeating: "2025-09-29-", count: 23), String(repeating: "@", count: 256),
        "openrouter/" + String(repeating: "a:free:nitro", count: 20),
    ])
    func `whatever a name is like, few spellings of it are tried`(_ name: String) throws {
        for provider in ["bedrock", "openrouter", "azure_openai", ""] {
            let trace = MatchTrace()
            var question = TestBook.question(name, provider: provider)
            question.allowsApproximate = true
            _ = try PriceBook.embedded().price(question, trace: trace)
            for step in trace.steps where step.hasPrefix("spellings: ") || step.hasPrefix("similar names: ") {
                #expect(step.split(separator: "', '").count <= 24)
            }
        }
    }

    @Test func `segments beyond the fifth are left in the name`() throws {
        let book = try TestBook.make([TestBook.model("acme/m", ["m"])])
        let five = String(repeating: "litellm/", count: 5)
        #expect(book.price(TestBook.question(five + "m")).model == "acme/m normalised")
        #expect(book.price(TestBook.question(five + "litellm/m")).model == "unknown_model")
    }

    @Test func `a step by step account is given where it is asked for`() throws {
        let trace = MatchTrace()
        let book = try TestBook.make([TestBook.model("acme/m", ["m"])])
        _ = book.price(TestBook.question("models/m", provider: "resale"), trace: trace)
        #expect(
            trace.steps == [
                "provider: resale", "spellings: 'models/m', 'm'", "the book lists no spelling of it",
                "none of 0 models with rules matches", "fallback: the models of acme", "spellings: 'models/m', 'm'",
                "the book lists 'm'", "matched: acme/m, fallback",
            ])
    }

    @Test(
        arguments: [
            ("eu.anthropic.claude-x-v1:0", "", "", ["geo": "eu"]),
            ("bedrock/global.anthropic.claude-x", "", "", ["geo": "global"]),
            ("arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.c", "", "", ["geo": "us"]),
            ("anthropic.claude-x", "", "", [:]), ("us-gov.anthropic.c", "", "", [:]), ("gpt-5.5.eu", "", "", [:]),
            ("claude-x", "", "US", ["inference_geo": "us"]), ("claude-x", "", "global", [:]),
            ("claude-x", "", "not_available", [:]),
        ] as [(String, String, String, [String: String])])
    func `a geography is read from Bedrock's names and from the answer`(
        _ model: String, _ host: String, _ geo: String, _ facts: [String: String]
    ) {
        #expect(Circumstances.regionFacts(model: model, host: host, inferenceGeo: geo) == facts)
    }

    @Test(arguments: [("eu.b.x", "2.2", "eu"), ("us.b.x", "2", "us"), ("b.x", "2", "")])
    func `a price file may charge more for a geography`(_ name: String, _ cost: String, _ region: String) throws {
        let file = """
            models:
              - id: b/x
                provider: bedrock
                names: [b.x]
                prices: [{rates: {input: 2}}]
                multipliers: [{when: {geo: eu}, by: "1.1"}]
            """
        let answer = try TestBook.make([TestBook.model("acme/m", ["m"])], files: [file]).price(
            TestBook.question(name, provider: "bedrock"))
        #expect(answer.text == cost)
        guard case .priced(let card, _) = answer.outcome else { return }
        #expect(card.region == region)
    }
}
