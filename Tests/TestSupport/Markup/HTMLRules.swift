// SPDX-License-Identifier: Apache-2.0

/// What each element of the page may have and contain; whatever is not listed is refused.
///
/// - SeeAlso: HTML Living Standard, 4 (the elements of HTML); SVG 2.
package struct HTMLRules {
    /// What is inside an element.
    enum Content {
        case nothing
        /// Text and elements within a line.
        case phrasing
        case text
        /// These elements alone, and blanks.
        case only(Set<String>)
        /// Elements that stand in a line or on their own.
        case flow
    }

    private static let phrasing: Set<String> = [
        "a", "bdi", "br", "button", "code", "input", "label", "select", "small", "span", "strong", "svg", "time",
    ]
    private static let flow = phrasing.union([
        "details", "div", "dl", "footer", "form", "h1", "h2", "header", "main", "nav", "p", "pre", "section", "table",
        "ul",
    ])

    private static let elements: [String: (content: Content, attributes: Set<String>)] = [
        "html": (.only(["head", "body"]), ["lang"]), "head": (.only(["meta", "title", "link"]), []),
        "meta": (.nothing, ["charset", "name", "content"]), "link": (.nothing, ["rel", "href"]),
        "title": (.text, []), "body": (.only(["a", "header", "main", "footer"]), []), "header": (.flow, []),
        "main": (.flow, ["id"]), "footer": (.flow, []),
        "form": (.flow, ["method", "action", "class"]), "label": (.phrasing, []),
        "select": (.only(["option"]), ["name"]), "option": (.text, ["value", "selected"]), "button": (.text, ["type"]),
        "input": (.nothing, ["type", "name", "value", "placeholder", "maxlength", "pattern", "title", "required"]),
        "strong": (.phrasing, ["class"]),
        "nav": (.flow, ["aria-label"]), "section": (.flow, ["aria-labelledby", "class"]),
        "div": (.flow, ["class", "tabindex", "role", "aria-labelledby", "aria-hidden"]),
        "h1": (.phrasing, []), "h2": (.phrasing, ["id"]), "p": (.phrasing, ["class", "aria-hidden"]),
        "ul": (.only(["li"]), ["class", "aria-label"]), "li": (.flow, []), "dl": (.only(["div"]), ["class"]),
        "dt": (.phrasing, []), "dd": (.phrasing, ["class"]), "a": (.phrasing, ["href", "aria-current", "class"]),
        "bdi": (.phrasing, ["title"]),
        "br": (.nothing, []), "code": (.phrasing, []), "small": (.phrasing, ["class"]),
        "span": (.phrasing, ["class", "title", "aria-hidden"]), "time": (.phrasing, ["datetime", "title"]),
        "pre": (.phrasing, ["tabindex"]), "details": (.flow, []), "summary": (.phrasing, []),
        "table": (.only(["caption", "thead", "tbody"]), ["class"]), "caption": (.phrasing, []),
        "thead": (.only(["tr"]), []), "tbody": (.only(["tr"]), []), "tr": (.only(["th", "td"]), ["id", "class"]),
        "th": (.flow, ["scope", "class"]), "td": (.flow, ["class"]),
        "svg": (
            .only(["rect", "g", "line"]),
            ["viewBox", "preserveAspectRatio", "role", "aria-label", "aria-hidden", "class"]
        ),
        "g": (.only(["title", "rect"]), []), "line": (.nothing, ["class", "x1", "x2", "y1", "y2"]),
        "rect": (.only(["title"]), ["class", "x", "y", "width", "height", "rx"]),
    ]

    /// The mistakes in an element and in all below it.
    package static func mistakes(in element: HTMLElement) -> [String] {
        guard let (content, attributes) = elements[element.name] else { return ["\(element.name) is unknown"] }
        var mistakes = Set(element.attributes.keys).subtracting(attributes).map { "\(element.name) has \($0)" }
        for child in element.children {
            switch (child, content) {
            case (.text(let text), .nothing), (.text(let text), .only):
                if !text.allSatisfy(\.isWhitespace) { mistakes.append("text in \(element.name): \(text)") }
            case (.text, _): break
            case (.element(let child), _):
                if !allows(child.name, in: element.name, content) {
                    mistakes.append("\(child.name) in \(element.name)")
                }
                mistakes += Self.mistakes(in: child)
            }
        }
        return mistakes
    }

    private static func allows(_ child: String, in parent: String, _ content: Content) -> Bool {
        switch content {
        case .nothing, .text: false
        case .phrasing: phrasing.contains(child)
        case .only(let names): names.contains(child)
        case .flow:
            switch (parent, child) {
            case ("div", "dt"), ("div", "dd"), ("details", "summary"): true
            // Links and headings within the heading of a row would be lost among its text.
            case ("th", "h2"), ("th", "table"): false
            default: flow.contains(child)
            }
        }
    }
}
