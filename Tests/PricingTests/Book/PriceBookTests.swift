// SPDX-License-Identifier: Apache-2.0
import Documents
import GenAI
import Pricing
import Testing

@Suite struct PriceBookTests {
    @Test func `the whole embedded book is in the format, key by key`() throws {
        let book = try PriceBook.embedded()
        #expect(book.modelCount > 1000)
        #expect(book.nameCount > book.modelCount)
        for number in 0..<book.modelCount {
            let model = try book.checkedModel(number)
            #expect(!model.id.isEmpty && !model.prices.isEmpty)
        }
    }

    @Test func `every name of the embedded book finds the model that lists it`() throws {
        let book = try PriceBook.embedded()
        for number in stride(from: 0, to: book.modelCount, by: 7) {
            let model = try book.model(number)
            for name in model.names {
                var question = TestBook.question(name, provider: model.provider)
                question.usage = TokenUsage()
                guard case .priced(let card, _) = book.price(question).outcome else { continue }
                #expect(card.modelID == model.id)
                #expect(card.matched == .exact)
            }
        }
    }

    @Test func `the embedded book says what it is`() throws {
        let header = try PriceBook.embedded().header
        #expect(!header.version.isEmpty)
        #expect(header.day > 20_000)
        #expect(Set(header.sources.map(\.name)).contains("genai-prices"))
    }

    @Test func `a header's lists for people are stepped over`() throws {
        let book = try TestBook.make([TestBook.model("acme/a", ["a", "b"]), TestBook.model("acme/c", ["c"])])
        #expect(book.modelCount == 2)
        #expect(book.nameCount == 3)
        #expect(book.header.version == "test.1")
        #expect(book.header.day == 20_778)
        #expect(book.header.sources.map(\.name) == ["made up"])
    }

    @Test(arguments: [
        ("", "book.json:1: the first line does not end with \"models\":[; write the book again with the importer"),
        (
            "{\"format\":\"pricebook/1\"}\n",
            "book.json:1: the first line does not end with \"models\":[; write the book again with the importer"
        ),
        (
            "{\"format\":\"pricebook/1\",\"models\":[\n{\"names\":[]}\n]}\n",
            "book.json:2: the line does not begin with id, provider and names; write the book again with the importer"
        ),
        (
            "{\"format\":\"pricebook/1\",\"models\":[\n{\"id\":\"a/b\",\"provider\":\"a\",\"names\":[\"b\\\"\"]}\n]}\n",
            "book.json:2: a name is not plain text without escapes; write the book again with the importer"
        ),
        (
            "{\"format\":\"pricebook/1\",\"models\":[\n{\"id\":\"a/b\",\"provider\":\"a\",\"names\":[\"b\"]}\n",
            "book.json:3: the book is cut short; write the book again with the importer"
        ),
        (
            "{\"format\":\"pricebook/2\",\"models\":[\n]}\n",
            "book.json:1: 'format' must be pricebook/1, not 'pricebook/2'"
        ),
        ("{\"format\":\"pricebook/1\",\"models\":[\n]}\n", "book.json:1: the document has no 'version'; add it"),
        (
            "{\"format\":\"pricebook/1\",\"currency\":\"EUR\",\"models\":[\n]}\n",
            "book.json:1: 'currency' must be USD, not 'EUR'"
        ),
    ])
    func `a broken book is refused with its line`(_ text: String, _ message: String) {
        let error = #expect(throws: PricingError.self) {
            _ = try PriceBook(json: Array(text.utf8), file: "book.json")
        }
        #expect(error?.description == message)
    }

    @Test func `no beginning of a book traps`() throws {
        let text = """
            {"format":"pricebook/1","version":"1","date":"2026-11-21","providers":{"a":{"aliases":["x"]}},"models":[
            {"id":"a/b","provider":"a","names":["b","c"],"match":[{"prefix":"b"}],"prices":[{"rates":{"input":"1"}}]},
            {"id":"a/d","provider":"a","names":[],"prices":[]}
            ]}
            """
        for length in 0..<text.utf8.count {
            _ = try? PriceBook(json: Array(text.utf8.prefix(length)))
        }
        #expect(try PriceBook(json: Array(text.utf8)).modelCount == 2)
    }

    @Test func `a broken model has no rate and the others still have`() throws {
        let book = try TestBook.make([
            TestBook.model("acme/a", ["a"], "\"prices\":[{\"rates\":{\"input\":\"x\"}}]"),
            TestBook.model("acme/b", ["b"]),
        ])
        #expect(book.price(TestBook.question("a")).text == "no_rate")
        #expect(book.price(TestBook.question("b")).text == "2")
    }
}
