// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Pages

/// How text gets into pages.
@Suite struct TemplateTests {
    @Test func `every name of a template stands in three braces, since what is put in is HTML`() {
        for template in Template.allCases {
            let rest = template.text.replacing(/\{\{\{[A-Za-z]+\}\}\}/, with: "").replacing(
                /\{\{[#\/^][A-Za-z]+\}\}/, with: "")
            #expect(!rest.contains("{{") && !rest.contains("}}"), "\(template)")
        }
    }

    @Test func `text is escaped by its scalars, whatever follows them`() {
        #expect(HTMLText.escaped("<a href=\"x\">'&") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;")
        for mark in ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{20E3}"] {
            #expect(HTMLText.escaped("\"\(mark)<\(mark)&\(mark)") == "&quot;\(mark)&lt;\(mark)&amp;\(mark)")
        }
        #expect(HTMLText.escaped("a\u{0}\u{8}\u{1B}\u{85}\n\tb") == "a\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\n\tb")
        #expect(HTMLText.percentEncoded("a b/é?&=\"<%") == "a%20b%2F%C3%A9%3F%26%3D%22%3C%25")
    }

    @Test func `what is put into a literal is text`() {
        let name = "<b>"
        let markup: Markup = "<i>\(name)</i>\(html: "<br>")\(Markup.name(name))\(3)"
        #expect(markup.html == "<i>&lt;b&gt;</i><br><bdi>&lt;b&gt;</bdi>3")
        let filled = Template.failure.filled([
            "heading": "\(name)", "message": "{{{heading}}}{{#heading}}", "href": "/", "link": .text("\"'"),
        ])
        #expect(filled.html.contains(">&lt;b&gt;</h2>"))
        #expect(filled.html.contains("<p>{{{heading}}}{{#heading}}</p>"))
        #expect(filled.html.contains(">&quot;&#39;</a>"))
    }
}
