// SPDX-License-Identifier: Apache-2.0

/// What people need who cannot see the page, or have no mouse; each rule says what it found wrong.
///
/// - SeeAlso: Web Content Accessibility Guidelines 2.2: 1.1.1, 1.3.1, 1.4.4, 2.1.1, 1.4.10, 2.4.1 to 2.4.4, 3.1.1 and 4.1.2.
package struct AccessibilityRules {
    package let page: HTMLElement

    package init(page: HTMLElement) { self.page = page }

    /// All mistakes.
    package var mistakes: [String] {
        document + headings + landmarks + tables + drawings + focus + fields + references
    }

    private func wrong(_ isWrong: Bool, _ text: String) -> [String] { isWrong ? [text] : [] }

    private var document: [String] {
        let viewport = page.all("meta").first { $0.attributes["name"] == "viewport" }?.attributes["content"] ?? ""
        return wrong(page.attributes["lang"] != "en", "no language")
            + wrong(page.all("title").first?.text.isEmpty != false, "no title")
            + wrong(viewport != "width=device-width, initial-scale=1", "the page cannot be enlarged: \(viewport)")
    }

    /// One first heading, and no level left out.
    private var headings: [String] {
        let headings = page.all.filter { $0.name == "h1" || $0.name == "h2" }
        return wrong(headings.count { $0.name == "h1" } != 1 || headings.first?.name != "h1", "not one h1 at the top")
            + wrong(headings.contains { $0.text.isEmpty }, "an empty heading")
    }

    /// Everything is in a landmark, and no two landmarks have one name.
    private var landmarks: [String] {
        let places = page.all("nav").map { $0.attributes["aria-label"] ?? "" }
        let names = page.all("section").map { $0.attributes["aria-labelledby"] ?? "" }
        let content = page.all("main").first?.attributes["id"] ?? ""
        return wrong(page.all("main").count != 1 || page.all("header").count != 1, "not one main and one header")
            + wrong(page.all("a").first?.attributes["href"] != "#\(content)", "no way past the header")
            + wrong(
                places.first != "Pages" || Set(places).count != places.count || places.contains(""),
                "navigation without a name of its own")
            + wrong(Set(names).count != names.count || names.contains(""), "sections of one name")
            + page.all("section").flatMap { section in
                wrong(
                    section.all("h2").first?.attributes["id"] != section.attributes["aria-labelledby"],
                    "a section that does not begin with its heading")
            }
    }

    private var tables: [String] {
        page.all("table").flatMap { table -> [String] in
            let columns = table.elements.first { $0.name == "thead" }?.elements.first?.elements ?? []
            let rows = table.elements.first { $0.name == "tbody" }?.elements ?? []
            return wrong(table.elements.map(\.name) != ["caption", "thead", "tbody"], "a table of other parts")
                + wrong(table.elements.first?.text.isEmpty != false, "a table without caption")
                + wrong(
                    columns.isEmpty
                        || columns.contains { $0.name != "th" || $0.attributes["scope"] != "col" || $0.text.isEmpty },
                    "a column without heading")
                + rows.flatMap { row in
                    wrong(
                        row.elements.count != columns.count,
                        "a row of \(row.elements.count) cells under \(columns.count)")
                        + wrong(
                            row.elements.first?.attributes["scope"] != "row"
                                || row.elements.first?.text.isEmpty != false
                                || row.elements.dropFirst().contains { $0.name != "td" }, "a row without heading")
                }
        }
    }

    /// Each drawing says in words what it shows, or is ornament.
    private var drawings: [String] {
        page.all("svg").flatMap { drawing in
            let isOrnament = drawing.attributes["aria-hidden"] == "true"
            let isNamed = drawing.attributes["role"] == "img" && drawing.attributes["aria-label"]?.isEmpty == false
            return wrong(isOrnament == isNamed, "a drawing without words")
        }
    }

    /// What scrolls can be reached by the keyboard and has a name; nothing that can be reached is hidden.
    private var focus: [String] {
        let focusable = page.all.filter { $0.attributes["tabindex"] != nil }
        let scrolling = page.all("div").filter { $0.attributes["class"] == "scroll" }
        let hidden = page.all.filter { $0.attributes["aria-hidden"] == "true" }
        return wrong(focusable.contains { $0.attributes["tabindex"] != "0" }, "an order of its own")
            + wrong(
                scrolling.contains {
                    $0.attributes["tabindex"] == nil || $0.attributes["role"] != "group"
                        || $0.attributes["aria-labelledby"] == nil
                }, "what scrolls is out of reach or has no name")
            + wrong(
                page.all("table").count != scrolling.reduce(0) { $0 + $1.all("table").count },
                "a table that makes a small screen scroll sideways")
            + wrong(page.all("pre").contains { $0.attributes["tabindex"] == nil }, "what scrolls is out of reach")
            + wrong(
                hidden.contains { $0.all.contains { $0.name == "a" || $0.attributes["tabindex"] != nil } },
                "hidden, and reached by the keyboard")
            + wrong(page.all("a").contains { $0.text.isEmpty }, "a link without text")
    }

    /// Each field is within its label.
    private var fields: [String] {
        let labelled = page.all("label").flatMap(\.all)
        return ["input", "select"].flatMap { name in
            let fields = page.all(name).filter { $0.attributes["type"] != "hidden" }
            return wrong(fields.count != labelled.count { $0.name == name }, "a field without a label: \(name)")
        }
    }

    /// Each name that is referred to exists once.
    private var references: [String] {
        let ids = page.all.compactMap { $0.attributes["id"] }
        let named = page.all.compactMap { $0.attributes["aria-labelledby"] }
        let links = page.all("a").map { $0.attributes["href"] ?? "" }
        return wrong(Set(ids).count != ids.count, "an id twice")
            + named.filter { !ids.contains($0) }.map { "nothing has the id \($0)" }
            + links.filter { !$0.hasPrefix("/") && !($0.hasPrefix("#") && ids.contains(String($0.dropFirst()))) }
            .map { "a link to \($0)" }
    }
}
