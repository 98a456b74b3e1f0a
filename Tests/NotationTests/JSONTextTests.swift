// SPDX-License-Identifier: Apache-2.0
import Foundation
import Notation
import Testing

@Suite struct JSONTextTests {
    @Test(
        arguments: [
            ("", #""""#), (#"a"b\c/"#, #""a\"b\\c/""#), ("a\nb\rc\td", #""a\nb\rc\td""#),
            ("\0\u{1F}", #""\u0000\u001f""#),
            ("\u{7F}\u{85}\u{9F}\u{A0}", #""\u007f\u0085\u009f"# + "\u{A0}\""),
            ("\u{2028}\u{2029}\u{FEFF}", #""\u2028\u2029\ufeff""#), ("ü🙂", "\"ü🙂\""),
        ] as [(String, String)])
    func `a text is quoted`(text: String, quoted: String) { #expect(JSONText.quoted(text) == quoted) }

    @Test func `a reader of JSON gets every text back`() throws {
        let text = String(String.UnicodeScalarView((0..<0x3000).compactMap { Unicode.Scalar($0 as UInt32) }))
        let read = try JSONDecoder().decode([String].self, from: Data(JSONText.list([JSONText.quoted(text)]).utf8))
        #expect(read == [text])
    }

    @Test func `an object keeps the order of its members`() {
        var inner = JSONLine()
        inner.add("flag", true)
        var line = JSONLine()
        line.add("z", "text")
        line.add("a", nil)
        line.add("said", said: "")
        line.add("number", -7 as Int64)
        line.add("inner", inner)
        line.add("list", [inner, inner])
        line.add("texts", ["a", "\""])
        line.add("numbers", [1, 2])
        line.add("decimal", decimal: "0.10")
        line.add("none", decimal: nil)
        #expect(
            line.text == #"""
                {"z": "text", "a": null, "said": null, "number": -7, "inner": {"flag": true}, \#
                "list": [{"flag": true}, {"flag": true}], "texts": ["a", "\""], "numbers": [1, 2], \#
                "decimal": 0.10, "none": null}
                """#)
        #expect(JSONLine().text == "{}")
    }
}
