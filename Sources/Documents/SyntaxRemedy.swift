// SPDX-License-Identifier: Apache-2.0

/// What to do about the parser's commonest complaints, whose own words name no remedy.
enum SyntaxRemedy {
    /// The remedy for a problem.
    ///
    /// - Parameters:
    ///   - problem: The parser's words.
    ///   - line: The number of the line, from 1, at which the parser gave up.
    ///   - text: The document.
    /// - Returns: What to do; `nil` for other problems.
    static func remedy(for problem: String, at line: Int, in text: String) -> String? {
        // The parser may give up at the line behind the tab.
        let lines = text.split(maxSplits: line, omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .prefix(line).suffix(2)
        if lines.contains(where: { $0.prefix { $0 == " " || $0 == "\t" }.contains("\t") }) {
            return "indent with spaces, since a tab cannot indent YAML"
        }
        return remedies.first { problem.contains($0.problem) }?.remedy
    }

    private static let remedies: [(problem: String, remedy: String)] = [
        (
            "mapping values are not allowed",
            "put the second key on a line of its own and indent it, or quote a text that has a colon and a space"
        ),
        ("could not find expected ':'", "write a colon and a space behind each key"),
        ("did not find expected key", "indent the keys of one mapping equally"),
        ("did not find expected '-' indicator", "begin each item of a list with '- ', indented equally"),
        ("cannot start any token", "quote a text that begins with this character"),
        ("unexpected end of stream", "close the quotes or brackets that are open"),
        ("did not find expected ',' or", "separate items by commas, and close the brackets"),
    ]
}
