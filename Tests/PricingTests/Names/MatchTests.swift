// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Testing

@Suite struct MatchTests {
    @Test(
        arguments: [
            ("gpt-5.5", "gpt-5.5", "exact"), ("gpt-5.5", "  GPT-5.5 ", "exact"),
            // Paths, prefixes, versions.
            ("gem", "models/gem", "normalised"), ("gem", "publishers/google/models/gem", "normalised"),
            ("gem", "projects/p/locations/global/publishers/google/models/gem", "normalised"),
            ("m", "acme/m", "normalised"), ("m", "litellm_proxy/acme/m", "normalised"),
            ("x/m", "acme/x/m", "normalised"),
            ("m-20250929", "m@20250929", "normalised"), ("m", "m@20250929", "normalised"),
            ("m", "m@default", "normalised"),
            ("ft:m", "ft:m:org::id", "normalised"), ("ft:m", "acme/ft:m:org:name:id", "normalised"),
            // Dates and punctuation, both ways.
            ("m-2025-09-29", "m-20250929", "normalised"), ("m-20250929", "m-2025-09-29", "normalised"),
            ("m-2025-09-29-x", "m-20250929-x", "normalised"), ("m-3-5-x", "m-3.5-x", "normalised"),
            ("m-3.5-x", "m-3-5-x", "normalised"), ("m-3.5-2025-09-29", "m-3-5-20250929", "normalised"),
        ] as [(String, String, String)])
    func `another spelling of a name is found`(_ name: String, _ reported: String, _ kind: String) throws {
        let book = try TestBook.make([TestBook.model("acme/it", [name])])
        #expect(book.price(TestBook.question(reported)).model == "acme/it \(kind)")
    }

    @Test(arguments: [
        ("anthropic.c-v1:0", "arn:aws:bedrock:us-west-2::foundation-model/anthropic.c-v1:0"),
        ("eu.anthropic.c-v1:0", "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.anthropic.c-v1:0"),
        ("anthropic.c-v1:0", "us.anthropic.c-v1:0"), ("anthropic.c", "global.anthropic.c"),
        ("anthropic.c-v1:0", "anthropic.c"), ("anthropic.c", "anthropic.c-v1:0"),
        ("anthropic.c-v1", "anthropic.c-v1:0"),
        ("anthropic.c-v2:1", "bedrock/converse/anthropic.c-v2:1"), ("anthropic.c", "bedrock/us-east-1/anthropic.c"),
    ])
    func `Bedrock's spellings are found`(_ name: String, _ reported: String) throws {
        let book = try TestBook.make([TestBook.model("b/it", [name], provider: "aws.bedrock")])
        #expect(book.price(TestBook.question(reported, provider: "bedrock")).model == "b/it normalised")
    }

    @Test func `a geographic profile keeps its own price where the book has one`() throws {
        let book = try TestBook.make([
            TestBook.model("b/eu", ["eu.anthropic.c"], provider: "aws.bedrock"),
            TestBook.model("b/plain", ["anthropic.c"], provider: "aws.bedrock"),
        ])
        #expect(book.price(TestBook.question("eu.anthropic.c-v1:0", provider: "bedrock")).model == "b/eu normalised")
        #expect(book.price(TestBook.question("us.anthropic.c-v1:0", provider: "bedrock")).model == "b/plain normalised")
    }

    @Test func `what looks like a prefix may be part of the name`() throws {
        let book = try TestBook.make([TestBook.model("acme/long", ["acme/m"]), TestBook.model("acme/short", ["m"])])
        #expect(book.price(TestBook.question("acme/m")).model == "acme/long exact")
        #expect(book.price(TestBook.question("m")).model == "acme/short exact")
    }

    @Test(arguments: [("m:nitro", "2"), ("m:floor", "2"), ("m:online", "2"), ("m:thinking", "2"), ("m:free", "0")])
    func `OpenRouter's routes are the model, a free one costs nothing`(_ model: String, _ cost: String) throws {
        let book = try TestBook.make([TestBook.model("openrouter/m", ["m"], provider: "openrouter")])
        #expect(book.price(TestBook.question(model, provider: "openrouter")).text == cost)
        #expect(
            try TestBook.make([TestBook.model("acme/m", ["m"])]).price(TestBook.question(model)).text == "unknown_model"
        )
    }

    @Test(arguments: [
        ("gpt-4", "ft:gpt-4:org::id"), ("m", "m-mini"), ("m-mini", "m"), ("m-latest", "m"), ("m", "m-2025-09-29"),
        ("m-2025-09-28", "m-2025-09-29"), ("m", "other/m"), ("c", "c-v1:0"), ("m", ""), ("", ""), ("m.5", "m-5"),
        ("m-2025.09.29", "m-2025-09-29"),
    ])
    func `a different name is never taken for a known one`(_ name: String, _ reported: String) throws {
        let book = try TestBook.make([TestBook.model("acme/it", [name == "" ? "something" : name])])
        #expect(book.price(TestBook.question(reported)).text == "unknown_model")
    }

    @Test(arguments: [
        "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc",
        "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc", "projects/1/locations/us/endpoints/42",
    ])
    func `a handle that says nothing of its model is told apart`(_ model: String) throws {
        let rule = "\"match\":[{\"contains\":\"a\"}],\"prices\":[{\"rates\":{\"input\":\"1\"}}]"
        let book = try TestBook.make([TestBook.model("b/it", ["it"], provider: "aws.bedrock", rule)])
        #expect(book.price(TestBook.question(model, provider: "bedrock")).text == "opaque_deployment")
    }

    @Test func `an alias of the book opens a handle and a deployment`() throws {
        let arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/AbC"
        let book = try TestBook.make(
            [TestBook.model("acme/it", ["it"])],
            aliases: """
                [{"provider":"aws.bedrock","name":"\(arn)","to":"acme/it"},\
                {"provider":"acme","name":"Prod-Chat","to":"acme/it"},{"provider":"acme","name":"gone","to":"acme/no"}]
                """)
        #expect(book.price(TestBook.question(arn, provider: "bedrock")).model == "acme/it alias")
        #expect(book.price(TestBook.question("prod-chat")).model == "acme/it alias")
        #expect(book.price(TestBook.question("gone")).model == "unknown_model")
    }

    @Test func `a reseller's models are priced as the maker's, one step away`() throws {
        let book = try TestBook.make([TestBook.model("acme/it", ["it"])])
        #expect(book.price(TestBook.question("it", provider: "resale")).model == "acme/it fallback")
        #expect(book.price(TestBook.question("acme/it", provider: "resale")).model == "acme/it fallback")
        #expect(book.price(TestBook.question("other", provider: "resale")).model == "unknown_model")
    }

    @Test(arguments: [
        ("m-20250929", "acme/prefix"), ("m-longer-20250929", "acme/longer"), ("cohere-m", "acme/suffix"),
        ("cohere-mid-20250929", "acme/contains"), ("both-a-b", "acme/all"), ("both-a", "unknown_model"),
        ("acme/m-20250929", "acme/prefix"),
        ("unsupported-1", "unknown_model"),
    ])
    func `of several rules the one with the longest literal holds`(_ model: String, _ id: String) throws {
        func rule(_ id: String, _ rule: String) -> String {
            TestBook.model(id, [id], "\"match\":[\(rule)],\"prices\":[{\"rates\":{\"input\":\"1\"}}]")
        }
        let book = try TestBook.make([
            rule("acme/all", "{\"all\":[{\"prefix\":\"both-a\"},{\"suffix\":\"-b\"}]}"),
            rule("acme/contains", "{\"contains\":\"-mid-\"}"), rule("acme/longer", "{\"prefix\":\"m-longer\"}"),
            rule("acme/prefix", "{\"prefix\":\"m-\"},{\"regex\":\"^unsupported\"}"),
            rule("acme/suffix", "{\"suffix\":\"-m\"}"),
        ])
        #expect(book.price(TestBook.question(model)).model == (id == "unknown_model" ? id : "\(id) pattern"))
    }
}
