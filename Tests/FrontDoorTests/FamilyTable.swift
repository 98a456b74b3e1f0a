// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Exposition
import Foundation
import TestSupport

/// The rows of families in a page, with everything in them that follows from the catalogue.
struct FamilyTable {
    private let families: [MetricFamily]

    init(_ families: [MetricFamily]) { self.families = families }

    /// A page of the repository.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: Repository.root.appending(path: path), encoding: .utf8)
    }

    /// The version of the service that is built.
    static let version = (try? text("VERSION"))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""

    /// The page with the types, labels and buckets of the catalogue.
    ///
    /// A family without a row gets one below that of the family before it, with its HELP text as meaning.
    ///
    /// - Parameter page: The text of the page.
    /// - Returns: The text; the same one if the page is right.
    func derived(_ page: String) -> String {
        var lines = page.components(separatedBy: "\n").map { line in
            guard let name = Self.family(of: line), let family = families.first(where: { $0.name == name }) else {
                return line
            }
            return Self.row(family, meaning: Self.meaning(of: line))
        }
        for (index, family) in families.enumerated()
        where !lines.contains(where: { Self.family(of: $0) == family.name }) {
            let before = families[..<index].last { other in lines.contains { Self.family(of: $0) == other.name } }
            guard let place = lines.firstIndex(where: { Self.family(of: $0) == before?.name }) else { continue }
            lines.insert(Self.row(family, meaning: family.help), at: place + 1)
        }
        return lines.joined(separator: "\n")
    }

    private static func row(_ family: MetricFamily, meaning: String) -> String {
        let labels = family.labels.map { " \($0.name)" }.joined(separator: ",")
        return "| `\(family.name)` | \(family.kind.typeName) |\(labels) | \(withBuckets(meaning, of: family)) |"
    }

    /// The name in the first cell of a row; `nil` for other lines.
    private static func family(of line: String) -> String? {
        guard line.hasPrefix("| `"), line.split(separator: "|", maxSplits: 3).count == 4 else { return nil }
        return MarkdownPage.code(in: line).first
    }

    private static func meaning(of line: String) -> String {
        let cells = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false)
        guard cells.count == 5 else { return "" }
        return cells[4].dropLast().trimmingCharacters(in: .whitespaces)
    }

    /// The meaning with the family's bounds behind the word Buckets; unchanged where a sentence describes them.
    private static func withBuckets(_ meaning: String, of family: MetricFamily) -> String {
        guard case .histogram(let bounds) = family.kind, let start = meaning.range(of: "Buckets ") else {
            return meaning
        }
        let told = meaning[start.upperBound...].components(separatedBy: ", ")
        guard told.allSatisfy({ Double($0) != nil }) else { return meaning }
        let texts = bounds.map { bound in
            let text = BucketBound.text(bound, scale: family.scale)
            return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        }
        return meaning[..<start.upperBound] + texts.joined(separator: ", ")
    }
}
