// SPDX-License-Identifier: Apache-2.0

/// What is around the content of each page: title, links to the other pages, and the age of the figures.
package struct PageFrame {
    /// The pages that are linked from every page.
    package enum Entry: String, CaseIterable {
        case overview = "Overview"
        case traces = "Traces"
        case users = "Users"
        case unpriced = "Unpriced"

        var path: String { self == .overview ? "/" : "/" + rawValue.lowercased() }
        fileprivate var showsUsers: Bool { self == .traces || self == .users }
    }

    private let title: String
    private let current: Entry?
    private let rule: PageRule
    private let surroundings: CostPages.Surroundings
    var heading: Markup
    var lead: Markup = ""
    var age: Markup = ""
    var body: Markup = ""

    /// - Parameters:
    ///   - title: The title of the window, and the heading unless another one is set.
    ///   - current: The page, if all pages link to it.
    ///   - rule: Which pages there are.
    ///   - surroundings: What the service adds.
    init(title: String, current: Entry?, _ rule: PageRule, _ surroundings: CostPages.Surroundings) {
        (self.title, self.current, self.rule, self.surroundings) = (title, current, rule, surroundings)
        heading = "\(title)"
    }

    /// The page as a whole HTML document.
    var html: String {
        let entries = Entry.allCases.filter { rule == .all || rule == .overview && !$0.showsUsers || $0 == .overview }
        var links: [Part] = entries.map {
            ["name": "\($0.rawValue)", "href": "\($0.path)", "isCurrent": .flag($0 == current)]
        }
        links.append(["name": "Metrics", "href": "\(surroundings.telemetryPath)", "isCurrent": false])
        var footer = [
            ("/-/ready", "Ready"), ("/-/healthy", "Healthy"), ("/api/v1/unpriced", "Calls without a price (JSON)"),
            ("/api/v1/refused", "Refused requests (JSON)"),
        ]
        if rule != .off { footer.append(("/api/v1/openapi.json", "Questions over HTTP (OpenAPI)")) }
        return Template.page.filled([
            "footer": .parts(footer.map { ["href": "\($0.0)", "name": "\($0.1)"] }),
            "title": "\(title) \u{2013} llm-cost-exporter", "style": "\(PageStyle.path)", "pages": .parts(links),
            "age": .markup(age), "heading": .markup(heading), "lead": .markup(lead), "body": .markup(body),
        ]).html
    }

    /// A page without stored calls, whose content is made elsewhere.
    ///
    /// - Parameters:
    ///   - title: The title of the window.
    ///   - heading: The heading, as HTML.
    ///   - lead: The sentence below it, as HTML.
    ///   - body: The content, as HTML.
    ///   - surroundings: What the service adds.
    /// - Returns: A whole HTML document.
    package static func document(
        title: String, heading: String, lead: String, body: String, _ surroundings: CostPages.Surroundings
    ) -> String {
        var frame = PageFrame(title: title, current: .overview, .off, surroundings)
        (frame.heading, frame.lead, frame.body) = (Markup(html: heading), Markup(html: lead), Markup(html: body))
        return frame.html
    }
}
