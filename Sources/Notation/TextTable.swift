// SPDX-License-Identifier: Apache-2.0

/// Rows of text in columns, numbers one under the other.
package struct TextTable {
    /// How the texts of a column are aligned.
    package enum Column {
        /// At their beginnings.
        case text
        /// At their ends.
        case number
        /// At their decimal points.
        case decimal
    }

    private let columns: [Column]
    private var rows: [[String]]

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - columns: The columns.
    ///   - heads: The head of each column.
    package init(_ columns: [Column], heads: [String]) {
        self.columns = columns
        rows = [heads]
    }

    /// Adds a row, one text for each column.
    package mutating func add(_ row: String...) { add(row) }

    /// Adds a row, one text for each column.
    package mutating func add(_ row: [String]) {
        precondition(row.count == columns.count)
        rows.append(row)
    }

    /// The rows without line ends, and without space at their ends.
    package var lines: [String] {
        var lines = rows.map { _ in "" }
        for (index, column) in columns.enumerated() {
            let cells = aligned(rows.map { $0[index] }, column)
            let width = cells.map(\.count).max() ?? 0
            for row in rows.indices {
                let fill = String(repeating: " ", count: width - cells[row].count)
                let cell = column == .text ? cells[row] + fill : fill + cells[row]
                lines[row] += index == 0 ? cell : "  " + cell
            }
        }
        return lines.map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// Cells with padding on the right, so that they can be aligned at their ends.
    private func aligned(_ cells: [String], _ column: Column) -> [String] {
        guard column == .decimal else { return cells }
        func fraction(_ cell: String) -> Int { cell.firstIndex(of: ".").map { cell[$0...].count } ?? 0 }
        let longest = cells.dropFirst().map(fraction).max() ?? 0
        // What is no number, such as the head, ends where the longest number does.
        return cells.map { cell in
            !cell.contains { $0.isNumber } ? cell : cell + String(repeating: " ", count: longest - fraction(cell))
        }
    }
}
