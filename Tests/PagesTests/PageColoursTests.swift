// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Pages

/// Text, bars and fields of all pages stand out from their background.
///
/// - SeeAlso: Web Content Accessibility Guidelines 2.2: 1.4.3 (text, 4.5 to 1), 1.4.11 (graphics, 3 to 1), and the definition
///   of relative luminance.
@Suite struct PageColoursTests {
    private static func luminance(_ colour: String) throws -> Double {
        let number = try #require(Int(colour.dropFirst(), radix: 16))
        try #require(colour.count == 7 && colour.first == "#")
        let parts = [16, 8, 0].map { shift -> Double in
            let value = Double(number >> shift & 255) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    private static func contrast(_ one: String, _ other: String) throws -> Double {
        let (a, b) = (try luminance(one), try luminance(other))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    @Test(arguments: [PageColours.text, .quiet, .link, .warning, .up, .down], [PageColours.background, .panel])
    func `text is readable on what is behind it, light and dark`(text: PageColours, ground: PageColours) throws {
        #expect(try Self.contrast(text.pair.light, ground.pair.light) >= 4.5)
        #expect(try Self.contrast(text.pair.dark, ground.pair.dark) >= 4.5)
    }

    @Test(arguments: [PageColours.background, .track])
    func `bars stand out from what is behind them, light and dark`(ground: PageColours) throws {
        #expect(try Self.contrast(PageColours.bar.pair.light, ground.pair.light) >= 3)
        #expect(try Self.contrast(PageColours.bar.pair.dark, ground.pair.dark) >= 3)
    }

    @Test(arguments: [(PageColours.panel, PageColours.bar), (.text, .track), (.quiet, .panel)])
    func `what is chosen, named in a chip, or hinted at in a field is readable`(text: PageColours, ground: PageColours)
        throws
    {
        #expect(try Self.contrast(text.pair.light, ground.pair.light) >= 4.5)
        #expect(try Self.contrast(text.pair.dark, ground.pair.dark) >= 4.5)
    }

    @Test(arguments: [PageColours.rest, .link], [PageColours.background, .panel])
    func `the borders of fields and the mark of what has the focus stand out`(mark: PageColours, ground: PageColours)
        throws
    {
        #expect(try Self.contrast(mark.pair.light, ground.pair.light) >= 3)
        #expect(try Self.contrast(mark.pair.dark, ground.pair.dark) >= 3)
    }

    @Test(arguments: PageColours.allCases.filter { $0.rawValue.hasPrefix("series") })
    func `the series of a chart stand out from the panel`(series: PageColours) throws {
        #expect(try Self.contrast(series.pair.light, PageColours.panel.pair.light) >= 3)
        #expect(try Self.contrast(series.pair.dark, PageColours.panel.pair.dark) >= 3)
    }

    @Test func `the measure is that of the guidelines`() throws {
        #expect(try Self.contrast("#000000", "#ffffff") == 21)
        #expect(abs(try Self.contrast("#777777", "#ffffff") - 4.48) < 0.01)
    }

    @Test func `the style sheet has each colour for each scheme, and no other`() {
        for colour in PageColours.allCases {
            #expect(PageStyle.css.contains("--\(colour.rawValue):\(colour.pair.light)"))
            #expect(PageStyle.css.contains("--\(colour.rawValue):\(colour.pair.dark)"))
        }
        let known = Set(PageColours.allCases.flatMap { [$0.pair.light, $0.pair.dark] })
        #expect(Set(PageStyle.css.matches(of: /#[0-9a-f]{6}/).map { String($0.0) }).subtracting(known) == [])
        let named = Set(PageStyle.css.matches(of: /var\(--([a-z]+)\)/).map { String($0.1) })
        #expect(named.subtracting(PageColours.allCases.map(\.rawValue)) == [])
    }
}
