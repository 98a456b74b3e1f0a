// SPDX-License-Identifier: Apache-2.0
import Documents
import GenAI
import Pricing
import Testing

@Suite struct PriceModelTests {
    @Test(arguments: [
        ("provider: a", "book.yaml:1: the document has no 'id'; add it"),
        ("id: a/b\nprovider: a\nnmaes: [b]\nprices: []", "book.yaml:3: unknown key 'nmaes'; did you mean 'names'?"),
        ("id: a/b\nprovider: a\nhosted: {gpu_hour: 1}", "book.yaml:3: 'hosted' has no 'mode'; add it"),
        (
            "id: a/b\nprovider: a\nprices: [{rates: {inptu: 1}}]",
            "book.yaml:3: unknown key 'inptu'; did you mean 'input'?"
        ),
        (
            "id: a/b\nprovider: a\nprices:\n  - rates:\n      input: 1e-6",
            "book.yaml:5: 'input' must be dollars per million tokens, such as \"2.5\", with at most 9 decimals, not '1e-6'"
        ),
        (
            "id: a/b\nprovider: a\nprices:\n  - rates: {input: -2}",
            "book.yaml:4: 'input' must be dollars per million tokens, such as \"2.5\", with at most 9 decimals, not '-2'"
        ),
        (
            "id: a/b\nprovider: a\nprices: [{from: May, rates: {}}]",
            "book.yaml:3: 'from' must be a date such as 2026-05-01, not 'May'"
        ),
        (
            "id: a/b\nprovider: a\nprices: [{from: 2026-02-29, rates: {}}]",
            "book.yaml:3: 'from' must be a date such as 2026-05-01, not '2026-02-29'"
        ),
        (
            "id: a/b\nprovider: a\nprices: [{tz: EST, rates: {}}]",
            "book.yaml:3: 'tz' must be UTC, an offset such as +08:00 or a time zone such as America/New_York, not 'EST'"
        ),
        (
            "id: a/b\nprovider: a\nprices: [{windows: [{hours_utc: [\"8-9\"]}], rates: {}}]",
            "book.yaml:3: 'hours_utc' must be a range of hours such as \"10:00-18:30\", not '8-9'"
        ),
        (
            "id: a/b\nprovider: a\nprices: [{rates: {}, above: [{over: 2, rates: {}}, {over: 1, rates: {}}]}]",
            "book.yaml:3: 'over' must be more than the threshold before it, not '1'"
        ),
        (
            "id: a/b\nprovider: a\nprices: [{rates: {}, fees: {coffee: 1}}]",
            """
            book.yaml:3: unknown key 'coffee'; the keys here are request, web_search, file_search, maps_search, \
            rerank_search, code_session, page, annotated_page, image, input_image_unit, text_message, mchar, audio_hour, \
            audio_second, input_audio_second, input_video_second, output_second
            """
        ),
        (
            "id: a/b\nprovider: a\nprices: []\nvariants: [{when: {teir: batch}, rates: {}}]",
            "book.yaml:4: unknown key 'teir'; did you mean 'tier'?"
        ),
        (
            "id: a/b\nprovider: a\nprices: []\nvariants: [{rates: {}}]",
            "book.yaml:4: 'variants' has no 'when'; add it"
        ),
        (
            "id: a/b\nprovider: a\nprices: []\nmultipliers: [{when: {endpoint: regional}, by: ten}]",
            "book.yaml:4: 'by' must be a factor such as \"1.1\", at most 1000, with at most 9 decimals, not 'ten'"
        ),
        (
            "id: a/b\nprovider: a\nprices: []\nmatch: [{regex: x(}]",
            "book.yaml:4: 'regex' must be a regular expression: a '(' has no end, not 'x('"
        ),
        (
            "id: a/b\nprovider: a\nprices: []\nmatch: [{prefix: x, suffix: y}]",
            "book.yaml:4: 'match' must have exactly one rule, such as prefix: gpt-5, not a mapping"
        ),
    ])
    func `a mistake in a model is answered by one sentence with its place`(_ text: String, _ expected: String) throws {
        let node = try Document.parse(text, file: "book.yaml")
        let error = #expect(throws: DocumentError.self) { try PriceModel(node, unknownKeys: .refused) }
        #expect(error?.description == expected)
    }

    @Test func `a book of a newer importer is read past what is unknown`() throws {
        let text =
            "{id: a/b, provider: a, names: [B], colour: red, match: [{regex: (?=x}, {odour: x}], prices: [{rates: {input: 1}}]}"
        let model = try PriceModel(try Document.parse(text, file: "f"), unknownKeys: .ignored)
        #expect(model.names == ["b"])
        #expect(model.patterns == [.unsupported, .unsupported])
        #expect(model.prices[0].table.rates[.input] == Rate(femtodollarsPerToken: 1_000_000_000))
    }
}
