// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Exposition

@Suite struct EscapedTextTests {
    @Test(arguments: [
        ("", ""), ("gpt-5", "gpt-5"), ("a\"b", #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#),
        (#"\n"#, #"\\n"#), ("\\\"\n", #"\\\"\n"#), ("\r\t", "\r\t"), ("\r\n", "\r\\n"), ("Größe 模型 🤖", "Größe 模型 🤖"),
        ("{a=\"b\",}", #"{a=\"b\",}"#), ("cafe\u{301}\n", "cafe\u{301}\\n"), ("\0", "\0"),
    ])
    func `a label value has a backslash before backslashes, quotes and line feeds`(value: String, text: String) {
        var bytes: [UInt8] = []
        EscapedText.append(labelValue: value, to: &bytes)
        #expect(bytes == Array(text.utf8))
    }

    @Test(arguments: [(true, #"a \"b\" \\ \n"#), (false, #"a "b" \\ \n"#)])
    func `quotes are escaped only where asked`(escapingQuotes: Bool, text: String) {
        var bytes: [UInt8] = []
        EscapedText.append("a \"b\" \\ \n", escapingQuotes: escapingQuotes, to: &bytes)
        #expect(bytes == Array(text.utf8))
    }
}
