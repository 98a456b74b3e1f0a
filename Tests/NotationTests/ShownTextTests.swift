// SPDX-License-Identifier: Apache-2.0
import Notation
import Testing

@Suite struct ShownTextTests {
    @Test(arguments: [
        ("plain, Größe 中", "plain, Größe 中"), ("\u{1B}[31m", "\\u001B[31m"), ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\u{202E}x\u{200B}", "\\u202Ex\\u200B"), ("\u{2028}", "\\u2028"), ("\u{E0001}", "\\U000E0001"),
        ("\u{7F}", "\\u007F"),
        ("\r\n", "\\r\\n"),
    ])
    func `what a terminal would obey is shown as an escape`(_ text: String, _ shown: String) {
        #expect(ShownText.escaped(text) == shown)
        #expect(ShownText.escaped(shown) == shown)
    }

    @Test func `line feeds stay where a text has lines`() {
        #expect(ShownText.escaped("a\n\u{1B}b\r\n", keepsLines: true) == "a\n\\u001Bb\\r\n")
    }
}
