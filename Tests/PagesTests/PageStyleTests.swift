// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Pages

/// The style sheet leaves pages usable with a keyboard, on a phone and on paper.
@Suite struct PageStyleTests {
    /// The selectors and declarations of all rules, without the media queries around them.
    private static let rules = PageStyle.css.matches(of: /([^{}]+)\{([^{}]*)\}/).map { match in
        (
            selectors: match.1.split(separator: ",").map { String($0).trimmingPrefix("\n") },
            declarations: String(match.2)
        )
    }

    @Test(arguments: ["a", "summary", "[tabindex]", "select", "input", "button"])
    func `what can have the focus shows it`(element: String) {
        let outlined = Self.rules.filter { $0.declarations.contains("outline:3px solid var(--link)") }
        #expect(outlined.flatMap(\.selectors).contains { $0 == element + ":focus-visible" })
    }

    @Test func `nothing hides the focus`() {
        #expect(!PageStyle.css.contains(/outline:(0|none)/))
        // An element that scrolls cuts off all that is outside it, so the links in it need room around them.
        #expect(Self.rules.contains { $0.selectors == [".scroll"] && $0.declarations.contains("padding:.35rem 0") })
        let first = Self.rules.first { $0.selectors.contains("tr>:first-child") }
        #expect(first?.declarations.contains("padding-left") == true)
    }

    @Test func `the way past the header is seen once it has the focus`() {
        #expect(Self.rules.contains { $0.selectors == [".skip:focus"] && $0.declarations.contains("top:.5rem") })
    }

    @Test func `tables scroll within themselves, and no width is wider than a small phone`() throws {
        #expect(Self.rules.contains { $0.selectors == [".scroll"] && $0.declarations.contains("overflow-x:auto") })
        let inScrolling: Set<Substring> = ["th", "td", ".share", ".when", ".diverging"]
        for rule in Self.rules {
            for match in rule.declarations.matches(of: /(?:^|;)(?:min-)?width:([0-9.]+)rem/)
            where try #require(Double(match.1)) > 15 {
                #expect(rule.selectors.allSatisfy { selector in inScrolling.contains { selector.hasSuffix($0) } })
            }
        }
    }

    @Test func `paper has no filters, no links to press, and no row that two pages share`() throws {
        let print = try #require(PageStyle.css.split(separator: "@media print").last)
        let hidden = try #require(print.matches(of: /([^{}]+)\{display:none\}/).first?.1)
        for selector in [".skip", "header nav", "footer", ".filters", ".finder"] {
            #expect(hidden.contains(selector))
        }
        #expect(print.contains(/tr,[^{}]*\{break-inside:avoid\}/))
    }
}
