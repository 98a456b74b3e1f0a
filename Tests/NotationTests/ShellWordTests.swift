// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Notation

/// Words of command lines that people copy.
@Suite struct ShellWordTests {
    @Test(
        arguments: [
            ("plain", "plain"), ("/var/lib/a_b-1.0", "/var/lib/a_b-1.0"),
            ("model:gpt-4o,a=b@c%20+1", "model:gpt-4o,a=b@c%20+1"),
            ("", "''"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("$HOME;*", "'$HOME;*'"), (#"a\b"#, #"'a\b'"#),
            ("a'\u{301}b", "'a'\\''\u{301}b'"), ("a\nb", #"$'a\nb'"#), ("a\n'\\", #"$'a\n\x27\\'"#), ("é", "'é'"),
        ])
    func `a text is one word of a shell`(text: String, word: String) { #expect(ShellWord.quoted(text) == word) }

    @Test func `a shell reads each word as the text`() throws {
        for text in ["it's", "a'\u{301}b", "", "a\nb\t'c'\\n", "\u{1B}[31m", "-n $(id) `id` \"q\" !x", "日本 語"] {
            let shell = Process()
            let output = Pipe()
            shell.executableURL = URL(fileURLWithPath: "/bin/bash")
            shell.arguments = ["-c", "printf '%s' \(ShellWord.quoted(text))"]
            shell.standardOutput = output
            try shell.run()
            let bytes = output.fileHandleForReading.readDataToEndOfFile()
            shell.waitUntilExit()
            #expect(String(decoding: bytes, as: UTF8.self).utf8.elementsEqual(text.utf8), "\(ShellWord.quoted(text))")
        }
    }
}
