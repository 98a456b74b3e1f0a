// SPDX-License-Identifier: Apache-2.0
import Foundation
import Pricing
import TestData
import TestSupport
import Testing

@testable import Pages

/// Drawings and their axes.
@Suite struct ChartTests {
    @Test(arguments: [
        ("0", ["under $0.000001", "$0"]), ("0.003", ["$0.004", "$0.003", "$0.002", "$0.001", "$0"]),
        ("7", ["$8", "$6", "$4", "$2", "$0"]), ("9", ["$10.00", "$7.50", "$5.00", "$2.50", "$0"]),
        ("33", ["$40", "$30", "$20", "$10", "$0"]), ("1234", ["$2,000", "$1,500", "$1,000", "$500", "$0"]),
    ])
    func `the axis ends at a round amount that fits`(highest: String, labels: [String]) throws {
        let amount = try Dollars(highest)
        let scale = ChartScale(upTo: amount)
        #expect(scale.marks.count == 5)
        #expect(scale.top >= amount)
        if amount > .zero { #expect(scale.labels == labels) }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `any amount fits, and marks are at equal distances`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let bits = Int.random(in: 1...120, using: &generator)
            let amount = Dollars(femtodollars: Int128.random(in: 0...(1 << bits), using: &generator))
            let scale = ChartScale(upTo: amount)
            #expect(scale.top >= amount)
            #expect(scale.height(amount) <= 1_000)
            // No more than a fifth is left empty beyond what steps of 1, 2, 2.5 and 5 cost.
            if amount.femtodollars > 100 { #expect(scale.height(amount) >= 399) }
        }
        #expect(ChartScale(upTo: .largest).marks.count == 5)
    }

    @Test func `each series has a colour of its own, the same on every page`() {
        let names = (0..<12).map { "model-\($0)" }
        let classes = ChartColours.classes(for: names)
        #expect(Set(classes.prefix(ChartColours.count)).count == ChartColours.count)
        #expect(classes.dropFirst(ChartColours.count).allSatisfy { $0 == ChartColours.others })
        for name in names {
            #expect(ChartColours.classes(for: [name]).first == ChartColours.classes(for: [name, "another"]).first)
        }
        for name in classes { #expect(PageStyle.css.contains(".\(name){fill:")) }
    }

    /// With `REWRITE_GOLDEN=1` in the environment the file is written anew.
    @Test func `a chart is what it was`() throws {
        let amounts = [["1.5", "0"], ["0.000001", "0.25"], ["0", "0"], ["2", "1"]]
        let chart = StackedBars(
            id: "chart", heading: "Spend", summary: "four days", unit: "Day", caption: "The latest day first",
            series: [
                StackedBars.Series(name: "a", label: "a \"quoted\" <name>", link: "/models/a", colour: "series0"),
                StackedBars.Series(name: "others", label: "others", link: nil, colour: "rest"),
            ],
            bars: try amounts.enumerated().map { day, amounts in
                StackedBars.Bar(
                    name: "Nov \(day + 1)", tick: "\(day + 1)", link: "/?from=\(day)",
                    amounts: try amounts.map { try Dollars($0) })
            })
        let file = Repository.root.appending(path: "Tests/PagesTests/Golden/chart.html")
        if ProcessInfo.processInfo.environment["REWRITE_GOLDEN"] == "1" {
            try chart.html.html.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == chart.html.html)
    }

    @Test func `bars are as long as their amounts`() throws {
        let dollar = try Dollars("1")
        #expect(Bars.share(try Dollars("0.25"), of: dollar).html.contains("class=\"bar\" width=\"250\""))
        #expect(Bars.diverging(-dollar, largest: dollar).html.contains("class=\"down\" x=\"0\" y=\"3\" width=\"500\""))
        #expect(
            Bars.diverging(try Dollars("0.5"), largest: dollar).html.contains(
                "class=\"up\" x=\"500\" y=\"3\" width=\"250\""))
        #expect(Bars.span(50...50, in: 0...100, colour: "dim").html.contains("x=\"500\" width=\"5\""))
        #expect(Bars.span(100...100, in: 0...100, colour: "dim").html.contains("x=\"995\" width=\"5\""))
        #expect(Bars.span(7...7, in: 7...7, colour: "dim").html.contains("x=\"0\""))
    }

    @Test(arguments: [
        ("110", "100", "up 10\u{A0}%"), ("100.4", "100", "up 0.4\u{A0}%"), ("50", "100", "down 50\u{A0}%"),
        ("0", "100", "down 100\u{A0}%"), ("250", "100", "up 150\u{A0}%"), ("1099", "100", "up 999\u{A0}%"),
        ("1100", "100", "up \u{D7}11"), ("5", "0", "new"), ("5", "5", "no change"),
    ])
    func `a change is a percentage with a direction`(after: String, before: String, words: String) throws {
        let html = Change.html(try Dollars(after), before: try Dollars(before)).html
        let spoken = html.replacing(/<span aria-hidden="true">[^<]*<\/span>/, with: "").replacing(/<[^>]*>/, with: "")
        #expect(spoken == words)
    }

    @Test func `amounts of a column have the same number of decimals`() throws {
        let column = AmountColumn([try Dollars("12.5"), try Dollars("0.004")])
        #expect(column.html(try Dollars("12.5")).html == "$12.50")
        #expect(column.html(try Dollars("0.004")).html == "<span title=\"$0.004\">&lt;\u{2009}$0.01</span>")
        #expect(column.html(.zero).html == "<span class=\"nil\">\u{2013}</span>")
        #expect(AmountColumn([try Dollars("0.5")]).html(try Dollars("0.1")).html == "$0.1000")
    }
}
