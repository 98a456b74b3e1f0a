// SPDX-License-Identifier: Apache-2.0
import Documents
import Testing

@Suite struct DocumentTests {
    @Test func `a node knows its line and column`() throws {
        let root = try Document.parse("a: 1\nb:\n  - x\n  - y\n", file: "f.yaml")
        let items = try root.mapping().required("b").sequence()
        #expect(items.map(\.position.line) == [3, 4])
        #expect(items.map(\.position.column) == [5, 5])
        #expect(items.map(\.position.description) == ["f.yaml:3", "f.yaml:4"])
    }

    @Test func `a piece of a file keeps the line numbers of the file`() throws {
        let root = try Document.parse("{\"a\": 1}", file: "f.json", firstLine: 120)
        #expect(try root.mapping().required("a").position.line == 120)
    }

    @Test(arguments: [
        "{\"a\":{\"b\":[1,\"two\",true,null]},\"c\":\"d/e\"}",
        "{ \"a\" : { \"b\" : [ 1, \"two\", true, null ] },\n \"c\" : \"d\\/e\" }",
        "a: {b: [1, two, true, null]}\nc: d/e",
        "a:\n  b:\n    - 1\n    - two\n    - true\n    - ~\nc: \"d\\u002fe\"",
    ])
    func `JSON and YAML of the same content read alike`(_ text: String) throws {
        let root = try Document.parse(text, file: "f").mapping()
        let items = try root.required("a").mapping().required("b").sequence()
        #expect(try items[0].integer() == 1)
        #expect(try items[1].string() == "two")
        #expect(try items[2].boolean())
        #expect(items[3].isNull)
        #expect(try root.required("c").string() == "d/e")
    }

    @Test func `a number keeps its source text`() throws {
        let root = try Document.parse("{\"a\": 0.18000000000000002, \"b\": \"2.50\", \"c\": 5}", file: "f").mapping()
        #expect(try root.required("a").decimalText() == "0.18000000000000002")
        #expect(try root.required("b").decimalText() == "2.50")
        #expect(try root.required("c").decimalText() == "5")
    }

    @Test(arguments: [
        ("\"\\ud83d\\ude00\"", "😀"), ("\"a\\\\ud83d\\u00e9\"", "a\\ud83dé"), ("\"\\u20ac \\uD834\\uDD1E.\"", "€ 𝄞."),
    ])
    func `JSON's escapes beyond the basic plane are read`(_ text: String, _ expected: String) throws {
        #expect(try Document.parse("{\"a\": \(text)}", file: "f").mapping().required("a").string() == expected)
    }

    @Test func `a null value counts as an absent key`() throws {
        let root = try Document.parse("a:\nb: null\nc: ~\nd: \"null\"", file: "f").mapping()
        #expect(root["a"] == nil && root["b"] == nil && root["c"] == nil)
        #expect(try root["d"]?.string() == "null")
    }

    @Test func `aliases are put in where they are used`() throws {
        let root = try Document.parse("a: &x [1, 2]\nb: *x", file: "f").mapping()
        #expect(try root.required("b").sequence().count == 2)
    }

    @Test func `aliases that multiply are stopped`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 9).joined(separator: ", "))]\n"
        }
        #expect(throws: DocumentError.tooManyNodes(file: "f", limit: 10_000)) {
            try Document.parse(text, file: "f", nodeLimit: 10_000)
        }
    }

    @Test(arguments: [63, 70, 900, 5_000, 100_000])
    func `nesting is bounded`(_ depth: Int) {
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        if depth < Document.depthLimit {
            #expect(throws: Never.self) { try Document.parse(text, file: "f") }
        } else {
            #expect(throws: DocumentError.self) { try Document.parse(text, file: "f") }
        }
    }

    @Test func `no beginning of a document traps`() {
        let text = "{\"a\": [1, \"two\\u00e9\", {\"b\": &x null}], \"c\": *x, 'd': |\n  text\n}"
        for length in 0...text.unicodeScalars.count {
            _ = try? Document.parse(String(text.unicodeScalars.prefix(length)), file: "f")
        }
    }
}
