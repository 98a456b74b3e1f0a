// SPDX-License-Identifier: Apache-2.0

/// A line of comma-separated values.
///
/// A spreadsheet runs a cell that begins with `=` and some other characters as a formula, and senders choose the texts of
/// cells. Such a text gets an apostrophe in front, by which spreadsheets know text.
///
/// - SeeAlso: RFC 4180; OWASP, "CSV Injection".
package struct CSVLine {
    private var cells: [String] = []

    /// Makes a line without cells.
    package init() {}

    /// Adds a text of a sender's or of settings.
    package mutating func add(text: String) {
        let plain = ShownText.plain(text)
        cells.append(Self.quoted(Self.startsFormula(plain) ? "'" + plain : plain))
    }

    /// Adds a number, or an empty cell for `nil`.
    ///
    /// - Parameter number: Decimal text of our own, which stays a number to spreadsheets.
    package mutating func add(number: String?) { cells.append(number ?? "") }

    /// The line without its end.
    package var text: String { cells.joined(separator: ",") }

    /// Whether a spreadsheet might take a cell for a formula: by its first character, also in the wide forms that some accept,
    /// and after spaces that an import may cut off.
    private static func startsFormula(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first(where: { !$0.properties.isWhitespace }) else { return false }
        return "=+-@|%＝＋－＠\u{FFFD}".unicodeScalars.contains(first)
    }

    private static func quoted(_ text: String) -> String {
        // A semicolon separates cells in countries with a decimal comma.
        guard text.contains(where: { ",;\"".contains($0) || $0.isWhitespace }) else { return text }
        return "\"" + text.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }
}
