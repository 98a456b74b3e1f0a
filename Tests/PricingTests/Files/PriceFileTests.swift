// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Testing

@Suite struct PriceFileTests {
    private let models = [
        TestBook.model("acme/m", ["m", "acme/long"]), TestBook.model("acme/n", ["n"]),
        TestBook.model(
            "acme/rule", ["r"], "\"match\":[{\"prefix\":\"r-\"}],\"prices\":[{\"rates\":{\"input\":\"3\"}}]"),
    ]

    @Test(arguments: [
        ("m", "7 acme/own override"), ("models/m", "7 acme/own override"), ("n", "2 acme/n exact"),
        // Another name of the same model keeps the book's price, and so does a likelier spelling that the book lists.
        ("acme/long", "2 acme/m exact"),
    ])
    func `a price file wins over the book name by name`(_ name: String, _ expected: String) throws {
        let book = try TestBook.make(
            models, files: ["models: [{id: acme/own, provider: acme, names: [M, long], prices: [{rates: {input: 7}}]}]"]
        )
        #expect(answer(book, name) == expected)
    }

    @Test(arguments: [("m", "7"), ("acme/long", "7"), ("r-001", "8"), ("r", "8"), ("n", "2")])
    func `an id alone stands for the model that has it, by whatever name`(_ name: String, _ cost: String) throws {
        let file = """
            models:
              - {id: acme/m, prices: [{rates: {input: 7}}]}
              - {id: acme/rule, prices: [{rates: {input: 8}}]}
            """
        #expect(try TestBook.make(models, files: [file]).price(TestBook.question(name)).text == cost)
    }

    @Test func `an id that nobody has makes a model of that name`() throws {
        let file = "models: [{id: acme/Fresh-1, prices: [{rates: {input: 7}}]}]"
        #expect(answer(try TestBook.make(models, files: [file]), "fresh-1") == "7 acme/Fresh-1 override")
    }

    @Test(arguments: [("m", "9"), ("n", "8"), ("r", "7"), ("z", "6")])
    func `a later file wins over an earlier one`(_ name: String, _ cost: String) throws {
        func file(_ cost: Int, _ names: String) -> String {
            "models: [{id: acme/\(cost), provider: acme, names: [\(names)], prices: [{rates: {input: \(cost)}}]}]"
        }
        let rules = "models: [{id: acme/all, provider: acme, match: [{glob: '*'}], prices: [{rates: {input: 6}}]}]"
        let files = [rules, file(7, "m, n, r"), file(8, "m, n"), file(9, "m")]
        #expect(try TestBook.make(models, files: files).price(TestBook.question(name)).text == cost)
    }

    @Test func `a rule of a price file wins over a name of the book, and its names over its rules`() throws {
        let file = """
            models:
              - {id: acme/all, provider: acme, match: [{glob: "*"}], prices: [{rates: {input: 6}}]}
              - {id: acme/one, provider: acme, names: [n], prices: [{rates: {input: 7}}]}
            """
        let book = try TestBook.make(models, files: [file])
        #expect(answer(book, "m") == "6 acme/all override")
        #expect(answer(book, "models/n") == "7 acme/one override")
    }

    @Test func `a price file adds providers by alias, host, gateway and fallback`() throws {
        let file = """
            gateways: [corp-gateway]
            providers:
              corp: {aliases: [Corp-AI], hosts: [.corp.test, "llm.*.corp.example"], fallback: [acme], unambiguous: [corp-]}
              bare:
            models:
              - {id: corp/x, names: [x], prices: [{rates: {input: 5}}]}
              - {id: bare/b, names: [b], prices: [{rates: {input: 4}}]}
            """
        let book = try TestBook.make(models, files: [file])
        func answer(_ provider: String, _ model: String, host: String = "") -> String {
            var question = TestBook.question(model, provider: provider)
            question.serverAddress = host
            return book.price(question).model
        }
        #expect(answer("corp", "x") == "corp/x override")
        #expect(answer("CORP-ai", "x") == "corp/x override")
        #expect(answer("bare", "b") == "bare/b override")
        #expect(answer("corp", "m") == "acme/m fallback")
        #expect(answer("", "x", host: "eu.corp.test") == "corp/x override")
        #expect(answer("corp-gateway", "x", host: "llm.eu-1.corp.example") == "corp/x override")
        #expect(answer("", "corp/x") == "corp/x override")
        #expect(answer("someone", "x", host: "eu.corp.test") == "corp/x override")
        #expect(answer("someone", "x") == "unknown_provider")
    }

    @Test(arguments: [
        ("prod-chat", "2 acme/m alias"), ("PROD-EU", "2.2 acme/m alias"), ("own", "7 acme/own override"),
        ("arn:aws:bedrock:eu-west-1:1:application-inference-profile/abc", "opaque_deployment"),
    ])
    func `an alias opens a deployment, with a factor of its own if need be`(
        _ name: String, _ expected: String
    ) throws {
        let file = """
            models: [{id: acme/own, provider: acme, names: [own-x], prices: [{rates: {input: 7}}]}]
            aliases:
              - {provider: acme, name: Prod-Chat, to: acme/m}
              - {provider: Acme-AI, name: prod-eu, to: acme/m, by: "1.1"}
              - {provider: acme, name: own, to: acme/own}
            """
        #expect(answer(try TestBook.make(models, files: [file]), name) == expected)
    }

    @Test func `an alias opens an opaque profile of Bedrock`() throws {
        let arn = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/AbC"
        let book = try TestBook.make(
            models, files: ["aliases: [{provider: aws.bedrock, name: \"\(arn)\", to: acme/m}]"])
        #expect(book.price(TestBook.question(arn, provider: "bedrock")).model == "acme/m alias")
    }

    @Test func `rates above a thousand dollars a million are taken where that is meant`() throws {
        let price = "prices: [{rates: {input: 1000.5}}]"
        let whole = "allow_large: true\nmodels: [{id: acme/x, \(price)}]"
        let entry = "models: [{id: acme/x, allow_large: true, \(price)}]"
        for file in [whole, entry] {
            #expect(try TestBook.make(models, files: [file]).price(TestBook.question("x")).text == "1000.5")
        }
    }

    @Test(
        arguments: [
            // 20,000 days after 1970 is Friday, 4 October 2024.
            ("hours: [\"09:00-17:00\"]", "+08:00", 60, "1"), ("hours: [\"09:00-17:00\"]", "+08:00", 540, "2"),
            ("hours: [\"09:00-17:00\"]", "UTC", 540, "1"), ("hours_utc: [\"09:00-17:00\"]", "+08:00", 540, "1"),
            ("hours: [\"22:00-06:00\"]", "Asia/Tokyo", 1260, "2"), ("hours: [\"22:00-06:00\"]", "Asia/Tokyo", 800, "1"),
            ("hours: [\"00:00-12:00\"], days: [5]", "Asia/Shanghai", 1000, "2"),
            ("hours: [\"00:00-12:00\"], days: [6]", "Asia/Shanghai", 1000, "1"),
        ] as [(String, String, Int16, String)])
    func `hours are those of the zone`(_ window: String, _ zone: String, _ minute: Int16, _ cost: String) throws {
        let file = """
            models: [{id: acme/x, prices: [{rates: {input: 2}}, {tz: "\(zone)", windows: [{\(window)}], rates: {input: 1}}]}]
            """
        let book = try TestBook.make(models, files: [file])
        #expect(book.price(TestBook.question("x", at: (20_000, minute))).text == cost)
    }

    @Test func `Langfuse's entries are read as they were exported, with a provider added`() throws {
        let file = """
            {"format": "pricebook/1", "models": [{"modelName": "gpt-x", "matchPattern": "(?i)^(acme/)?(gpt-x)$",
             "startDate": "2023-06-01T00:00:00.000Z", "unit": "TOKENS", "provider": "acme", "tokenizerId": "openai",
             "prices": {"input": 2.5e-6, "input_cached_tokens": 0.00000125, "output": 1E-5}},
             {"model_name": "Plain", "provider": "acme", "input_price": 0.000001, "output_price": "0.000002"}]}
            """
        let book = try TestBook.make(models).with([try TestBook.file(file)])
        #expect(answer(book, "GPT-X") == "2.5 gpt-x override")
        #expect(answer(book, "gpt-xy") == "unknown_model")
        #expect(book.price(TestBook.question("plain", [.input: 1_000_000, .output: 1_000_000])).text == "3")
        let cached = TestBook.question("gpt-x", [.cacheRead: 1_000_000, .output: 1_000_000])
        #expect(book.price(cached).text == "11.25")
    }

    @Test func `what looks odd is told and accepted`() throws {
        let file = """
            models:
              - {id: acme/x, prices: [{rates: {input: 1, output: 2, cache_read: 2, cache_write: 1}}]}
              - {id: acme/y, prices: [{rates: {input: 1}}]}
            """
        #expect(
            try TestBook.make(models, files: [file]).warnings == [
                "0.yaml:3: acme/x: reading from the cache costs more than plain input",
                "0.yaml:3: acme/x: writing to the cache costs less than reading from it",
                "0.yaml:4: acme/y: there is no rate for output, so calls with output stay unpriced",
            ])
    }

    @Test func `a flaw that several prices of a model have is told once`() throws {
        let file = "models: [{id: acme/y, prices: [{rates: {input: 1}}, {from: 2026-06-01, rates: {input: 2}}]}]"
        #expect(try TestBook.make(models, files: [file]).warnings.count == 1)
    }

    @Test func `a value with a star is no wildcard, which is told with its line`() throws {
        let file = """
            tenants:
              all: {match: {resource: {team: "*"}, span: {plan: [a, b*]}}, discount: [{by: "0.5"}]}
              one: {match: {resource: {team: a}}}
            """
        let warnings = try TestBook.make(models, files: [file]).warnings
        #expect(warnings.count == 2)
        #expect(
            warnings.first?.hasPrefix(
                "0.yaml:3: tenant 'all' gets only calls whose resource attribute team is exactly '*', since values are "
                    + "compared as a whole, without wildcards; list the values") == true)
        #expect(warnings.last?.contains("span attribute plan is exactly 'b*'") == true)
    }

    @Test func `files are laid over the embedded book, all or none`() throws {
        func source(_ name: String, _ text: String) -> PriceBook.Source {
            PriceBook.Source(name: name, bytes: Array(("format: pricebook/1\nversion: v7\n" + text).utf8))
        }
        let good = source("good.yaml", "models: [{id: openai/gpt-4o, prices: [{rates: {input: 7}}]}]")
        let book = try PriceBook.load([good])
        #expect(book.price(TestBook.question("gpt-4o", provider: "openai")).text == "7")
        #expect(book.files.map(\.name) == ["good.yaml"])
        #expect(book.files.map(\.version) == ["v7"])
        #expect(book.modelCount == (try PriceBook.embedded().modelCount) + 1)
        let bad = source("bad.yaml", "models: [{id: openai/gpt-4o}]")
        let error = #expect(throws: PricingError.self) { _ = try PriceBook.load([good, bad]) }
        #expect(error?.description == "bad.yaml:3: 'models' has no 'prices'; add it")
        let latin = PriceBook.Source(name: "latin.yaml", bytes: [0x61, 0x3A, 0xE9])
        let other = #expect(throws: PricingError.self) { _ = try PriceBook.load([latin]) }
        #expect(other?.description == "latin.yaml:1: not valid YAML or JSON at column 1: the text is not UTF-8")
    }

    @Test func `a whole book of the importer takes the place of the embedded one`() throws {
        let text = """
            {"format":"pricebook/1","version":"w","date":"2026-11-21","providers":{"acme":{}},"models":[
            {"id":"acme/w","provider":"acme","names":["w"],"prices":[{"rates":{"input":"4"}}]}
            ]}
            """
        let file = "format: pricebook/1\nmodels: [{id: acme/own, prices: [{rates: {input: 7}}]}]"
        let book = try PriceBook.load([
            PriceBook.Source(name: "own.yaml", bytes: Array(file.utf8)),
            PriceBook.Source(name: "whole.json", bytes: Array(text.utf8)),
        ])
        #expect(book.modelCount == 2)
        #expect(book.header.version == "w")
        #expect(answer(book, "w") == "4 acme/w exact")
        #expect(answer(book, "own") == "7 acme/own override")
    }

    private func answer(_ book: PriceBook, _ name: String) -> String {
        let answer = book.price(TestBook.question(name))
        guard case .priced = answer.outcome else { return answer.text }
        return "\(answer.text) \(answer.model)"
    }
}
