// SPDX-License-Identifier: Apache-2.0
import Pricing
import TestData
import Testing

@testable import Pages

/// Figures for people.
@Suite struct PageFiguresTests {
    @Test(arguments: [
        ("0", "$0.00"), ("0.0000004", "under $0.000001"), ("0.0000005", "$0.000001"), ("0.00001234", "$0.000012"),
        ("0.00999999", "$0.01"), ("0.0042", "$0.0042"), ("0.01", "$0.01"), ("0.12345", "$0.1235"), ("0.5", "$0.50"),
        ("0.99999", "$1.00"),
        ("1", "$1.00"),
        ("12.345", "$12.35"), ("999.994", "$999.99"), ("999.995", "$1,000.00"), ("1234.5", "$1,234.50"),
    ])
    func `dollars have as many decimals as matter`(amount: String, text: String) throws {
        #expect(PageFigures.dollars(try Dollars(amount)) == text)
        let negative = -(try Dollars(amount))
        if amount != "0", !text.hasPrefix("under") { #expect(PageFigures.dollars(negative) == "\u{2212}" + text) }
    }

    @Test(arguments: [
        ("2.5", "$2.50"), ("0.075", "$0.075"), ("10", "$10.00"), ("0.000000001", "$0.000000001"),
        ("1234.125", "$1,234.125"),
    ])
    func `prices are exact, with two decimals at least`(rate: String, text: String) throws {
        #expect(PageFigures.price(try Rate(dollarsPerMillion: rate)) == text)
    }

    @Test func `large amounts keep their separators, and the largest is said to be one`() {
        #expect(
            PageFigures.dollars(Dollars(femtodollars: 1_234_567_890 * 1_000_000_000_000_000)) == "$1,234,567,890.00")
        #expect(PageFigures.dollars(.largest) == "more than can be counted")
        #expect(PageFigures.dollars(Dollars(femtodollars: .max - 1)).hasPrefix("$170,141,183,460,469,231,731,687."))
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (9_999_999, "9,999,999"),
        (10_000_000, "<span title=\"10,000,000\">10.0\u{A0}M</span>"),
        (123_456_789, "<span title=\"123,456,789\">123\u{A0}M</span>"),
        (2_500_000_000, "<span title=\"2,500,000,000\">2.5\u{A0}B</span>"),
        (Int64.max, "<span title=\"9,223,372,036,854,775,807\">9,223,372\u{A0}T</span>"),
    ])
    func `counts have separators, and are short from ten million on`(count: Int64, text: String) {
        #expect(PageFigures.short(count) == text)
    }

    @Test(
        arguments: [
            (9_999, nil), (10_000, "10.0\u{A0}k"), (12_349, "12.3\u{A0}k"), (12_350, "12.4\u{A0}k"),
            (289_965, "290.0\u{A0}k"), (999_949, "999.9\u{A0}k"), (999_950, "1.0\u{A0}M"),
            (9_950_000, "10.0\u{A0}M"), (99_949_999, "99.9\u{A0}M"), (99_950_000, "100\u{A0}M"),
            (950_000_000, "950\u{A0}M"), (999_500_000, "1.0\u{A0}B"), (999_500_000_000, "1.0\u{A0}T"),
        ] as [(Int64, String?)])
    func `short counts are rounded`(count: Int64, text: String?) {
        let exact = PageFigures.count(count)
        #expect(PageFigures.compact(count) == text.map { "<span title=\"\(exact)\">\($0)</span>" } ?? exact)
    }

    @Test(arguments: [
        (0, 5, "0\u{A0}%"), (5, 0, "0\u{A0}%"), (1, 10_000, "under 0.1\u{A0}%"), (1, 8, "12.5\u{A0}%"),
        (1, 4, "25\u{A0}%"), (7, 7, "100\u{A0}%"), (Int128.max, Int128.max, "100\u{A0}%"),
        (Int128.max / 2, Int128.max, "50\u{A0}%"), (2, 3, "66.7\u{A0}%"), (1, 3, "33.3\u{A0}%"),
        (49, 100_000, "under 0.1\u{A0}%"), (5, 10_000, "0.1\u{A0}%"), (2_999, 10_000, "30\u{A0}%"),
        (25, 10_000, "0.3\u{A0}%"), (9_994, 10_000, "99.9\u{A0}%"), (9_995, 10_000, "100\u{A0}%"),
    ])
    func `shares of any size are percents, rounded`(part: Int128, whole: Int128, text: String) {
        #expect(PageFigures.percent(part, of: whole) == text)
    }

    @Test(
        arguments: [
            (2, 3, "down", "33%"), (5, 3, "up", "67%"), (100, 199, "down", "50%"), (1_000, 1_001, "down", "0.1%"),
            (10_000, 10_001, "down", "under0.1%"), (10_996, 10_000, "up", "10%"), (10_994, 10_000, "up", "9.9%"),
            (10_999_999, 1_000_000, "up", "1000%"), (11_600_000, 1_000_000, "up", "\u{D7}12"), (.max, 1, "up", nil),
        ] as [(Int64, Int64, String, String?)])
    func `changes are rounded, up as down`(after: Int64, before: Int64, direction: String, text: String?) {
        func dollars(_ number: Int64) -> Dollars { Dollars(femtodollars: Int128(number)) }
        let html = Change.html(dollars(after), before: dollars(before)).html
        let shown = html.replacing("\u{A0}", with: "").replacing(" ", with: "")
        #expect(html.contains("class=\"\(direction)\""))
        if let text { #expect(shown.contains("</span>\(text)</span>"), "\(html)") }
    }

    @Test func `the largest amounts have a change, too`() {
        #expect(Change.html(.largest, before: Dollars(femtodollars: 1)).html.contains("\u{D7}"))
        #expect(
            Change.html(Dollars(femtodollars: .max - 1), before: Dollars(femtodollars: .max / 3)).html
                .contains("200\u{A0}%"))
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a share is right to the thousandth`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let whole = Int128.random(
                in: 1...(.max >> Int128(Int.random(in: 0...120, using: &generator))), using: &generator)
            let part = Int128.random(in: 0...whole, using: &generator)
            let exact = Double(part) / Double(whole) * 1_000
            #expect(abs(Double(PageFigures.permille(part, of: whole)) - exact) < 0.501)
        }
    }

    @Test(arguments: [
        (3, "3 s ago"), (119, "119 s ago"), (120, "2 min ago"), (7_199, "119 min ago"), (7_200, "2 h ago"),
        (172_800, "2 days ago"), (100_000_000, "1,157 days ago"),
    ])
    func `a time is so long ago`(seconds: UInt64, text: String) {
        #expect(PageFigures.ago(1_000_000_000, now: (seconds + 1) * 1_000_000_000) == text)
        #expect(PageFigures.ago(5_000_000_000, now: 1_000_000_000) == "0 s ago")
    }
}
