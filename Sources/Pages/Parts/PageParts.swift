// SPDX-License-Identifier: Apache-2.0

/// Pieces of HTML that several sections of the page have.
package enum PageParts {
    /// A section with a heading.
    ///
    /// - Parameters:
    ///   - id: The name of the heading, unique on the page.
    ///   - heading: HTML.
    ///   - body: HTML.
    /// - Returns: HTML.
    package static func section(_ id: String, _ heading: String, _ body: String) -> String {
        """
        <section aria-labelledby="\(id)">
        <h2 id="\(id)">\(heading)</h2>
        \(body)
        </section>
        """
    }

    /// A table that scrolls sideways on a narrow screen, by the keyboard as well.
    ///
    /// - Parameters:
    ///   - id: The name of the heading above it.
    ///   - caption: HTML: what the rows are, and their order.
    ///   - columns: The headings as HTML; those of figures are right-aligned.
    ///   - rows: The rows as HTML.
    /// - Returns: HTML.
    package static func table(_ id: String, _ caption: String, _ columns: [Column], _ rows: [String]) -> String {
        """
        <div class="scroll" tabindex="0" role="group" aria-labelledby="\(id)">
        <table>
        <caption>\(caption)</caption>
        <thead><tr>\(columns.map(\.html).joined())</tr></thead>
        <tbody>
        \(rows.joined(separator: "\n"))
        </tbody>
        </table>
        </div>
        """
    }

    /// The heading of a column.
    package struct Column {
        let name: String
        var isNumber = false

        package static func text(_ name: String) -> Column { Column(name: name) }
        package static func number(_ name: String) -> Column { Column(name: name, isNumber: true) }

        fileprivate var html: String { "<th scope=\"col\"\(isNumber ? " class=\"number\"" : "")>\(name)</th>" }
    }

    /// A row.
    ///
    /// - Parameters:
    ///   - heading: What the row is about, as HTML.
    ///   - cells: The other cells, each as HTML.
    /// - Returns: HTML.
    package static func row(_ heading: String, _ cells: String...) -> String {
        "<tr><th scope=\"row\">\(heading)</th>\(cells.joined())</tr>"
    }

    package static func cell(_ html: String) -> String { "<td>\(html)</td>" }

    package static func number(_ html: String) -> String { "<td class=\"number\">\(html)</td>" }

    /// A text that a sender chose: escaped, and in its own direction, so that it cannot turn the text around it.
    package static func text(_ text: String) -> String { "<bdi>\(HTMLText.escaped(text))</bdi>" }

    /// The longest name that is shown whole, in characters.
    private static let longestName = 80

    /// A name that a sender chose, as ``text(_:)``; the middle of a long one is in its title alone.
    package static func name(_ name: String) -> String {
        guard name.count > longestName else { return text(name) }
        let short = name.prefix(longestName / 2) + "\u{2026}" + name.suffix(longestName / 4)
        return "<bdi title=\"\(HTMLText.escaped(name))\">\(HTMLText.escaped(String(short)))</bdi>"
    }

    /// A name as code.
    package static func code(_ text: String) -> String { "<code>\(name(text))</code>" }
}
