// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import TestData
import Testing

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("openai", "gpt-4p", "openai/gpt-4"), ("openai", "openai/GPT-4oo", "openai/gpt-4o"),
        ("anthropic", "claude-sonet-4-5", "anthropic/claude-sonnet-4-5"),
        ("azure", "gpt-4o-minni", "azure.ai.openai/gpt-4o-mini"),
        ("", "claude-sonet-4-5", "anthropic/claude-sonnet-4-5"),
    ])
    func `the nearest names are those a person meant`(_ provider: String, _ model: String, _ id: String) throws {
        let found = try PriceBook.embedded().suggestions(provider: provider, model: model)
        #expect((1...3).contains(found.closest.count))
        #expect(found.closest.contains(id), "\(found.closest)")
    }

    @Test(arguments: [
        // A third of the letters of the name itself may differ; what stands before it says nothing.
        ("acme", "roadrunner", ["acme/roadrunner-2"]), ("acme", "roadrunner-22", ["acme/roadrunner-2"]),
        ("acme", "roadrunner-pro", ["acme/roadrunner-2"]), ("acme", "roadrunner-pro-max", []),
        ("acme", "rr-2", []), ("acme", "road", []), ("acme", "m", ["acme/m"]), ("acme", "mm", []),
        ("acme", "xyz", ["acme/xyy"]),
        ("acme", "accounts/acme/models/coyote", []), ("acme", "accounts/acme/models/road", []),
    ])
    func `a name that differs in more than a third of its letters is not suggested`(
        _ provider: String, _ model: String, _ closest: [String]
    ) throws {
        let book = try TestBook.make(
            ["m", "roadrunner-2", "xyy", "accounts/acme/models/rail"].map { name in
                TestBook.model("acme/\(name)", [name])
            })
        let found = book.suggestions(provider: provider, model: model)
        #expect(found.closest == closest)
        #expect(found.stub.contains("aliases") == !closest.isEmpty)
    }

    @Test func `no alias in the stub is ready to be used for a model that is only near`() throws {
        let book = try TestBook.make([TestBook.model("acme/large-1.1", ["large-1.1"])])
        let stub = book.suggestions(provider: "acme", model: "large-1.2").stub
        let lines = stub.split(separator: "\n").filter { !$0.contains("models") && !$0.contains("Or, if") }
        let uncommented = lines.map { $0.hasPrefix("# ") ? $0.dropFirst(2) : $0 }
        let alias = ["format: pricebook/1"] + uncommented.drop { !$0.hasPrefix("aliases") }
        #expect(throws: PricingError.self) {
            _ = try book.with([TestBook.file(alias.joined(separator: "\n"))])
        }
    }

    @Test func `names of price files are suggested too, by distance and then by id`() throws {
        let book = try TestBook.make(
            [TestBook.model("acme/abcd", ["abcd"]), TestBook.model("acme/abce", ["abce", "abcx"])],
            files: [
                "models: [{id: acme/abcq, prices: [{rates: {input: 1}}]}, {id: acme/abzz, prices: [{rates: {input: 1}}]}]"
            ])
        #expect(book.suggestions(provider: "acme", model: "abc").closest == ["acme/abcd", "acme/abce", "acme/abcq"])
        #expect(book.suggestions(provider: "acme", model: "abzy").closest.first == "acme/abzz")
        #expect(book.suggestions(provider: "openrouter", model: "abc").closest == [])
    }

    @Test func `the stub is a price file that only lacks its rates`() throws {
        let book = try TestBook.make([TestBook.model("acme/n-2", ["n-2"])])
        let stub = book.suggestions(provider: "acme", model: "N-1").stub
        #expect(
            stub == """
                format: pricebook/1
                models:
                  - id: "acme/n-1"
                    provider: "acme"
                    names: ["n-1"]
                    prices:
                      # Dollars per million tokens. Without cache_read and cache_write, cached tokens cost as much as others.
                      - rates: {input: "?", output: "?"}
                # Or, if it is another name for a model that 'prices show' knows, such as acme/n-2,
                # the following instead of 'models', with the id of that model:
                # aliases:
                #   - {provider: "acme", name: "n-1", to: "?"}

                """)
        let error = #expect(throws: PricingError.self) { _ = try TestBook.file(stub) }
        #expect(
            error?.description == """
                prices.yaml:8: 'input' must be dollars per million tokens, such as "2.5", with at most 9 decimals, not '?'
                """)
        let completed = stub.split(separator: "?").joined(separator: "3")
        #expect(try book.with([TestBook.file(completed)]).price(TestBook.question("n-1")).text == "3")
    }

    @Test(arguments: [
        "a\"b", "a\\b", "a\nb: c", "é😀", "#x", "a: b", "\u{85}x", "a\u{2028}\u{FEFF}b", "{}", "- a", "\u{0}\u{7F}x",
        " x ",
    ])
    func `whatever a sender calls its model, the stub stays one model`(_ name: String) throws {
        let book = try TestBook.make([TestBook.model("acme/m", ["m"])])
        for provider in ["acme", name] {
            let stub = book.suggestions(provider: provider, model: name).stub
            let file = try TestBook.file(stub.split(separator: "?").joined(separator: "3"))
            #expect(file.summary.models == 1)
            #expect(book.suggestions(provider: provider, model: name).stub == stub)
        }
    }

    @Test(arguments: [
        ("acme", "", "m-large"), ("", "", "m-large"), ("", "", "acme/m-large"), ("openai", "", "gpt-4o-house"),
        // Software and interfaces on the operator's own machines.
        ("vllm", "", "qwen-7b"), ("openai-compatible", "", "house-1"), ("openai", "localhost", "llama-3-70b"),
        ("openai", "10.0.0.7:8000", "openai/gpt-oss-120b"), ("", "vllm.svc", "openai/gpt-oss-120b"),
        ("", "localhost", "meta-llama/Llama-3"), ("mistral_ai", "127.0.0.1", "mistralai/house-7b"),
        // Gateways, which stand for many providers.
        ("litellm", "", "house-9"), ("litellm", "", "openai/house-9"), ("openrouter", "", "house/house-9"),
        // Names of deployments.
        ("aws.bedrock", "", "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc"),
        ("", "", "arn:aws:bedrock:us-east-1:1:custom-model/abc"), ("", "", "endpoints/1234"),
        ("gcp.vertex_ai", "", "projects/p/locations/l/endpoints/1234"),
    ])
    func `the same call has a price once the stub is completed, and calls of other models keep theirs`(
        _ provider: String, _ host: String, _ model: String
    ) throws {
        let book = try PriceBook.embedded()
        var question = TestBook.question(model, provider: provider)
        (question.serverAddress, question.moment) = (host, .newest)
        guard case .unpriced(let reason) = book.price(question).outcome else {
            Issue.record("the book has a price")
            return
        }
        #expect(reason.isMendedByPrices)
        let stub = book.suggestions(provider: provider, host: host, model: model).stub
        #expect(stub.contains("\naliases:") == (reason == .opaqueDeployment || model.hasPrefix("endpoints/")))
        let completed = stub.replacing("to: \"?\"", with: "to: \"openai/gpt-4o\"").replacing("\"?\"", with: "\"2.5\"")
        let extended = try book.with([TestBook.file(completed)])
        #expect(extended.price(question).text == "2.5", "\(completed)")
        // A name that becomes a provider of its own does not stand for others any more.
        for other in stub.contains(": {}")
            ? [] : ["gpt-4o", "openai/gpt-4o", "claude-sonnet-4-5", "mistral-large-latest"]
        {
            question.model = other
            #expect(extended.price(question).text == book.price(question).text, "\(other)")
        }
    }

    @Test(arguments: [("", 1), ("openai", 4)])
    func `the whole book is searched in bounded time`(_ provider: String, _ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let book = try PriceBook.embedded()
        for length in [0, 1, 30, 64, 256, 5000] {
            let name = String((0..<length).map { _ in "abcdefg-.4/".randomElement(using: &random) ?? "a" })
            let time = ContinuousClock().measure { _ = book.suggestions(provider: provider, model: name) }
            #expect(time < .seconds(20), "an unoptimised build takes a second")
        }
    }
}
