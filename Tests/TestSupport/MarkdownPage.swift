// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A page of the documentation, taken apart for tests that compare it with the code.
package struct MarkdownPage: Sendable {
    /// A table, without the line below its header.
    package struct Table: Sendable {
        /// The heading above it.
        package var heading: String
        package var header: [String]
        package var rows: [[String]]
    }

    /// A fenced block of code.
    package struct Block: Sendable {
        /// The heading above it.
        package var heading: String
        /// The language behind the fence; empty where there is none.
        package var language: String
        package var text: String

        /// The name of the file that the block is, where its first line is a comment with one: `# settings.yaml`.
        package var fileName: String? {
            let words = text.prefix { $0 != "\n" }.split(separator: " ")
            guard words.count == 2, words[0] == "#", words[1].hasSuffix(".yaml") else { return nil }
            return String(words[1])
        }
    }

    package private(set) var tables: [Table] = []
    package private(set) var blocks: [Block] = []

    /// Reads a page.
    ///
    /// - Parameter path: The page's path in the repository.
    /// - Throws: When there is no such page.
    package init(_ path: String) throws {
        let text = try String(contentsOf: Repository.root.appending(path: path), encoding: .utf8)
        var heading = ""
        var fence: Block?
        var isInTable = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if var block = fence {
                if line == "```" {
                    blocks.append(block)
                    fence = nil
                } else {
                    block.text += line + "\n"
                    fence = block
                }
                continue
            }
            let isRow = line.hasPrefix("|")
            defer { isInTable = isRow }
            if line.hasPrefix("```") {
                fence = Block(heading: heading, language: String(line.dropFirst(3)), text: "")
            } else if line.hasPrefix("#") {
                heading = line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces)
            } else if isRow, !isInTable {
                tables.append(Table(heading: heading, header: Self.cells(of: line), rows: []))
            } else if isRow, !line.hasPrefix("| ---") {
                tables[tables.count - 1].rows.append(Self.cells(of: line))
            }
        }
    }

    /// The rows of all tables whose first column has this name.
    ///
    /// - Parameter column: The name of the first column.
    /// - Returns: The rows, in the order of the page.
    package func rows(by column: String) -> [[String]] { tables.filter { $0.header.first == column }.flatMap(\.rows) }

    /// The pages of the documentation that have examples.
    package static let all: [String] = {
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: Repository.root.appending(path: "docs").path)) ?? []
        return ["README.md"] + names.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
    }()

    /// What stands in code in a cell, in its order.
    ///
    /// - Parameter cell: A cell of a table.
    /// - Returns: The texts between backticks.
    package static func code(in cell: String) -> [String] {
        let parts = cell.split(separator: "`", omittingEmptySubsequences: false)
        return stride(from: 1, to: parts.count - 1, by: 2).map { String(parts[$0]) }
    }

    /// The cells of a row; `\|` is a bar inside a cell.
    private static func cells(of line: Substring) -> [String] {
        line.replacing("\\|", with: "\u{0}").split(separator: "|", omittingEmptySubsequences: false).dropFirst()
            .dropLast()
            .map { $0.replacing("\u{0}", with: "|").trimmingCharacters(in: .whitespaces) }
    }
}
